"""The chain's arithmetic, on plain values."""

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

CHAINED = (
    *("case_id", "seq", "at", "recorded_at", "kind", "name", "source", "target"),
    *("actor_ref", "actor_tenant_id", "facts", "note_hash", "prev"),
)
# Made once: json.dumps with options of ours would make one for each row.
_encode = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with one chain: `kind` is a code, `says` a sentence."""

    case: str
    seq: int
    kind: str
    says: str


def digest(row: Mapping[str, Any]) -> str:
    """SHA-256 (hex) of a row's chained fields in one canonical spelling."""
    plain = {name: _plain(row[name]) for name in CHAINED}
    return sha256(_encode(plain))


def digests_of_like(row: Mapping[str, Any]) -> Callable[[int, str, str, int], str]:
    """`digest` of rows that differ only in (case_id, facts, prev, seq); facts as `canonical`."""
    varying = ("case_id", "facts", "prev", "seq")
    plain = {name: _plain(row[name]) for name in CHAINED if name not in varying}
    text = _encode(plain | {name: f"\0{name}" for name in varying}).replace("%", "%%")
    for name in varying:
        mark = '"%s"' if name == "prev" else "%s"
        text = text.replace(_encode(f"\0{name}"), mark)
    return lambda case, facts, prev, seq: sha256(text % (case, facts, prev, seq))


def canonical(facts: Mapping[str, Any]) -> str:
    return _encode(facts)


def sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def note_digest(salt: str, text: str) -> str:
    return sha256(f"{salt}\n{text}") if text else ""


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    return value


def faults_in_chain(case: str, rows: Iterable[Mapping[str, Any]], length: int) -> Iterable[Fault]:
    """Changed, swapped, removed rows of one chain of `length`, oldest first, each named once.

    A cut tail shows only in what is known from outside: the case's version, a checkpoint.
    """
    prev: str | None = ""
    expected = 1
    for row in rows:
        seq = row["seq"]
        for missing in range(expected, seq):
            yield Fault(case, missing, "removed", f"Row {missing} of case {case} is missing.")
            prev = None
        place = seq if digest(row) == row["hash"] else _place_of(row, length)
        if place == 0:
            yield Fault(case, seq, "changed", f"Row {seq} of case {case} was changed.")
        elif place != seq:
            says = f"Row {seq} of case {case} holds what was written as row {place}."
            yield Fault(case, seq, "swapped", says)
        elif prev is not None and row["prev"] != prev:
            says = f"Row {seq} of case {case} does not follow row {seq - 1}: one was replaced."
            yield Fault(case, seq, "replaced", says)
        prev = row["hash"] if place in (0, seq) else None
        expected = seq + 1


def _place_of(row: Mapping[str, Any], length: int) -> int:
    """The place a row was written for, when only its place is wrong; 0: its content was changed."""
    places = range(1, length + 1)
    return next((n for n in places if digest({**row, "seq": n}) == row["hash"]), 0)


def checkpoint_digest(*, prev: str, at: datetime, cases: int, heads_hash: str) -> str:
    return sha256(f"{prev}\n{_plain(at)}\n{cases}\n{heads_hash}")


def heads_digest(heads: Iterable[tuple[str, int, str]]) -> tuple[int, str]:
    """How many heads, and one digest over them in the order of their cases; they may stream."""
    total, count = hashlib.sha256(), 0
    for code, seq, head in heads:
        total.update(f"{code} {seq} {head}\n".encode())
        count += 1
    return count, total.hexdigest()
