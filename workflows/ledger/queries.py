"""The ledger, read: its own verification, and a case's history in sentences."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from django.db.models import (
    F,
    Max,
    OuterRef,
    PositiveIntegerField,
    Prefetch,
    QuerySet,
    Subquery,
    Value,
)
from django.db.models.functions import Coalesce

from workflows.actors import resolve_names
from workflows.cases import Case
from workflows.ledger import rules, telling
from workflows.ledger.models import Checkpoint, CheckpointHead, Entry
from workflows.ledger.rules import Fault
from workflows.prefetching import is_read
from workflows.stateful import Stateful, stateful_models

CHUNK = 1000
COLUMNS = tuple(name for name in rules.CHAINED if name != "case_id")


def present_heads() -> Iterable[Mapping[str, Any]]:
    """The last row of every chain, by case, with the hash the newest checkpoint knows of it."""
    lasts = Entry.objects.filter(case=OuterRef("case")).order_by().values("case")
    known = CheckpointHead.objects.filter(case=OuterRef("case")).order_by("-checkpoint_id")
    heads = Entry.objects.filter(seq=Subquery(lasts.annotate(last=Max("seq")).values("last")))
    rows = heads.annotate(known=Subquery(known.values("hash")[:1])).order_by("case_id")
    return rows.values("case_id", "case__code", "seq", "hash", "known").iterator(CHUNK)


def verify(code: str | None = None) -> list[Fault]:
    """Everything wrong with the ledger, or with one case's chain; empty when it is whole.

    One pass in bounded memory. Checkpoints are read before the chains, which only grow: what
    happens meanwhile is no fault.
    """
    faults = [] if code else list(_checkpoint_faults())
    seen = _Ahead(_heads(code))
    for case_id, rows in groupby(_chain_rows(code).iterator(CHUNK), key=lambda row: row["id"]):
        faults += _case_faults(rows, seen.of(case_id))
    return faults


def _chain_rows(code: str | None) -> QuerySet[Case, dict[str, Any]]:
    """Cases with their rows in one statement, so that both are of one instant."""
    versions = [F(f"{model._meta.model_name}__version") for model in stateful_models()]
    cases = Case.objects.filter(code=code) if code else Case.objects.all()
    numbered = cases.annotate(
        version=Coalesce(*versions, Value(0, output_field=PositiveIntegerField()))
    )
    columns = [f"entries__{name}" for name in (*COLUMNS, "hash")]
    words = ("entries__note__salt", "entries__note__text")
    return numbered.order_by("id", "entries__seq").values("id", "code", "version", *columns, *words)


def _heads(code: str | None) -> Iterator[Mapping[str, Any]]:
    rows = CheckpointHead.objects.filter(case__code=code) if code else CheckpointHead.objects
    return rows.order_by("case_id", "seq", "id").values("case_id", "seq", "hash").iterator(CHUNK)


class _Ahead:
    """A stream sorted by case, read in step with another one."""

    def __init__(self, rows: Iterator[Mapping[str, Any]]) -> None:
        self._groups = groupby(rows, key=lambda row: row["case_id"])
        self._next = self._pull()

    def _pull(self) -> tuple[int, dict[int, str]] | None:
        for case_id, rows in self._groups:
            return case_id, {row["seq"]: row["hash"] for row in rows}
        return None

    def of(self, case_id: int) -> dict[int, str]:
        while self._next and self._next[0] < case_id:
            self._next = self._pull()
        return self._next[1] if self._next and self._next[0] == case_id else {}


def _case_faults(rows: Iterable[Mapping[str, Any]], heads: dict[int, str]) -> Iterator[Fault]:
    first, *rest = rows
    code, version = first["code"], first["version"]
    chain = [_entry(row) for row in (first, *rest) if row["entries__seq"]]
    if not chain:
        yield Fault(code, 0, "missing", f"Case {code} has no ledger at all.")
        return
    found = list(rules.faults_in_chain(code, chain, max(version, chain[-1]["seq"])))
    yield from found
    yield from _tail_faults(code, version, chain, heads)
    named = {fault.seq for fault in found}
    yield from _note_faults(code, [row for row in chain if row["seq"] not in named])
    for row in chain:
        if row["seq"] not in named and heads.get(row["seq"], row["hash"]) != row["hash"]:
            says = f"Row {row['seq']} of case {code} is not what a checkpoint saw."
            yield Fault(code, row["seq"], "changed", says)


def _entry(row: Mapping[str, Any]) -> dict[str, Any]:
    plain = {name: row[f"entries__{name}"] for name in (*COLUMNS, "hash")}
    note = {"salt": row["entries__note__salt"], "text": row["entries__note__text"]}
    return {"case_id": row["id"], **plain, **note}


def _tail_faults(
    code: str, version: int, chain: list[dict[str, Any]], heads: dict[int, str]
) -> Iterator[Fault]:
    last = chain[-1]["seq"]
    for seq in range(last + 1, max([version, *heads]) + 1):
        yield Fault(code, seq, "cut", f"Row {seq} of case {code} was cut from the end.")
    if version < last:
        says = f"Case {code} says version {version}, but its ledger has {last} rows."
        yield Fault(code, last, "version", says)


def _note_faults(code: str, chain: list[dict[str, Any]]) -> Iterator[Fault]:
    """A note may be erased, never edited."""
    for row in chain:
        text = row["text"]
        if text and rules.note_digest(row["salt"], text) != row["note_hash"]:
            says = f"The note beside row {row['seq']} of case {code} was changed."
            yield Fault(code, row["seq"], "note", says)


def _checkpoint_faults() -> Iterator[Fault]:
    prev = ""
    last: Checkpoint | None = None
    for point in Checkpoint.objects.order_by("id").iterator(CHUNK):
        expected = rules.checkpoint_digest(
            prev=point.prev, at=point.at, cases=point.cases, heads_hash=point.heads_hash
        )
        if point.prev != prev or point.hash != expected:
            says = (
                f"Checkpoint {point.pk} of {point.at:%Y-%m-%d} was changed or one before is gone."
            )
            yield Fault("", point.pk, "checkpoint", says)
        prev, last = point.hash, point
    if last and rules.heads_digest(_heads_at(last)) != (last.cases, last.heads_hash):
        says = f"The heads kept beside checkpoint {last.pk} are not those it was made of."
        yield Fault("", last.pk, "checkpoint", says)


def _heads_at(point: Checkpoint) -> Iterator[tuple[str, int, str]]:
    """The heads as this checkpoint saw them: of every case the newest one written until then."""
    newest = CheckpointHead.objects.filter(case=OuterRef("case"), checkpoint_id__lte=point.pk)
    chosen = newest.order_by("-checkpoint_id").values("id")[:1]
    rows = CheckpointHead.objects.filter(id=Subquery(chosen)).order_by("case_id")
    return rows.values_list("case__code", "seq", "hash").iterator(CHUNK)


@dataclass(frozen=True, slots=True)
class Happening:
    """One line of a timeline: `tone` is move, command or system; `note` is empty once erased.

    `about`: which question it was, where the same is done of many. `kept`: the sentence for those
    who may not read this one, nor its note; "" where everybody may.
    """

    at: datetime
    sentence: str
    note: str
    tone: str
    name: str
    by: str
    by_ref: str
    seq: int
    url: str = ""
    about: str = ""
    kept: str = ""


def history_of(subject: Stateful, *, newest_first: bool = True) -> list[Happening]:
    """What happened to a case, told in sentences; one query, and one for the names."""
    entries = entries_of(subject)
    names = resolve_names(people_in(entries))
    told = [_happening(subject, entry, names) for entry in entries]
    return told if newest_first else told[::-1]


# With what a page reads a case's whole history.
HISTORY = (Prefetch("case__entries", Entry.objects.select_related("note").order_by("-seq")),)


def entries_of(subject: Stateful) -> list[Entry]:
    """The newest first; they may have been read with the case."""
    if is_read(subject.case, "entries"):
        return list(subject.case.entries.all())
    rows = Entry.objects.filter(case_id=subject.pk).select_related("note")
    return list(rows.order_by("-seq"))


def people_in(entries: Iterable[Entry]) -> set[str]:
    """References to whoever a history names."""
    holders = {entry.facts["holder"] for entry in entries if "holder" in entry.facts}
    return {entry.actor_ref for entry in entries} | holders


def _happening(subject: Stateful, entry: Entry, names: dict[str, str]) -> Happening:
    kept = telling.kept_words(subject.lifecycle, entry)
    system, who = entry.actor_ref.startswith("system:"), names[entry.actor_ref]
    return Happening(
        at=entry.at,
        sentence=f"{who} {telling.words_for(subject.lifecycle, entry, names)}",
        note=entry.note.text if hasattr(entry, "note") else "",
        tone="system" if system else entry.kind,
        name=entry.name,
        by=who,
        by_ref=entry.actor_ref,
        seq=entry.seq,
        about=str(entry.facts.get("question", "")),
        kept=f"{who} {kept}" if kept else "",
    )
