"""One subject that the engine made, laid down many times with keys of its own.

A thousand agreements out for signature would take the engine minutes; their rows take seconds. The
ledger's chain is reckoned anew, so that a copy is as sound as its pattern.
"""

import copy
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, TypeVar

from django.db import connection, models, transaction
from django.db.models.base import ModelState
from viewflow.workflow.token import Token

from contracts.agreements.models import AgreementVersion
from contracts.signing.models import SignatureRequest
from tests import photograph
from tests.races.belonging import Model, rows_of
from workflows.cases import Case, new_code
from workflows.clock.models import Deadline
from workflows.desk.models import Task
from workflows.ledger import rules
from workflows.ledger.models import Entry
from workflows.outbox.models import Message
from workflows.stateful import Stateful

M = TypeVar("M", bound=models.Model)
Rows = dict[Model, dict[Any, models.Model]]
# What a table needs to stay unique: called with the copy and its number.
Change = Mapping[Model, Callable[[Any, int], None]]
# Keys that no foreign key tells of.
IN_PAYLOAD: dict[str, Model] = {
    "entry": Entry, "deadline": Deadline, "version": AgreementVersion, "request": SignatureRequest,
}  # fmt: skip
IN_KEY: dict[str, Model] = {
    "dl": Deadline, "sign": SignatureRequest, "seal": SignatureRequest,
    "certificate": AgreementVersion, "signer-changed": Case,
}  # fmt: skip
KEY = re.compile(rf"(?:({'|'.join(IN_KEY)}):)?(\d+)(:.*|)")


@dataclass(frozen=True, slots=True)
class Copies:
    keys: Sequence[Mapping[tuple[Model, Any], Any]]

    def of(self, pattern: M) -> list[M]:
        """The copies of one row of the pattern, in order."""
        found = [keys[(type(pattern), pattern.pk)] for keys in self.keys]
        rows = type(pattern)._base_manager.all()
        if isinstance(pattern, Stateful):
            rows = rows.select_related("case__tenant")
        by_key = rows.in_bulk(found)
        return [by_key[key] for key in found]


def copies_of(roots: Sequence[models.Model], times: int, change: Change | None = None) -> Copies:
    """The roots (cases, tools) and all that hangs on them, `times` over."""
    pattern = rows_of([root.case if isinstance(root, Stateful) else root for root in roots])
    keys = _new_keys(pattern, times)
    made = [_copy(pattern, mine, number, change or {}) for number, mine in enumerate(keys)]
    _lay_down(pattern, made)
    return Copies(keys)


def _new_keys(pattern: Rows, times: int) -> list[dict[tuple[Model, Any], Any]]:
    found: list[dict[tuple[Model, Any], Any]] = [{} for _ in range(times)]
    for model, rows in _own_keys_first(pattern):
        link = model._meta.pk
        if isinstance(link, models.ForeignKey):
            target = link.related_model
            for mine in found:
                mine.update({(model, key): mine[(target, key)] for key in rows})
            continue
        first = (model._base_manager.aggregate(last=models.Max("pk"))["last"] or 0) + 1
        for number, mine in enumerate(found):
            start = first + number * len(rows)
            mine.update({(model, key): start + place for place, key in enumerate(rows)})
    return found


def _own_keys_first(pattern: Rows) -> list[tuple[Model, dict[Any, models.Model]]]:
    return sorted(pattern.items(), key=lambda p: isinstance(p[0]._meta.pk, models.ForeignKey))


def _copy(
    pattern: Rows, keys: Mapping[tuple[Model, Any], Any], number: int, change: Change
) -> list[models.Model]:
    made = [_row(row, keys, number) for rows in pattern.values() for row in rows.values()]
    for row in made:
        if type(row) in change:
            change[type(row)](row, number)
    _chain([row for row in made if isinstance(row, Entry)])
    return made


def _row(row: models.Model, keys: Mapping[tuple[Model, Any], Any], number: int) -> models.Model:
    new = copy.copy(row)
    new._state = ModelState()
    new.pk = keys[(type(row), row.pk)]
    for field in row._meta.concrete_fields:
        value = getattr(row, field.attname)
        if isinstance(field, models.ForeignKey):
            setattr(new, field.attname, keys.get((field.related_model, value), value))
        elif field.name in _unique(type(row)) and isinstance(field, models.CharField):
            setattr(new, field.attname, _another(value, field, number))
    _point_at_own(row, new, keys)
    return new


@cache
def _unique(model: Model) -> frozenset[str]:
    """Fields of which no two rows say the same, by the field itself or by a constraint of it."""
    meta = model._meta
    alone = {c.fields[0] for c in meta.total_unique_constraints if len(c.fields) == 1}
    return frozenset(alone | {field.name for field in meta.concrete_fields if field.unique})


def _another(value: str, field: Any, number: int) -> str:
    if field.name == "code":
        return new_code()
    most = field.max_length or 200
    return f"{number}-{value}"[:most]


def _point_at_own(
    row: models.Model, new: models.Model, keys: Mapping[tuple[Model, Any], Any]
) -> None:
    if isinstance(new, Message) and isinstance(row, Message):
        payload = row.payload.items()
        new.payload = {n: keys.get((IN_PAYLOAD.get(n, Case), v), v) if n in IN_PAYLOAD else v
                       for n, v in payload}  # fmt: skip
        new.dedupe_key = _dedupe_key(row.dedupe_key, new.dedupe_key, keys)
    if isinstance(new, Task):
        own = re.sub(r"(?<=/)\d+(?=_)", lambda m: str(keys[(Task, int(m[0]))]), new.token.token)
        new.token = Token(own)


def _dedupe_key(key: str, otherwise: str, keys: Mapping[tuple[Model, Any], Any]) -> str:
    """A message that is promised once more must meet the copy's own key."""
    found = KEY.fullmatch(key)
    if not found:
        return otherwise
    kind, number, rest = found.groups()
    mine = keys.get((IN_KEY.get(kind or "", Case), int(number)))
    return f"{kind + ':' if kind else ''}{mine}{rest}" if mine else otherwise


def _chain(entries: list[Entry]) -> None:
    """Each case's rows follow one another again."""
    heads: dict[int, str] = {}
    for entry in sorted(entries, key=lambda entry: entry.seq):
        entry.prev = heads.get(entry.case_id, "")
        entry.hash = heads[entry.case_id] = rules.digest(vars(entry))


def _lay_down(pattern: Rows, made: list[list[models.Model]]) -> None:
    tables = {model._meta.db_table for model in pattern}
    rows: dict[Model, list[models.Model]] = {}
    for row in (row for one in made for row in one):
        rows.setdefault(type(row), []).append(row)
    with transaction.atomic(), photograph.looking_away(connection, tables):
        for model, new in rows.items():
            # Not the guarded manager: a copy stands in a later state than cases are opened in.
            models.QuerySet(model).bulk_create(new)
        photograph.set_sequences(connection, tables)
