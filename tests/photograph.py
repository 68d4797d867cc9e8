"""A picture of every row, to lay the same rows down again: what the engine wrote once in a second
is there again in milliseconds, byte for byte."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from django.apps import apps
from django.core.management.color import no_style
from django.db import transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from tests.emptying import run, tables_with_rows
from workflows.triggers import Trigger, wanted

# Per table its columns and its rows; on PostgreSQL the rows are the text that COPY speaks.
Photograph = Mapping[str, tuple[Sequence[str], Any]]


def take(connection: BaseDatabaseWrapper) -> Photograph:
    return {table: _seen(connection, table) for table in tables_with_rows(connection)}


def lay_down(connection: BaseDatabaseWrapper, photograph: Photograph) -> None:
    """Into empty tables, so nothing can stand in the way of a row."""
    with transaction.atomic(), looking_away(connection, set(photograph)):
        for table, (columns, rows) in photograph.items():
            _put(connection, table, columns, rows)
        set_sequences(connection, set(photograph))


def _guards_inserts(trigger: Trigger) -> bool:
    return "BEFORE INSERT" in trigger.create[-1]


@contextmanager
def looking_away(connection: BaseDatabaseWrapper, tables: set[str]) -> Iterator[None]:
    """A case stands in a later state than it was opened in: its trigger looks away meanwhile."""
    guards = [t for t in wanted(connection) if t.table in tables and _guards_inserts(t)]
    run(connection, [statement for guard in guards for statement in guard.drop])
    yield
    if connection.vendor == "postgresql":
        # A trigger cannot be made while a foreign key still waits to be checked.
        run(connection, ["SET CONSTRAINTS ALL IMMEDIATE", "SET CONSTRAINTS ALL DEFERRED"])
    run(connection, [statement for guard in guards for statement in guard.create])


def _seen(connection: BaseDatabaseWrapper, table: str) -> tuple[Sequence[str], Any]:
    quoted = connection.ops.quote_name
    with connection.cursor() as cursor:
        # Django's own description of a table parses SQL, a hundredth of a second for each.
        cursor.execute(f"SELECT * FROM {quoted(table)} LIMIT 0")  # noqa: S608  # our own tables
        columns = [column[0] for column in cursor.description]
        names = ", ".join(map(quoted, columns))
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY {quoted(table)} ({names}) TO STDOUT") as out:
                return columns, b"".join(bytes(part) for part in out)
        # The sign keeps SQLite's driver from making Python's dates of what it stored.
        stored = ", ".join(f"+{quoted(column)}" for column in columns)
        cursor.execute(f"SELECT {stored} FROM {quoted(table)}")  # noqa: S608  # our own tables
        return columns, cursor.fetchall()


def _put(connection: BaseDatabaseWrapper, table: str, columns: Sequence[str], rows: Any) -> None:
    quoted = connection.ops.quote_name
    names = ", ".join(map(quoted, columns))
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY {quoted(table)} ({names}) FROM STDIN") as to:
                to.write(rows)
            return
        places = ", ".join(["%s"] * len(columns))
        insert = f"INSERT INTO {quoted(table)} ({names}) VALUES ({places})"  # noqa: S608  # ours
        cursor.executemany(insert, rows)


def set_sequences(connection: BaseDatabaseWrapper, tables: set[str]) -> None:
    """SQLite counts on by itself."""
    models = apps.get_models(include_auto_created=True)
    laid = [model for model in models if model._meta.db_table in tables]
    statements = connection.ops.sequence_reset_sql(no_style(), laid)
    run(connection, ["; ".join(statements)] if statements else [])
