"""What is wrong with the flows: asked by the system checks, and by show_lifecycles."""

from collections.abc import Iterable

from django.db import connections
from django.utils.module_loading import import_string
from viewflow.workflow import flow

from workflows.desk.locking import SubjectLock
from workflows.desk.models import Task
from workflows.grammar import Lifecycle


def work_faults(machine: Lifecycle, words: set[str]) -> Iterable[str]:
    """Every flow imports, has no parent, takes the lock, and shares no word with `words`."""
    for state, path in machine.work.items():
        if _imports(path):
            yield from flow_faults(import_string(path), path, words)
        else:
            yield f"{state}: there is no flow {path}"


def flow_faults(flow_class: type[flow.Flow], path: str, words: set[str]) -> Iterable[str]:
    if flow_class.__bases__ != (flow.Flow,):
        yield f"{path} is a subclass: its child nodes would belong to the parent; use phase_flow"
    if not isinstance(flow_class.lock_impl, SubjectLock):
        yield f"{path} does not take the subject's lock"
    if f"{flow_class.__module__}.{flow_class.__name__}" != path:
        yield f"{path} calls itself {flow_class.__module__}.{flow_class.__name__}"
    nodes = {node.name for node in flow_class.instance.nodes()}
    yield from (f"{path}: {word} is a node and a state or move" for word in sorted(nodes & words))
    for node in flow_class.instance.nodes():
        spoken = getattr(getattr(node, "_func", None), "path", "")
        if spoken and not _imports(spoken):
            yield f"{path} ends in {spoken}, which is not there"


def unresolved_tasks(alias: str) -> Iterable[str]:
    """Renaming a node with one live task broke every list that showed it (engine.md, V11)."""
    if Task._meta.db_table not in connections[alias].introspection.table_names():
        return
    with connections[alias].cursor() as cursor:
        cursor.execute(
            f"SELECT DISTINCT flow_task FROM {Task._meta.db_table} "  # noqa: S608
            "WHERE finished IS NULL"
        )
        stored = [row[0] for row in cursor.fetchall()]
    for reference in stored:
        node = Task._meta.get_field("flow_task").from_db_value(reference, None, connections[alias])
        if node is None or node.task_type == "OBSOLETE":
            yield f"{alias}: open tasks refer to {reference}, which no flow has any more."


def _imports(path: str) -> bool:
    try:
        import_string(path)
    except ImportError:
        return False
    return True
