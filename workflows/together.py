"""Several lists in one statement: what a page shows of one case lies in a dozen tables.

    together(tasks, deadlines, questions)   # each is then iterated from memory

Each list keeps its own SELECT, as its room wrote it; they travel as JSON rows under one UNION ALL,
so the database is asked once. What they prefetch, however deep, takes one statement more.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from itertools import chain
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import models

from workflows import sql
from workflows.prefetching import Branch, Read, Rows, branches_of, hang, reads_of

# PostgreSQL takes a hundred arguments of one function, SQLite 127.
WIDTH = 80
# Columns that JSON would bend travel as text.
AS_TEXT = (models.DecimalField, models.JSONField)
# What no JSON row can carry as it is.
REFUSED = (models.BinaryField, models.DurationField, models.UUIDField, models.TimeField)


def together(*lists: Rows) -> None:
    """Read them all, with what they prefetch, in at most two statements."""
    wanted = [rows for rows in lists if rows._result_cache is None]
    _read(wanted)
    hung = [rows for rows in wanted if rows._prefetch_related_lookups]
    prefetch_together(*((rows._result_cache or [], branches_of(rows)) for rows in hung))
    for rows in hung:
        rows._prefetch_done = True


def prefetch_together(*asked: tuple[Sequence[Any], list[Branch]]) -> None:
    """What hangs on these instances, of all levels, in one statement."""
    read_and_hang(
        [read for parents, branches in asked if parents for read in reads_of(parents, branches)]
    )


def read_and_hang(reads: Sequence[Read]) -> None:
    """In one statement; a read comes after those that it hangs on."""
    _read([read.rows for read in reads])
    for read in reads:
        hang(read)


@dataclass(frozen=True, slots=True)
class _Part:
    """One list on its way: Django's own compiler turns the rows into what the list yields."""

    rows: Rows
    compiler: Any
    statement: str
    params: tuple[Any, ...]


def _read(lists: Sequence[Rows]) -> None:
    parts = list(chain.from_iterable(_part(rows) for rows in lists))
    if len(parts) == 1:
        _fill(parts[0].rows)
    elif parts:
        for part, rows in zip(parts, _fetched(parts), strict=True):
            _feed(part, rows)


def _part(rows: Rows) -> Iterator[_Part]:
    """Nothing for a list that is known to be empty without asking."""
    compiler = rows.query.get_compiler(using=rows.db)
    try:
        statement, params = compiler.as_sql()
    except EmptyResultSet:
        rows._result_cache = []
        return
    yield _Part(rows, compiler, statement, tuple(params))


def _fill(rows: Rows) -> None:
    rows._result_cache = list(rows._iterable_class(rows))


def _fetched(parts: Sequence[_Part]) -> list[list[tuple[Any, ...]]]:
    """The rows of each part, in its own order."""
    whole = _joined(parts)
    found = sorted(_asked(whole, parts), key=lambda row: row[:2])
    sorted_out: list[list[tuple[Any, ...]]] = [[] for _ in parts]
    for number, _, text in found:
        sorted_out[number].append(_loaded(text, whole.loaders[number]))
    return sorted_out


@dataclass(frozen=True, slots=True)
class _Joined:
    """The statement of several lists, and what makes of its JSON what each of them yields.

    `fixed`: it is the same each time, so PostgreSQL keeps its plan.
    """

    text: str
    loaders: "list[list[Loader]]"
    fixed: bool = False


def _asked(whole: _Joined, parts: Sequence[_Part]) -> list[tuple[Any, ...]]:
    if whole.fixed:
        values = [value for part in parts for value in part.rows.query.open]
        return sql.select_worded(whole.text, values)
    with sql.database().cursor() as cursor:
        cursor.execute(whole.text, [value for part in parts for value in part.params])
        found: list[tuple[Any, ...]] = cursor.fetchall()
    return found


def _joined(parts: Sequence[_Part]) -> _Joined:
    """Where the words of all of them are fixed, so are those of the whole."""
    words: tuple[Any, ...] = tuple(getattr(p.rows.query, "known", None) for p in parts)
    if None in words:
        return _put_together(parts)
    known = words[0].parts_of
    if words not in known:
        known[words] = _put_together_for_good(parts)
    found: _Joined = known[words]
    return found


def _put_together_for_good(parts: Sequence[_Part]) -> _Joined:
    if not sql.is_postgresql():
        return _put_together(parts)
    fixed = [replace(part, statement=part.rows.query.known.fixed) for part in parts]
    return replace(_put_together(fixed), fixed=True)


def _put_together(parts: Sequence[_Part]) -> _Joined:
    names = [[f"c{n}" for n in range(_width(part.compiler))] for part in parts]
    heads = [
        f"p{n} ({', '.join(columns)}) AS ({part.statement})"
        for n, (part, columns) in enumerate(zip(parts, names, strict=True))
    ]
    tails = [
        # The number keeps the order: a union promises none.
        f"SELECT {n}, row_number() OVER (), {_as_json(part.compiler, columns)} FROM p{n}"  # noqa: S608
        for n, (part, columns) in enumerate(zip(parts, names, strict=True))
    ]
    statement = f"WITH {', '.join(heads)} {' UNION ALL '.join(tails)}"
    return _Joined(statement, [_loaders(part.compiler) for part in parts])


def _width(compiler: Any) -> int:
    return len(compiler.select) + len(getattr(compiler, "extra_select", None) or ())


def _as_json(compiler: Any, columns: Sequence[str]) -> str:
    postgresql = sql.is_postgresql()
    build = "json_build_array" if postgresql else "json_array"
    fields = _fields(compiler)
    told = [
        f"{name}::text" if postgresql and isinstance(field, AS_TEXT) else name
        for name, field in zip(columns, fields, strict=False)
    ]
    rows = [f"{build}({', '.join(told[n : n + WIDTH])})" for n in range(0, len(told), WIDTH)]
    return f"{build}({', '.join(rows)})" + ("::text" if postgresql else "")


def _fields(compiler: Any) -> list[Any]:
    found = [expression.output_field for expression, _, _ in compiler.select]
    if any(isinstance(field, REFUSED) for field in found):
        raise TypeError("Such a column cannot be read together with others.")
    return found


Loader = Callable[[Any], Any] | None


def _loaders(compiler: Any) -> list[Loader]:
    """From what JSON carries to what the driver would have given; Django converts from there."""
    if not sql.is_postgresql():
        return []
    return [_loader(field) for field in _fields(compiler)]


def _loader(field: Any) -> Loader:
    if isinstance(field, models.DateTimeField):
        return datetime.fromisoformat
    if isinstance(field, models.DateField):
        return date.fromisoformat
    if isinstance(field, models.DecimalField):
        return Decimal
    return None


def _loaded(text: str, loaders: Sequence[Loader]) -> tuple[Any, ...]:
    values = [value for group in json.loads(text) for value in group]
    for index, load in enumerate(loaders):
        if load and values[index] is not None:
            values[index] = load(values[index])
    return tuple(values)


def _feed(part: _Part, found: list[tuple[Any, ...]]) -> None:
    """Django makes of these rows what it would make of its own."""
    part.compiler.execute_sql = lambda *args, **kwargs: [found]
    query: Any = part.rows.query
    query.get_compiler = lambda *args, **kwargs: part.compiler
    try:
        _fill(part.rows)
    finally:
        del query.get_compiler
