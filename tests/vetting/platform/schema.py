"""What a database looks like, so that two can be compared whatever order their columns came in."""

import re
from collections.abc import Iterator

from django.db.backends.base.base import BaseDatabaseWrapper

# Kind, and its definition as the database itself tells it.
Schema = set[tuple[str, str]]
POSTGRESQL = {
    "column": """
        SELECT concat_ws(' ', a.attrelid::regclass, a.attname, a.attnotnull, a.attidentity,
                         format_type(a.atttypid, a.atttypmod), pg_get_expr(d.adbin, d.adrelid))
        FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid AND c.relkind = 'r'
        LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
        WHERE a.attnum > 0 AND NOT a.attisdropped AND c.relnamespace = 'public'::regnamespace""",
    "constraint": """
        SELECT concat_ws(' ', conrelid::regclass, conname, pg_get_constraintdef(oid))
        FROM pg_constraint WHERE connamespace = 'public'::regnamespace AND contype <> 'n'""",
    "index": "SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'",
    "trigger": "SELECT pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal",
    "function": """
        SELECT pg_get_functiondef(oid) FROM pg_proc
        WHERE pronamespace = 'public'::regnamespace AND prokind = 'f'""",
}


def of(connection: BaseDatabaseWrapper) -> Schema:
    return set(
        _postgresql(connection) if connection.vendor == "postgresql" else _sqlite(connection)
    )


def _postgresql(connection: BaseDatabaseWrapper) -> Iterator[tuple[str, str]]:
    with connection.cursor() as cursor:
        for kind, question in POSTGRESQL.items():
            cursor.execute(question)
            yield from ((kind, row[0]) for row in cursor.fetchall())


def _sqlite(connection: BaseDatabaseWrapper) -> Iterator[tuple[str, str]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT type, tbl_name, sql FROM sqlite_master WHERE sql IS NOT NULL")
        rows = cursor.fetchall()
    for kind, table, sql in rows:
        if kind != "table":
            yield kind, sql
            continue
        for part in parts(sql):
            yield kind, f"{table} {part}"


def parts(create: str) -> list[str]:
    """The columns and constraints of a CREATE TABLE: what stands between its outermost commas."""
    inside, found, depth = create[create.index("(") + 1 : create.rindex(")")], [""], 0
    for piece in re.findall(r"'[^']*'|[(),]|[^'(),]+", inside):
        depth += {"(": 1, ")": -1}.get(piece, 0)
        if piece == "," and not depth:
            found.append("")
        else:
            found[-1] += piece
    return [part.strip() for part in found]
