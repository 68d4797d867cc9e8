"""The rows this transaction has locked, so that nobody locks and reads them a second time.

A copy is good exactly as long as the lock: a callback rides in Django's list of things to
do on commit, and Django itself strikes it out when the transaction, or the savepoint in which the
row was read or written, comes to its end or is taken back. Values are kept, never instances: each
caller gets its own fresh row, as from a SELECT.
"""

import copy
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.db import models, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from workflows import sql
from workflows.cases import Case, Tenant
from workflows.sql import Field

Converter = Callable[[Any], Any]
CHANGEABLE = frozenset({dict, list})
Key = tuple[type[models.Model], int]


@dataclass(slots=True)
class Held:
    """What is known of one locked row; `head` is the ledger's hash at (seq), "" where none is."""

    values: list[Any]
    case: Case
    head: tuple[int, str] | None
    mark: Callable[[], None]
    block: Any


# Hung on Django's own object for the connection: it is one per thread, and goes with it.
PLACE = "_countersign_held"


def lock(model: type[models.Model], case_id: int) -> models.Model:
    """The row, locked and as it stands now; raises the model's DoesNotExist."""
    known = _known(model, case_id)
    if known is None:
        here = _here()
        # What a transaction that was taken back has left: no callback tells of that.
        if here and not _stands(next(iter(here.values())), sql.database()):
            here.clear()
        known = here[(model, case_id)] = _read(model, case_id)
    return _instance(model, known)


def head_of(subject: models.Model, seq: int) -> str | None:
    """The hash of ledger row `seq` where it is known under the lock; None: ask the ledger."""
    known = _known(type(subject), subject.pk)
    return known.head[1] if known and known.head and known.head[0] == seq else None


def changed(subject: models.Model) -> tuple[str, ...]:
    """The columns that differ from the row, and those that may be changed in place."""
    known, names = _known(type(subject), subject.pk), sql.names(type(subject))
    if known is None:
        return names
    now = subject.__dict__
    return tuple(
        name
        for name, was in zip(names, known.values, strict=True)
        if now[name] != was or was.__class__ in CHANGEABLE
    )


def wrote(subject: models.Model) -> None:
    """The row was written as it stands in this instance."""
    model, known = type(subject), _known(type(subject), subject.pk)
    if known:
        now = subject.__dict__
        known.values = [_own(now[name]) for name in sql.names(model)]
        known.mark = _mark()


def chained(case_id: int, model: type[models.Model], seq: int, digest: str) -> None:
    """The ledger's row `seq` was written."""
    known = _known(model, case_id)
    if known:
        known.head, known.mark = (seq, digest), _mark()


def forget(model: type[models.Model] | None = None) -> None:
    """Somebody writes around us: rows of one table, or what every case hangs on (its tenant)."""
    here = _here()
    for key in [k for k in here if model in (None, k[0])]:
        del here[key]


def _here() -> dict[Key, Held]:
    here: dict[Key, Held] = sql.database().__dict__.setdefault(PLACE, {})
    return here


def _known(model: type[models.Model], case_id: int) -> Held | None:
    db = sql.database()
    here: dict[Key, Held] = db.__dict__.get(PLACE, {})
    known = here.get((model, case_id))
    if known and not _stands(known, db):
        # What one of a transaction's rows has outlived, the others have too, or are read again.
        here.clear()
        return None
    return known


def _stands(known: Held, db: BaseDatabaseWrapper) -> bool:
    """A test's own transaction around everything does not count: the house never sees one."""
    if known.block is None or known.block is not _outermost(db):
        return False
    # From the end: what is asked for again was mostly written just before.
    return any(call is known.mark for _, call, *_ in reversed(db.run_on_commit))


def _outermost(db: BaseDatabaseWrapper) -> Any:
    for block in db.atomic_blocks:
        if not getattr(block, "_from_testcase", False):
            return block
    return None


def in_transaction() -> bool:
    """Whether the house has begun one; a test's own does not count."""
    return _outermost(sql.database()) is not None


def _mark() -> Callable[[], None]:
    here = _here()

    def still_held() -> None:
        """That it stands in the list is what it says; when it is called, the locks have ended."""
        here.clear()

    transaction.on_commit(still_held)
    return still_held


def _read(model: type[models.Model], case_id: int) -> Held:
    db = sql.database()
    if not db.in_atomic_block:
        raise transaction.TransactionManagementError("A lock lasts as long as a transaction.")
    reader = _reader(model, db.vendor)
    rows = sql.select(reader.statement, [case_id])
    if not rows:
        raise model.DoesNotExist(f"{model._meta.object_name} of case {case_id}")  # type: ignore[attr-defined]
    values = list(rows[0])
    for index, convert in reader.converters:
        values[index] = convert(values[index])
    own, case_values, tenant_values, head = reader.split(values)
    case = sql.row(Case, case_values)
    case.tenant = sql.row(Tenant, tenant_values)
    version = own[reader.version]
    return Held(own, case, (version, head) if head else None, _mark(), _outermost(db))


def _instance(model: type[models.Model], known: Held) -> models.Model:
    subject = sql.row(model, [_own(value) for value in known.values])
    # Both ways, as select_related does: `case.parcel` then asks nobody.
    link: Any = model._meta.get_field("case")
    link.set_cached_value(subject, known.case)
    link.remote_field.set_cached_value(known.case, subject)
    return subject


def _own(value: Any) -> Any:
    """Texts and numbers are shared; what could be changed in place is copied."""
    return copy.deepcopy(value) if value.__class__ in CHANGEABLE else value


@dataclass(frozen=True, slots=True)
class Reader:
    statement: str
    converters: tuple[tuple[int, Converter], ...]
    widths: tuple[int, int]
    version: int

    def split(self, values: list[Any]) -> tuple[list[Any], list[Any], list[Any], str | None]:
        own, case = self.widths
        return values[:own], values[own : own + case], values[own + case : -1], values[-1]


@cache
def _reader(model: type[models.Model], vendor: str) -> Reader:
    """The row with its case, tenant and the ledger's head in one SELECT.

    The head is sought under the row's version. Whoever adds to the ledger raises the version, so a
    SELECT that had to wait for the lock finds no head, rather than an old one: PostgreSQL reads the
    locked row again, but its neighbors as they were when the statement began.
    """
    fields = [f for part in (model, Case, Tenant) for f in part._meta.concrete_fields]
    parts: list[tuple[type[models.Model], str]] = [(model, "s"), (Case, "c"), (Tenant, "t")]
    columns = [f'{alias}."{f.column}"' for part, alias in parts for f in part._meta.concrete_fields]
    head = (
        "(SELECT e.hash FROM workflows_entry e WHERE e.case_id = s.case_id AND e.seq = s.version)"
    )
    statement = (
        f"SELECT {', '.join(columns)}, {head} FROM {model._meta.db_table} s"  # noqa: S608
        " JOIN workflows_case c ON c.id = s.case_id JOIN workflows_tenant t ON t.id = c.tenant_id"
        " WHERE s.case_id = %s"
    )
    if vendor == "postgresql":
        statement += " FOR NO KEY UPDATE OF s"
    own = [f.name for f in model._meta.concrete_fields]
    converters = tuple((n, c) for n, f in enumerate(fields) for c in _converters(f))
    widths = (len(own), len(Case._meta.concrete_fields))
    return Reader(statement, converters, widths, own.index("version"))


def _converters(field: Field) -> Iterator[Converter]:
    """What turns the database's value into Python's, in Django's own order."""
    column, db = field.cached_col, sql.database()
    for convert in (*db.ops.get_db_converters(column), *column.get_db_converters(db)):
        yield _converter(convert, column)


def _converter(convert: Callable[[Any, Any, Any], Any], column: Any) -> Converter:
    return lambda value: convert(value, column, sql.database())
