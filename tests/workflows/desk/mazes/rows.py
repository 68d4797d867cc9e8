"""The desk's rows of one case, so that two tellings can be compared.

Keys differ between two databases' runs, so a task is called by its node, its token and how many
went before it there; a split's key inside a token becomes the split's own name. Of an instant it
counts only whether there is one.
"""

import re
from collections import Counter, defaultdict
from typing import Any

from workflows.cases import Case
from workflows.desk.models import Process, Task

INSTANTS = {"created", "assigned", "started", "finished", "scheduled"}
KEYS = {"id", "process_id"}


def rows_of(case: Case) -> list[Any]:
    found = []
    tasks, before = _by(Task, "process_id", process__case=case), _links(case)
    for process in Process.objects.filter(case=case).order_by("id"):
        mine = tasks[process.pk]
        names = _names(mine)
        found.append(_columns(process))
        found += sorted((names[task.pk], _task(task, names, before[task.pk])) for task in mine)
    return found


def _by(model: Any, key: str, **which: Any) -> dict[int, list[Any]]:
    """All rows in one question, by a key of theirs."""
    found = defaultdict(list)
    for row in model.objects.filter(**which).order_by("id"):
        found[getattr(row, key)].append(row)
    return found


def _links(case: Case) -> dict[int, list[int]]:
    rows = _by(Task.previous.through, "from_task_id", from_task__process__case=case)
    return defaultdict(list, {pk: [row.to_task_id for row in links] for pk, links in rows.items()})


def _task(task: Task, names: dict[int, str], before: list[int]) -> Any:
    earlier = sorted(names[pk] for pk in before)
    return sorted(_columns(task).items()), earlier, _read(task.token.token, names)


def _columns(row: Process | Task) -> dict[str, Any]:
    plain = {f.attname: f.value_from_object(row) for f in row._meta.concrete_fields}
    shown = {
        name: value is not None if name in INSTANTS else str(value)
        for name, value in plain.items()
        if name not in KEYS and name != "token"
    }
    return shown


def _names(tasks: list[Task]) -> dict[int, str]:
    names: dict[int, str] = {}
    seen: Counter[str] = Counter()
    for task in tasks:
        place = f"{task.flow_task.name}@{_read(task.token.token, names)}"
        seen[place] += 1
        names[task.pk] = f"{place}#{seen[place]}"
    return names


def _read(token: str, names: dict[int, str]) -> str:
    return re.sub(r"/(\d+)_", lambda found: f"/({names[int(found[1])]})_", token)
