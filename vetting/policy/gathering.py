"""What is known around a case's dates, read at once: its ledger, its anchors, the packs' texts."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from vetting.policy.confidential import KEPT, is_of_a_hold
from vetting.policy.models import Anchor, RuleOverride
from vetting.policy.queries import packs_at
from vetting.policy.rules.explanation import Happened, Law, Moved, Stop, not_counted
from vetting.policy.rules.explanation import Rung as RungTold
from vetting.policy.rules.overriding import OTHERWISE, limit_words
from vetting.policy.rules.packs import ANCHORS, Pack, Rule, anchors_of, rule_named
from workflows.actors import resolve_names
from workflows.clock.explaining import Reckoning
from workflows.clock.models import Deadline
from workflows.clock.rules import Pause, local_day
from workflows.clock.words import day_words
from workflows.grammar import Dwell
from workflows.ledger.models import Entry
from workflows.ledger.telling import kept_words, words_for
from workflows.stateful import Stateful

# A date that a command sets is written in one breath with the line that says so.
BESIDE = timedelta(seconds=60)
ENDED = ("deadline_met", "deadline_waived", "deadline_closed")
WHY_MOVED = {
    "calendar": "the calendar changed",
    "anchor": "it was corrected when something happened",
    "facts": "the facts changed",
    "pack": "the rules changed",
    "level": "the service level changed",
}
AUDIENCES = {
    "holders": "whoever has it then",
    "owner_lead": "the lead of the privacy team",
    "privacy_lead": "the lead of the privacy team",
    "superintendent": "the superintendent",
    "requesters": "whoever asked for it",
    "school_leaders": "the school leader",
    "sourcing": "Strategic Sourcing",
    "vendor": "the vendor",
    "owner": "whoever looks after it",
}
ACTS = {
    "remind": "a reminder to {whom}",
    "overdue": "word that it is late, to {whom}",
    "escalate": "a call for help because it is late, to {whom}",
}


@dataclass(frozen=True, slots=True)
class Record:
    """`entries` oldest first; of each event its newest anchor, and none that was taken back."""

    subject: Stateful
    entries: Sequence[Entry]
    anchors: Mapping[str, Anchor]
    packs: Mapping[str, Pack]
    names: Mapping[str, str]
    sources: bool = True

    def by(self, ref: str) -> str:
        return self.names.get(ref, "somebody") if ref else ""

    def happened(self, entry: Entry, at: datetime) -> Happened:
        who = self.by(entry.actor_ref)
        lifecycle = self.subject.lifecycle
        kept = "" if self.sources else kept_words(lifecycle, entry)
        said = kept or words_for(lifecycle, entry, self.names)
        where = f"the history of the case, line {entry.seq}"
        return Happened(f"{who} {said}", at, who, entry.recorded_at, where, entry.seq)


def gathered(subject: Stateful, rows: Sequence[Deadline], *, sources: bool) -> Record:
    entries = list(Entry.objects.filter(case_id=subject.pk).order_by("seq"))
    newest: dict[str, Anchor] = {}
    for anchor in Anchor.objects.filter(case_id=subject.pk).order_by("id"):
        newest[anchor.event] = anchor
    anchors = {event: anchor for event, anchor in newest.items() if anchor.at}
    packs = packs_at(digest for row in rows if (digest := row.explanation.get("digest")))
    people = {entry.actor_ref for entry in entries}
    people |= {str(entry.facts["holder"]) for entry in entries if "holder" in entry.facts}
    people |= {anchor.recorded_by for anchor in anchors.values()}
    people |= {row.waived_by for row in rows if row.waived_by}
    names = resolve_names(people)
    return Record(subject, entries, anchors, {pack.digest: pack for pack in packs}, names, sources)


def anchor_of(record: Record, row: Deadline, one: Reckoning) -> Happened:
    """An event that a law counts from, the move that started a service level, or the line of the
    history that set the date."""
    if event := row.explanation.get("event"):
        return _event(record, str(event), one.since, row.explanation.get("anchored"))
    dwell = next((d for d in record.subject.lifecycle.dwells if d.kind == row.kind), None)
    entry = _started(record, dwell, one.since) or _beside(record, one.since)
    if entry:
        return record.happened(entry, one.since)
    return Happened("it was set", one.since)


def _event(record: Record, event: str, at: datetime, anchored: Any) -> Happened:
    named = record.anchors.get(event)
    if named is None:
        # A day of the year is looked for from whatever happened then.
        named = next((one for one in record.anchors.values() if one.at == at), None)
    if named and named.at == at:
        return happened_at(record, named)
    said = ANCHORS.get(event, "it was asked")
    if isinstance(anchored, Mapping):
        recorded = anchored.get("recorded_at")
        when = datetime.fromisoformat(recorded) if recorded else None
        by = record.by(str(anchored.get("by", "")))
        source = str(anchored.get("source", "")) if record.sources else KEPT
        return Happened(said, at, by, when, source)
    if event.startswith("school_year"):
        return Happened(said, at, source="the school years of the district's settings")
    return Happened(said, at)


def happened_at(record: Record, anchor: Anchor) -> Happened:
    kept = not record.sources and is_of_a_hold(event=anchor.event)
    said = KEPT if kept else ANCHORS.get(anchor.event, anchor.event)
    source = anchor.source if record.sources else KEPT
    if anchor.reason and record.sources:
        source = f"{source} (corrected: {anchor.reason})"
    at = anchor.at or anchor.recorded_at
    return Happened(said, at, record.by(anchor.recorded_by), anchor.recorded_at, source)


def _started(record: Record, dwell: Dwell | None, at: datetime) -> Entry | None:
    """The move that came into the step at that instant."""
    moves = [entry for entry in record.entries if entry.at == at and entry.kind == Entry.MOVE]
    known = {*dwell.runs_in, *dwell.paused_in} if dwell else set()
    came = (one for one in moves if one.target in known and one.source not in known)
    return next(came, moves[-1] if moves else None)


def _beside(record: Record, at: datetime) -> Entry | None:
    near = [entry for entry in record.entries if abs(entry.at - at) < BESIDE]
    moves = [entry for entry in near if entry.kind == Entry.MOVE] or near
    return min(moves, key=lambda entry: abs(entry.at - at), default=None)


def others_of(record: Record, law: Rule | None, anchor: Happened) -> Iterator[Happened]:
    """Where a rule counts from whichever came first: the rest of what it names, as far as known."""
    for event in anchors_of(law) if law else ():
        known = record.anchors.get(event)
        if known and known.at != anchor.at:
            yield happened_at(record, known)


def rule_of(record: Record, row: Deadline, on: datetime, zone: str) -> Rule | None:
    """The rule in the very text that the date was reckoned by."""
    stored = row.explanation
    pack = record.packs.get(stored.get("digest", ""))
    if pack is None or "rule" not in stored:
        return None
    return rule_named([pack], stored["rule"], local_day(on, zone))


def law_of(
    stored: Mapping[str, Any], rule: Rule | None, reading: tuple[str, str] = ("", "")
) -> Law | None:
    """As the row tells it; what the row leaves out, from the rule where its text is still known."""
    if "rule" not in stored:
        return None
    status = stored.get("status") or (rule.status if rule else "")
    return Law(
        rule=stored["rule"],
        title=rule.title if rule else "",
        citation=stored.get("citation", ""),
        address=rule.source.address if rule and rule.source else "",
        pack=stored.get("pack", ""),
        version=stored.get("version", ""),
        digest=stored.get("digest", "")[:12],
        verified=status == "reviewed",
        missing=tuple(stored.get("missing", ())),
        otherwise=reading[0],
        says=reading[1],
    )


def reading_of(record: Record, row: Deadline, rule: Rule | None) -> tuple[str, str]:
    """That the district reads the limit otherwise, and what the law says; "" where it does not.

    What was armed before this was stored differs from the text that it was reckoned by.
    """
    stored = row.explanation.get(OTHERWISE) or _apart(row, rule)
    if not stored:
        return "", ""
    says, here = limit_words(stored["was"]), limit_words(stored["value"])
    rows = RuleOverride.objects.filter(
        district__tenant=record.subject.case.tenant_id, rule=row.kind, field="limit"
    )
    same = (one for one in rows.order_by("-pk") if one.value == stored["value"])
    by = next(same, None)
    said = f"read otherwise by this district: the law says {says}; here {here}"
    if by is None:
        return f"{said}.", says
    since = day_words(record.subject.case.tenant.day_of(by.made_at))
    who = resolve_names({by.approver}).get(by.approver, "somebody")
    why = by.reason.strip().rstrip(".")
    return f"{said} since {since}, approved by {who}, because: {why}.", says


def _apart(row: Deadline, rule: Rule | None) -> dict[str, Any] | None:
    was, told = rule.terms.get("limit") if rule else None, row.explanation
    if not was or "amount" not in told or "unit" not in told:
        return None
    here = {"amount": told["amount"], "unit": told["unit"]}
    return {"was": was, "value": here} if here != {k: was[k] for k in here} else None


def stops_of(record: Record, one: Reckoning) -> Iterator[Stop]:
    for pause in (*one.pauses, *((one.held,) if one.held else ())):
        yield Stop(pause, pause.why or _why(record, pause), not_counted(one, pause))


def _why(record: Record, pause: Pause) -> str:
    entry = next((one for one in record.entries if one.at == pause.start), None)
    return record.happened(entry, pause.start).what if entry else ""


def ladder_of(record: Record, row: Deadline) -> Iterator[RungTold]:
    said = _said(record, row)
    for number, step in enumerate(row.ladder):
        at = datetime.fromisoformat(step["at"])
        yield RungTold(at, _rung_words(record, step), number < row.rung, said.get(number))


def _said(record: Record, row: Deadline) -> dict[int, datetime]:
    """When the word of each rung went out; one may have spoken for those before it."""
    found: dict[int, datetime] = {}
    for entry in record.entries:
        if entry.name == "deadline_fired" and entry.facts.get("deadline") == row.pk:
            rungs = [entry.facts["rung"], *entry.facts.get("missed", ())]
            found |= dict.fromkeys(rungs, entry.at)
    return found


def _rung_words(record: Record, step: Mapping[str, Any]) -> str:
    whom = AUDIENCES.get(step["to"], step["to"].replace("_", " "))
    if words := ACTS.get(step["act"]):
        return words.format(whom=whom)
    moves = record.subject.lifecycle.rows(step["act"])
    said = moves[0].label.lower() if moves else step["act"].replace("_", " ")
    return f"Countersign itself: {said}"


def history_of(record: Record, row: Deadline) -> Iterator[Moved]:
    until = row.met_at or row.waived_at
    for entry in record.entries:
        mine = entry.name == "deadline_recomputed" and entry.facts.get("kind") == row.kind
        if mine and entry.at >= row.armed_at and (until is None or entry.at <= until):
            facts = entry.facts
            why = WHY_MOVED.get(facts.get("why", "calendar"), str(facts.get("why")))
            yield Moved(facts["from"], facts["to"], why, entry.at, record.by(entry.actor_ref))


def closing_of(record: Record, row: Deadline) -> str:
    """Who ended it: whoever let it go or met it, or did the move that left its step."""
    if row.waived_by:
        return record.by(row.waived_by)
    entry = next((one for one in reversed(record.entries) if one.at == row.met_at), None)
    return record.by(entry.actor_ref) if entry else ""


def how_it_ended(record: Record, row: Deadline) -> str:
    """Where a line of the history says it of this very date: done, let go, or no longer the law."""
    at = row.met_at or row.waived_at
    for entry in reversed(record.entries if at else []):
        mine = entry.name in ENDED and entry.facts.get("kind") == row.kind
        if mine and at and abs(entry.at - at) < BESIDE:
            return record.happened(entry, at).what
    return ""
