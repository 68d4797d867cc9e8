"""Packs, rules and dates in words and as JSON."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from vetting.policy.checking import Outcome
from vetting.policy.models import PackVersion
from vetting.policy.queries import local_iso
from vetting.policy.rules.classifying import NOT_VERIFIED
from vetting.policy.rules.packs import ALWAYS, Pack, Rule
from vetting.policy.rules.timing import Due, undated
from workflows.clock import words
from workflows.clock.rules import local_day


def counted(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def table_of(packs: Iterable[Pack], ran: Mapping[str, Sequence[Outcome]]) -> str:
    """One line for each pack: how many of its cases came out as they are written."""
    rows = [("pack", "version", "rules", "cases", "right")]
    for pack in packs:
        cases = ran[pack.slug]
        right = sum(not one.differs for one in cases)
        rows.append((pack.slug, pack.version, str(len(pack.rules)), str(len(cases)), str(right)))
    sums = (str(sum(int(row[at]) for row in rows[1:])) for at in (2, 3, 4))
    return "\n".join(_aligned([*rows, ("all", "", *sums)]))


def _aligned(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        left = [cell.ljust(width) for cell, width in zip(row[:2], widths, strict=False)]
        right = [cell.rjust(width) for cell, width in zip(row[2:], widths[2:], strict=True)]
        yield "  ".join([*left, *right])


def in_words(pack: Pack) -> Iterator[str]:
    yield f"{pack.slug} {pack.version}, {pack.status}: {pack.title}"
    for rule in pack.rules:
        yield f"  {rule.id} ({rule.kind}): {rule.title}. {rule.citation}"


def version_as_json(row: PackVersion) -> dict[str, Any]:
    return {
        "pack": row.slug,
        "version": row.version,
        "status": row.status,
        "digest": row.digest,
        "loaded_at": row.loaded_at.isoformat(),
        "district": row.district.code if row.district else None,
    }


def table_of_versions(rows: Iterable[PackVersion]) -> str:
    """One line for each pack that counts; whose it is, where it is one district's own."""
    heading = ("pack", "version", "loaded", "digest", "district")
    told = [
        (
            row.slug,
            row.version,
            f"{row.loaded_at:%Y-%m-%d}",
            row.digest[:12],
            row.district.code if row.district else "every one",
        )
        for row in rows
    ]
    return "\n".join(_aligned([heading, *told]))


def pack_as_json(pack: Pack) -> dict[str, Any]:
    return {
        "pack": pack.slug,
        "title": pack.title,
        "layer": pack.layer,
        "state": pack.state or None,
        "zone": pack.zone or None,
        "version": pack.version,
        "status": pack.status,
        "effective_from": _day(pack.effective_from),
        "effective_to": _day(pack.effective_to),
        "last_verified": _day(pack.last_verified),
        "digest": pack.digest,
        "tests": len(pack.tests),
        "rules": [rule_as_json(rule) for rule in pack.rules],
    }


def rule_as_json(rule: Rule) -> dict[str, Any]:
    return {
        "id": rule.id,
        "kind": rule.kind,
        "title": rule.title,
        "citation": rule.citation,
        "address": rule.source.address or None if rule.source else None,
        "nexus": rule.nexus,
        "state": rule.state or None,
        "effective_from": _day(rule.effective_from),
        "effective_to": _day(rule.effective_to),
        "last_verified": _day(rule.last_verified),
        "confidence": rule.confidence,
        "status": rule.status,
        "when": rule.when,
        "terms": rule.terms,
        "note": rule.note,
        "line": rule.line,
    }


def _day(day: date | None) -> str | None:
    return None if day in (None, ALWAYS) else day.isoformat()


def _not_in_effect(rule: Rule) -> str:
    first = "" if rule.effective_from == ALWAYS else f" from {rule.effective_from}"
    last = f" until {rule.effective_to}" if rule.effective_to else ""
    return f"It is in effect{first}{last}, and was not on that day."


def due_as_json(rule: Rule, due: Due | None, anchor: datetime, zone: str) -> dict[str, Any]:
    return {
        "rule": rule.id,
        "due_at": local_iso(due.at, zone) if due else None,
        "anchor": local_iso(anchor, zone),
        "zone": zone,
        "explanation": (due.explanation if due else undated(rule))
        | {"in_effect": rule.in_effect(local_day(anchor, zone))},
    }


def due_in_words(rule: Rule, told: Mapping[str, Any]) -> str:
    """The title, the sentence that can be checked on paper, and what is not verified."""
    lines = [f"{rule.title}.", told["explanation"]["sentence"]]
    if told["due_at"]:
        due = datetime.fromisoformat(told["due_at"])
        lines.insert(1, f"Due {words.day_words(due.date())} at {due:%H:%M:%S} ({told['zone']}).")
    if not told["explanation"]["in_effect"]:
        lines.append(_not_in_effect(rule))
    if rule.status == "draft":
        lines.append(f"Pack {rule.pack} {rule.version}: {NOT_VERIFIED}.")
    return "\n".join(lines)
