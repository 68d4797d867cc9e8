"""Hand-written statements through Django's own connection: logged, counted and wrapped like all.

On PostgreSQL they are prepared once per connection (where the settings allow it), and rows travel
as one JSON text, so that a statement reads the same however many rows it carries.
"""

import json
import sqlite3
import threading
from asyncio import _get_running_loop as _running_loop
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from functools import cache, cached_property, lru_cache
from typing import Any, TypeAlias, TypeVar

from django.db import connections, models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.base import ModelState
from django.db.utils import DEFAULT_DB_ALIAS

Row = Mapping[str, Any]
Statement = tuple[str, list[Any]]
AS_THEY_ARE = frozenset({str, int, type(None)})
Field: TypeAlias = "models.Field[Any, Any]"
M = TypeVar("M", bound=models.Model)
# Where the driver's cursor hangs on Django's connection: making one costs more than a statement.
PLACE = "_countersign_cursor"


class _Here(threading.local):
    """This thread's connection; Django's own way there takes longer than a short statement."""

    database: BaseDatabaseWrapper | None = None


_here = _Here()


def database() -> BaseDatabaseWrapper:
    # While a loop runs in this thread (a browser's in the tests), Django uses another connection:
    # with the one kept here a transaction would wait for itself.
    if _running_loop() is not None:
        return connections[DEFAULT_DB_ALIAS]
    found = _here.database
    if found is None:
        found = _here.database = connections[DEFAULT_DB_ALIAS]
    return found


@cache
def is_postgresql() -> bool:
    return database().vendor == "postgresql"


def _run(text: str, params: Sequence[Any]) -> Any:
    """Execute by the driver's cursor; past Django's wrapper only where nobody looks on."""
    db = database()
    if db.connection is None:
        db.ensure_connection()
    known = db.__dict__.get(PLACE)
    if known is None or known[0] is not db.connection:
        known = (db.connection, _cursor_class()(db.connection))
        if is_postgresql():
            db.connection.prepared_max = PLANS_KEPT
        vars(db)[PLACE] = known
    here = known[1]
    if db.execute_wrappers or db.queries_logged:
        here = db.make_debug_cursor(here) if db.queries_logged else db.make_cursor(here)
        here.execute(text, params)
        return here
    db.validate_no_broken_transaction()
    with db.wrap_database_errors:
        here.execute(text, params)
    return here


@cache
def _cursor_class() -> type[Any]:
    return _prepared_cursor() if is_postgresql() else SqliteCursor


# Of one connection, the least used go first. A page's plan is about 1.4 MB of the server's memory,
# the engine's statements need some forty.
PLANS_KEPT = 64


def _prepared_cursor() -> type[Any]:
    """Django's own cursor writes values into the text, which the server then plans every time."""
    from psycopg import Cursor

    class PreparedCursor(Cursor[Any]):
        def execute(self, query: Any, params: Any = None, **_: Any) -> Any:
            # Of a prepared statement the driver keeps no text, which Django's log would then lack.
            return super().execute(query, params, prepare=not database().queries_logged)

    return PreparedCursor


class SqliteCursor(sqlite3.Cursor):
    """Django's searches the whole text for its marks at every execution."""

    def execute(self, query: str, params: Any = ()) -> Any:
        return super().execute(_with_question_marks(query), params)


@lru_cache(maxsize=512)
def _with_question_marks(query: str) -> str:
    return query.replace("%s", "?")


def select(sql: str, params: Sequence[Any]) -> list[tuple[Any, ...]]:
    found: list[tuple[Any, ...]] = _run(sql, params).fetchall()
    return found


def with_literals(text: str, params: Sequence[Any], kept: Sequence[bool]) -> str:
    """PostgreSQL: the same statement with only those of its parameters that are `kept`.

    It is planned for what stands in it, such as the states that a partial index names.
    """
    written: dict[bool, Any] = {True: lambda value: "%s", False: _literal}
    marks = [written[keeps](value) for value, keeps in zip(params, kept, strict=True)]
    return text.replace("%%", "%%%%") % tuple(marks)


def _literal(value: Any) -> str:
    operations: Any = database().ops
    return str(operations.compose_sql("%s", [value])).replace("%", "%%")


def select_worded(sql: str, params: Sequence[Any]) -> list[tuple[Any, ...]]:
    """PostgreSQL: `select`, whose numbers are of one type whatever their size: of a statement that
    takes long to plan there should be one plan."""
    from psycopg.types.numeric import Int8

    return select(sql, [Int8(v) if v.__class__ is int else v for v in params])


def columns(
    model: type[models.Model], wanted: tuple[str, ...], **where: Any
) -> list[tuple[Any, ...]]:
    """Plain columns (texts and numbers, as they are stored) of the rows with these values."""
    return select(_reading(model, wanted, tuple(where)), list(where.values()))


@cache
def _reading(model: type[models.Model], wanted: tuple[str, ...], where: tuple[str, ...]) -> str:
    chosen = ", ".join(f'"{column}"' for column in wanted)
    given = " AND ".join(f'"{column}" = %s' for column in where)
    return f"SELECT {chosen} FROM {model._meta.db_table} WHERE {given}"  # noqa: S608


def write(sql: str, params: Sequence[Any]) -> int:
    """How many rows were written."""
    return int(_run(sql, params).rowcount)


def write_each(sql: str, rows: Sequence[Sequence[Any]]) -> int:
    """One statement for each row of values; how many rows were written in all."""
    with database().cursor() as cursor:
        cursor.executemany(sql, rows)
        return int(cursor.rowcount)


def numbers(keys: Sequence[int]) -> Any:
    """Many keys as one parameter: an array on PostgreSQL, else JSON for json_each."""
    return list(keys) if is_postgresql() else json.dumps(list(keys))


# Between values of a column that travels as one text; no number, instant, hash or JSON holds it.
BETWEEN, NULL = "\n", "\\N"


def unnest(alias: str, columns: Mapping[str, str]) -> str:
    """PostgreSQL: a table of columns {name: type}, each of them one parameter made by `column`.

    The driver writes an array value by value through its adapters: three times dearer than a text.
    """
    marks = f"E'\\n', '{NULL}'"
    arrays = ", ".join(f"string_to_array(%s, {marks})::{kind}[]" for kind in columns.values())
    return f"unnest({arrays}) AS {alias} ({', '.join(columns)})"


def column(values: Iterable[Any]) -> str:
    """Numbers, instants as text, and texts without a line's end; None is NULL."""
    return BETWEEN.join([NULL if value is None else str(value) for value in values])


@dataclass(frozen=True, slots=True)
class Insertion:
    """One row for one table."""

    table: "Table"
    row: Row


def write_and_insert(update: Statement, insertion: Insertion) -> int:
    """An UPDATE of one row and the row that tells of it: the new key, or 0 when none was updated.

    On PostgreSQL they are one statement.
    """
    if not is_postgresql():
        if write(*update) != 1:
            return 0
        found = select(*insertion.table.insertion([insertion.row], " RETURNING id"))
    else:
        text, values = insertion.table.insertion([insertion.row])
        both = _both(update[0], text, " WHERE EXISTS (SELECT 1 FROM written) RETURNING id")
        found = select(both, [*update[1], *values])
    return int(found[0][0]) if found else 0


def write_both(update: Statement, table: "Table", rows: Sequence[Row], tail: str) -> None:
    """An UPDATE, then new rows in another statement; on PostgreSQL in the same."""
    if is_postgresql():
        text, values = table.insertion(rows, tail)
        write(_both(update[0], text, ""), [*update[1], *values])
    else:
        write(*update)
        table.insert(rows, tail)


@lru_cache(maxsize=512)
def _both(update: str, insertion: str, tail: str) -> str:
    return f"WITH written AS ({update} RETURNING 1) {insertion}{tail}"


class Table:
    """One table's multi-row INSERT, with or without its primary key."""

    def __init__(self, model: type[models.Model], *, with_key: bool = False) -> None:
        self.model = model
        self.name = model._meta.db_table
        own = [f for f in model._meta.concrete_fields if with_key or not f.primary_key]
        self.fields: dict[str, Field] = {str(f.column): f for f in own}
        self.columns = ", ".join(f'"{column}"' for column in self.fields)
        self._sqlite: dict[int, str] = {}
        self._kinds = [(c, isinstance(f, models.JSONField)) for c, f in self.fields.items()]

    def insert(self, rows: Sequence[Row], tail: str = "") -> int:
        """Write rows (column → value) in one statement; `tail` is ON CONFLICT or RETURNING."""
        # SQLite takes 32,766 values in one statement.
        most = 30_000 // len(self.fields)
        if 0 < len(rows) <= most:
            return write(*self.insertion(rows, tail))
        parts = [rows[n : n + most] for n in range(0, len(rows), most)]
        return sum(write(*self.insertion(part, tail)) for part in parts)

    def insertion(self, rows: Sequence[Row], tail: str = "") -> Statement:
        if is_postgresql():
            return self.from_json + tail, [self.as_json(rows)]
        zone = database().timezone
        values = [
            value
            if (value := row[column]).__class__ in AS_THEY_ARE
            else _stored(value, json_, zone)
            for row in rows
            for column, json_ in self._kinds
        ]
        return self._from_values(len(rows)) + tail, values

    @cached_property
    def from_json(self) -> str:
        """PostgreSQL: one parameter, a JSON array of rows; their order is kept."""
        types = ", ".join(f'"{c}" {_type_of(f)}' for c, f in self.fields.items())
        return (
            f"INSERT INTO {self.name} ({self.columns}) SELECT {self.columns}"  # noqa: S608
            f" FROM jsonb_to_recordset(%s::jsonb) AS r ({types})"
        )

    def as_json(self, rows: Iterable[Row]) -> str:
        return json.dumps(
            [{column: row[column] for column in self.fields} for row in rows],
            default=datetime.isoformat,
        )

    def _from_values(self, count: int) -> str:
        if count not in self._sqlite:
            marks = f"({', '.join(['%s'] * len(self.fields))})"
            self._sqlite[count] = (
                f"INSERT INTO {self.name} ({self.columns}) VALUES "  # noqa: S608
                + ", ".join([marks] * count)
            )
        return self._sqlite[count]


def _type_of(field: Field) -> str:
    db = database()
    return str(field.rel_db_type(db) if field.primary_key else field.db_type(db))


def _stored(value: Any, is_json: bool, zone: tzinfo | None) -> Any:
    """As SQLite stores it, which is as Django does; text is taken as stored already."""
    if isinstance(value, datetime):
        return _instant_text(value, zone)
    return json.dumps(value) if is_json else value


# One event writes its own instant into a dozen columns.
@lru_cache(maxsize=64)
def _instant_text(value: datetime, zone: tzinfo | None) -> str:
    return value.astimezone(zone).replace(tzinfo=None).isoformat(" ")


def instant(value: datetime) -> Any:
    """A parameter of a statement, as the database in use compares it."""
    return value if is_postgresql() else _stored(value, False, database().timezone)


@cache
def table(model: type[models.Model], *, with_key: bool = False) -> Table:
    return Table(model, with_key=with_key)


def instance(model: type[M], values: Row, *, stored: bool) -> M:
    """A model made of all its columns' values; without the detour through its constructor.

    `values` are by attribute name, complete, and the model's own: the dictionary is taken over.
    """
    if not _is_plain(model):
        made = model(**values)
    else:
        made = model.__new__(model)
        made.__dict__.update(values)
        made._state = ModelState()
    made._state.adding, made._state.db = not stored, DEFAULT_DB_ALIAS if stored else None
    return made


@cache
def _is_plain(model: type[models.Model]) -> bool:
    """Nobody does anything while one is made: no constructor of its own, no listener."""
    born = (models.signals.pre_init, models.signals.post_init)
    listened = any(signal.has_listeners(model) for signal in born)
    return model.__init__ is models.Model.__init__ and not listened


@cache
def _blank(model: type[models.Model]) -> dict[str, Any]:
    return {f.attname: f.get_default() for f in model._meta.concrete_fields}


def blank(model: type[models.Model]) -> dict[str, Any]:
    """A new row's values; what is made anew for each row (a dict, a code) is still to be given."""
    return _blank(model).copy()


@cache
def names(model: type[models.Model]) -> tuple[str, ...]:
    return tuple(f.attname for f in model._meta.concrete_fields)


def row(model: type[M], values: Sequence[Any]) -> M:
    """A stored row, its values in the order of the model's columns."""
    return instance(model, dict(zip(names(model), values, strict=True)), stored=True)
