"""A case's dates by law as its page shows them."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from vetting.pages import Choice, DueDate, Tone
from vetting.policy import reckoning
from vetting.policy.models import Anchor
from vetting.policy.rules.classifying import NOT_VERIFIED, short_mark
from vetting.policy.rules.conditions import facts_of as facts_asked
from vetting.policy.rules.evaluation import is_draft
from vetting.policy.rules.facts import FACTS, RESIDENTS_BY_STATE, RESIDENTS_WORDS
from vetting.policy.rules.merging import Demand
from vetting.policy.rules.packs import ANCHORS, anchors_of
from vetting.policy.rules.planning import Step
from vetting.policy.rules.timing import undated
from workflows.actors import resolve_names
from workflows.clock.models import Deadline
from workflows.clock.queries import away_in_words, open_deadlines
from workflows.clock.words import zone_elsewhere
from workflows.stateful import Stateful

WHOSE: Mapping[str, tuple[str, str]] = {
    "vendor": ("The vendor's, by law", "The vendor has to keep these; see that it does."),
    "district": ("The district's, by law", "These are for us."),
    "contract": ("By the agreement", "What the vendor promised, whatever the law says beside it."),
}
CHANGES: Mapping[str, str] = {
    "arm": "is new",
    "move": "moves",
    "stop": "stands still from now on",
    "start": "runs again",
    "tell": "stays, for another reason",
    "end": "is no longer due",
}


@dataclass(frozen=True, slots=True)
class DateRow:
    """One open date; `open_facts` are the questions whose answer could still take it away."""

    kind: str
    due: DueDate
    citation: str
    mark: str
    held: str
    open_facts: tuple[str, ...]
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class Group:
    title: str
    lead: str
    rows: list[DateRow]


@dataclass(frozen=True, slots=True)
class Undated:
    """A duty without a date: by the law's own words, or because nothing was recorded yet."""

    title: str
    citation: str
    words: str
    mark: str


@dataclass(frozen=True, slots=True)
class Recorded:
    """What is recorded of one event now; `before` are the corrections, the latest first."""

    event: str
    words: str
    row: Anchor
    who: str
    before: list[Anchor]


def groups_of(subject: Stateful, now: datetime, choices: "Choices") -> list[Group]:
    """By whose clock it is; the earliest of each first."""
    rows = list(open_deadlines(subject).exclude(layer=""))
    return [
        Group(title, lead, [_row(one, subject, now, choices) for one in rows if one.layer == layer])
        for layer, (title, lead) in WHOSE.items()
        if any(one.layer == layer for one in rows)
    ]


def earliest_of(groups: Iterable[Group]) -> DateRow | None:
    """Of those that run; each runs for itself, and keeping one keeps no other."""
    running = [row for group in groups for row in group.rows if not row.held]
    return min(running, key=lambda row: _instant(row.due), default=None)


def _instant(due: DueDate) -> datetime:
    if not isinstance(due.due, datetime):
        raise TypeError(due)
    return due.due


@dataclass(frozen=True, slots=True)
class Choices:
    """The buttons beside a date: `url` is where they post; "" for whoever may only read."""

    url: str

    def of(self, deadline: Deadline) -> tuple[Choice, ...]:
        if not self.url:
            return ()
        return (
            Choice(
                "Done",
                self.url,
                note="required",
                tone="plain",
                consequence="Write what was done and when, so that others can see it.",
                hidden=(("act", "done"), ("kind", deadline.kind)),
                about=deadline.basis,
            ),
            Choice(
                "Let it go",
                self.url,
                note="required",
                tone="plain",
                consequence="The law does not let it go: write why it need not be done.",
                hidden=(("act", "waive"), ("kind", deadline.kind)),
                about=deadline.basis,
            ),
        )


def _row(deadline: Deadline, subject: Stateful, now: datetime, choices: Choices) -> DateRow:
    told = deadline.explanation
    due = deadline.due_at
    late = due < now and not deadline.paused_at
    tone: Tone = "error" if late else "warning" if (due - now).days < 3 else "plain"
    sentence = str(told.get("sentence", ""))
    pauses = told.get("pauses") or []
    return DateRow(
        kind=deadline.kind,
        due=DueDate(
            deadline.basis.removesuffix(f", {told.get('citation', '')}"),
            due,
            away=away_in_words(deadline, subject.case.tenant, now),
            tone="plain" if deadline.paused_at else tone,
            why=(sentence,) if sentence else (),
            why_url=explained_at(subject.code, deadline.kind),
            zone=zone_elsewhere(deadline.layer, told, subject.case.tenant.zone),
        ),
        citation=str(told.get("citation", "")),
        mark="" if told.get("status") == "reviewed" else NOT_VERIFIED,
        held=str(pauses[-1].get("why", "")) if deadline.paused_at and pauses else "",
        open_facts=tuple(_question(name) for name in told.get("missing", ())),
        choices=choices.of(deadline),
    )


def explained_at(code: str, kind: str) -> str:
    """The whole reckoning, where the page of it is mounted."""
    try:
        return f"{reverse('policy:explained', args=[code])}#{kind}"
    except NoReverseMatch:
        return ""


def _question(name: str) -> str:
    return FACTS[name].words if name in FACTS else RESIDENTS_WORDS


def recorded_of(subject: Stateful) -> list[Recorded]:
    """What counts, in the order in which it happened, with who recorded it."""
    rows = reckoning.recorded(subject.pk)
    known = reckoning.happened(subject.pk)
    names = resolve_names({row.recorded_by for row in rows})
    events = sorted(known, key=lambda event: reckoning.instants(known)[event])
    return [
        Recorded(
            event,
            _capital(ANCHORS.get(event, event)),
            known[event],
            names.get(known[event].recorded_by, "somebody"),
            [row for row in rows if row.event == event and row.pk != known[event].pk],
        )
        for event in events
    ]


def without_dates(law: reckoning.Law, known: Iterable[str]) -> list[Undated]:
    return [
        Undated(one.rule.title, one.rule.citation, undated(one.rule)["sentence"], _mark(one))
        for one in reckoning.without_a_date(law, known)
    ]


def not_counted_yet(law: reckoning.Law, known: Iterable[str]) -> list[Undated]:
    return [
        Undated(one.rule.title, one.rule.citation, _since(law, one), _mark(one))
        for one in reckoning.waiting_for(law, known)
    ]


def if_a_breach(
    subject: Stateful, told: Mapping[str, Any], known: Collection[str], now: datetime
) -> Iterable[Undated]:
    """What would count of what is recorded, were it a breach; it waits until somebody says so."""
    today = subject.case.tenant.day_of(now)
    # Of what kind the data were, and whose, is asked with the breach: until then all could be.
    there = {RESIDENTS_BY_STATE: {reckoning.district_of(subject).state: 1}, "breach": True}
    facts = {name: value for name, value in told.items() if name != "data"} | there
    for one in reckoning.law_for(subject, facts, now).demands(today):
        if "breach" not in facts_asked(one.rule.when) or "limit" not in one.terms:
            continue
        if set(known) & set(anchors_of(one.rule)):
            words = "waits until it is told whether this is a breach"
            yield Undated(one.rule.title, one.rule.citation, words, _mark(one))


def _since(law: reckoning.Law, demand: Demand) -> str:
    limit = demand.terms["limit"]
    events = [ANCHORS[name] for name in anchors_of(law.counted(demand)) if name in ANCHORS]
    unit = str(limit["unit"]).replace("_", " ")
    return f"{limit['amount']} {unit} after {' or '.join(events)}"


def _mark(demand: Demand) -> str:
    return NOT_VERIFIED if is_draft(demand.rule) else ""


def moves_of(plan: Sequence[Step], now: datetime) -> list[dict[str, Any]]:
    """What a correction would do to each date, for the page that asks before it is done."""
    shown = [step for step in plan if step.act != "tell"]
    return [
        {
            "basis": step.dated.basis if step.dated else step.standing.basis,
            "change": CHANGES[step.act],
            "before": step.standing.due_at if step.standing else None,
            "after": step.dated.due_at if step.dated else None,
            "overdue": step.overdue(now),
            "zone": _zone(step),
            "mark": short_mark(step.dated.explanation if step.dated else step.standing.explanation),
        }
        for step in shown
    ]


def _zone(step: Step) -> str:
    """Of the law whose day it is, where that is not the district's own."""
    home = timezone.get_current_timezone_name()
    if step.dated is None:
        return zone_elsewhere(step.standing.layer, step.standing.explanation, home)
    told = {"zone": step.dated.calendar.zone, "unit": step.dated.unit}
    return zone_elsewhere(step.dated.layer, told, home)


def _capital(words: str) -> str:
    return f"{words[0].upper()}{words[1:]}"
