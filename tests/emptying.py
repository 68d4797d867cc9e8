"""An empty database after a test with real transactions, in milliseconds where a flush takes half a
second: only tables that hold rows are emptied, and what Django itself writes after a migration
(content types, permissions) stays, for no test changes it."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

from django.db import connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from workflows.triggers import Trigger, wanted

STAY = {"django_migrations", "django_content_type", "auth_permission"}


def empty_tables(connection: BaseDatabaseWrapper) -> None:
    full = tables_with_rows(connection)
    guards = [trigger for trigger in wanted(connection) if trigger.table in full]
    quoted = connection.ops.quote_name
    deletes = [f"DELETE FROM {quoted(table)}" for table in full]  # noqa: S608  # our own tables
    if connection.vendor == "postgresql":
        # One message is one transaction, so the order of the tables does not matter.
        with _disabled(connection, {trigger.table for trigger in guards}):
            run(connection, ["; ".join(deletes)] if deletes else [])
        return
    with connection.constraint_checks_disabled(), transaction.atomic():
        drops = [statement for trigger in guards for statement in trigger.drop]
        run(connection, [*drops, *deletes, *_creating(guards)])


def tables_with_rows(connection: BaseDatabaseWrapper) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(_which_hold_rows(connection.alias))
        return [row[0] for row in cursor.fetchall()]


@cache
def _which_hold_rows(alias: str) -> str:
    """One question about every table; no test makes or drops one."""
    connection = connections[alias]
    tables = connection.introspection.django_table_names(only_existing=True, include_views=False)
    quoted = connection.ops.quote_name
    return " UNION ALL ".join(
        f"SELECT '{table}' WHERE EXISTS (SELECT 1 FROM {quoted(table)})"  # noqa: S608  # our own
        for table in tables
        if table not in STAY
    )


@contextmanager
def _disabled(connection: BaseDatabaseWrapper, tables: set[str]) -> Iterator[None]:
    def turn(way: str) -> None:
        run(connection, [f"ALTER TABLE {table} {way} TRIGGER USER" for table in sorted(tables)])

    turn("DISABLE")
    try:
        yield
    finally:
        turn("ENABLE")


def _creating(guards: list[Trigger]) -> list[str]:
    return [statement for trigger in guards for statement in trigger.create]


def run(connection: BaseDatabaseWrapper, statements: list[str]) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
