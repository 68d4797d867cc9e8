"""System checks: what the tables promise must be there when the house starts."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.apps import AppConfig
from django.core.checks import CheckMessage, Error, Tags, register
from django.db import connections
from django.db.migrations.executor import MigrationExecutor
from django.template import TemplateDoesNotExist
from django.template.loader import get_template

from workflows import modelcheck, providers, triggers
from workflows.desk.checks import unresolved_tasks, work_faults
from workflows.grammar import Lifecycle
from workflows.lifecycles import ALL
from workflows.stateful import Stateful, stateful_models

Apps = Sequence[AppConfig] | None


def machines() -> list[Lifecycle]:
    """The tables in the order of `ALL`, then any that only a model brings (tests)."""
    brought = [model.lifecycle for model in stateful_models()]
    return [*ALL, *(machine for machine in brought if machine not in ALL)]


@register()
def check_tables(app_configs: Apps, **_: Any) -> list[CheckMessage]:
    """E001: the machines are sound; E002: rows and bound methods match; E003: guards exist."""
    found: list[CheckMessage] = [
        Error(fault, id="countersign.E001") for fault in modelcheck.faults(machines())
    ]
    for model in stateful_models():
        found += [_error("E002", model, fault) for fault in binding_faults(model)]
        found += [_error("E003", model, fault) for fault in guard_faults(model)]
    return found


@register()
def check_notices(app_configs: Apps, **_: Any) -> list[CheckMessage]:
    """E004: every notice has its templates; E005: every audience has a provider."""
    found: list[CheckMessage] = []
    for model in stateful_models():
        found += [_error("E004", model, fault) for fault in template_faults(model.lifecycle)]
        found += [_error("E005", model, fault) for fault in audience_faults(model.lifecycle)]
    return found


@register()
def check_flows(app_configs: Apps, **_: Any) -> list[CheckMessage]:
    """E006: every flow imports, waits for its lock, has no parent; its words are its own."""
    words = {word for machine in machines() for word in machine.states}
    words |= {row.name for machine in machines() for row in machine.moves}
    found: list[CheckMessage] = []
    for model in stateful_models():
        found += [_error("E006", model, fault) for fault in work_faults(model.lifecycle, words)]
    return found


@register(Tags.database)
def check_databases(
    app_configs: Apps, databases: Sequence[str] | None = None, **_: Any
) -> list[CheckMessage]:
    """E007: SQLite waits instead of failing; E008: triggers stand; E009: live tasks have a node."""
    found: list[CheckMessage] = []
    for alias in filter(is_migrated, databases or ()):
        if connections[alias].vendor == "sqlite":
            found += [Error(fault, id="countersign.E007") for fault in sqlite_faults(alias)]
        for trigger in triggers.missing(connections[alias]):
            says = f"{alias}: {trigger.name} is missing: run manage.py migrate --skip-checks."
            found.append(Error(says, id="countersign.E008"))
        found += [Error(fault, id="countersign.E009") for fault in unresolved_tasks(alias)]
    return found


def is_migrated(alias: str) -> bool:
    """`migrate` itself runs the database checks first, when tables and triggers are yet to come."""
    executor = MigrationExecutor(connections[alias])
    return not executor.migration_plan(executor.loader.graph.leaf_nodes())


def binding_faults(model: type[Stateful]) -> Iterable[str]:
    live = {row.name for row in model.lifecycle.moves if not row.since}
    known = {row.name for row in model.lifecycle.moves}
    column: Any = model._meta.get_field("state")
    bound = {row.name for row in column.get_all_transitions(model)}
    yield from (f"the move {name} has no method" for name in sorted(live - bound))
    yield from (f"the method {name} has no row" for name in sorted(bound - known))


def guard_faults(model: type[Stateful]) -> Iterable[str]:
    needed = {name for row in model.lifecycle.moves if not row.since for name in row.needs}
    for name in sorted(needed):
        count = len(providers.guard_candidates(model, name))
        if count != 1:
            yield f"the guard {name} has {count or 'no'} callable{'s' if count > 1 else ''}"


def template_faults(machine: Lifecycle) -> Iterable[str]:
    live = {row.name for row in machine.moves if not row.since}
    for notice in machine.notices:
        for ending in ("txt", "subject.txt") if notice.move in live else ():
            name = f"{machine.mail}/{notice.name}.{ending}"
            try:
                get_template(name)
            except TemplateDoesNotExist:
                yield f"the notice {notice.name} has no template {name}"


def audience_faults(machine: Lifecycle) -> Iterable[str]:
    named = {notice.to for notice in machine.notices} | set(machine.turn.values())
    named |= {rung.to for dwell in machine.dwells for rung in dwell.ladder if rung.to}
    missing = named - providers.audience_names(machine) - {"holders"}
    yield from (f"nobody says who the audience {name} is" for name in sorted(missing))


def sqlite_faults(alias: str) -> Iterable[str]:
    """With Django's default most concurrent calls failed with "database is locked"."""
    options = connections[alias].settings_dict.get("OPTIONS", {})
    if options.get("transaction_mode") != "IMMEDIATE":
        yield f"{alias}: SQLite must take its write lock at BEGIN (transaction_mode IMMEDIATE)."
    if "journal_mode=wal" not in options.get("init_command", "").lower().replace(" ", ""):
        yield f"{alias}: SQLite must keep a write-ahead log (PRAGMA journal_mode=WAL)."


def _error(number: str, model: type[Stateful], fault: str) -> CheckMessage:
    return Error(f"{model.lifecycle.name}: {fault}.", obj=model, id=f"countersign.{number}")
