"""The chain's arithmetic, on plain values."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

CHAINED = (
    *("case_id", "seq", "at", "recorded_at", "kind", "name", "source", "target"),
    *("actor_ref", "actor_tenant_id", "facts", "note_hash", "prev"),
)


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
    return sha256(json.dumps(plain, sort_keys=True, separators=(",", ":"), ensure_ascii=False))


def sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def note_digest(salt: str, text: str) -> str:
    return sha256(f"{salt}\n{text}") if text else ""


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    return value


def faults_in_chain(case: str, rows: Iterable[Mapping[str, Any]]) -> Iterable[Fault]:
    """Changed, swapped, removed rows of one chain, oldest first (a cut tail needs a checkpoint)."""
    prev, expected = "", 1
    for row in rows:
        seq = row["seq"]
        if seq != expected:
            yield Fault(case, expected, "removed", f"Row {expected} of case {case} is missing.")
        elif row["prev"] != prev:
            yield Fault(case, seq, "swapped", f"Row {seq} of case {case} does not follow its row.")
        if digest(row) != row["hash"]:
            yield Fault(case, seq, "changed", f"Row {seq} of case {case} was changed.")
        prev, expected = row["hash"], seq + 1
