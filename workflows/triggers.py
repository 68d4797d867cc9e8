"""Database triggers made from the tables: no illegal move and no rewritten ledger, by any path.

They are (re)installed after every migrate: SQLite silently drops a table's triggers when Django
rebuilds the table.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper

from workflows.stateful import Stateful, stateful_models

_append_only: list[type[models.Model]] = []


def append_only(model: type[models.Model]) -> type[models.Model]:
    """Mark a model whose rows may only be inserted; its triggers come with the others."""
    _append_only.append(model)
    return model


@dataclass(frozen=True, slots=True)
class Trigger:
    name: str
    table: str
    create: tuple[str, ...]
    drop: tuple[str, ...]


def wanted(connection: BaseDatabaseWrapper) -> list[Trigger]:
    """Every trigger this database should carry."""
    make = _postgresql if connection.vendor == "postgresql" else _sqlite
    guarded = [make.state(m) for m in stateful_models()]
    appended = [make.append_only(m._meta.db_table) for m in _append_only]
    return [trigger for group in (*guarded, *appended) for trigger in group]


def install_triggers(connection: BaseDatabaseWrapper) -> None:
    """Drop and create each trigger whose table exists; safe to run at any time."""
    tables = set(connection.introspection.table_names())
    with connection.cursor() as cursor:
        for trigger in wanted(connection):
            if trigger.table in tables:
                for statement in (*trigger.drop, *trigger.create):
                    cursor.execute(statement)


def drop_triggers(connection: BaseDatabaseWrapper) -> None:
    """Tests only: lets a flush empty the append-only tables."""
    tables = set(connection.introspection.table_names())
    with connection.cursor() as cursor:
        for trigger in wanted(connection):
            if trigger.table in tables:
                for statement in trigger.drop:
                    cursor.execute(statement)


def missing(connection: BaseDatabaseWrapper) -> list[Trigger]:
    """Triggers that should stand and do not."""
    if connection.vendor == "postgresql":
        query = "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled <> 'D'"
    else:
        query = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    with connection.cursor() as cursor:
        cursor.execute(query)
        present = {row[0] for row in cursor.fetchall()}
    return [trigger for trigger in wanted(connection) if trigger.name not in present]


def _pairs(model: type[Stateful]) -> str:
    pairs = sorted(model.lifecycle.pairs() | {(s, s) for s in model.lifecycle.states})
    return ", ".join(f"('{source}', '{target}')" for source, target in pairs)


class _Sqlite:
    def state(self, model: type[Stateful]) -> Iterable[Trigger]:
        table, initial = model._meta.db_table, model.lifecycle.initial
        yield self._make(
            f"{table}_moves",
            table,
            f"BEFORE UPDATE OF state ON {table} "
            f"WHEN (OLD.state, NEW.state) NOT IN (VALUES {_pairs(model)})",
            f"{table}: no row of the lifecycle allows this move",
        )
        yield self._make(
            f"{table}_opens",
            table,
            f"BEFORE INSERT ON {table} WHEN NEW.state <> '{initial}'",
            f"{table}: a case opens in {initial}",
        )
        yield self._make(
            f"{table}_stays", table, f"BEFORE DELETE ON {table}", f"{table}: cases stay"
        )

    def append_only(self, table: str) -> Iterable[Trigger]:
        for verb in ("UPDATE", "DELETE"):
            name = f"{table}_no_{verb.lower()}"
            yield self._make(name, table, f"BEFORE {verb} ON {table}", f"{table}: append only")

    def _make(self, name: str, table: str, when: str, says: str) -> Trigger:
        body = f"CREATE TRIGGER {name} {when} BEGIN SELECT RAISE(ABORT, '{says}'); END"
        return Trigger(name, table, (body,), (f"DROP TRIGGER IF EXISTS {name}",))


class _Postgresql:
    def state(self, model: type[Stateful]) -> Iterable[Trigger]:
        table, initial = model._meta.db_table, model.lifecycle.initial
        yield self._make(
            f"{table}_moves",
            table,
            "BEFORE UPDATE OF state",
            f"WHEN ((OLD.state, NEW.state) NOT IN ({_pairs(model)}))",
            f"{table}: no row of the lifecycle allows this move",
        )
        yield self._make(
            f"{table}_opens",
            table,
            "BEFORE INSERT",
            f"WHEN (NEW.state <> '{initial}')",
            f"{table}: a case opens in {initial}",
        )
        yield self._make(f"{table}_stays", table, "BEFORE DELETE", "", f"{table}: cases stay")

    def append_only(self, table: str) -> Iterable[Trigger]:
        for verb in ("UPDATE", "DELETE", "TRUNCATE"):
            each = "STATEMENT" if verb == "TRUNCATE" else "ROW"
            yield self._make(
                f"{table}_no_{verb.lower()}",
                table,
                f"BEFORE {verb}",
                "",
                f"{table}: append only",
                each,
            )

    def _make(
        self, name: str, table: str, event: str, when: str, says: str, each: str = "ROW"
    ) -> Trigger:
        function = (
            f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN RAISE EXCEPTION '{says}' USING ERRCODE = 'integrity_constraint_violation'; "
            f"END $$"
        )
        create = (
            f"CREATE TRIGGER {name} {event} ON {table} FOR EACH {each} {when} "
            f"EXECUTE FUNCTION {name}()"
        )
        drop = f"DROP TRIGGER IF EXISTS {name} ON {table}"
        return Trigger(name, table, (function, create), (drop,))


_sqlite, _postgresql = _Sqlite(), _Postgresql()


def install_after_migrate(*, using: str, **_: Any) -> None:
    """Receiver of post_migrate, the one Django signal we use: a migration may drop triggers."""
    from django.db import connections

    install_triggers(connections[using])
