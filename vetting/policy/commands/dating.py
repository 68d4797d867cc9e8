"""The dates of a case follow the law: armed, moved, stopped and ended as facts and events say."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any

from django.db import transaction
from django.utils import timezone

from vetting.people.models import District
from vetting.people.queries import is_address_of
from vetting.policy import queries, reckoning, yearly
from vetting.policy.commands.evaluating import evaluate_case
from vetting.policy.rules.evaluating import evaluate
from vetting.policy.rules.facts import complaints_about
from vetting.policy.rules.planning import Step
from workflows import engine, providers
from workflows.actors import Actor
from workflows.clock import lawful, words
from workflows.clock.rules import local_day
from workflows.grammar import Unit
from workflows.outbox import commands as outbox
from workflows.refusals import moment_in, raise_if
from workflows.stateful import Stateful

FOLDER = "vetting/policy/mail"
# One date that changed, in words, and who tells them to those that look after the case.
Line = dict[str, str]
Tell = Callable[[Stateful, Sequence[Line]], None]


def follow_law(
    subject: Stateful,
    *,
    by: Actor,
    why: str,
    facts: Mapping[str, Any] | None = None,
    at: datetime | None = None,
    tell: Tell | None = None,
) -> list[Step]:
    """Make the open dates by law of a case those that its facts and events set; twice writes
    nothing. Returns what was done.

    `facts` replace those last told of the case. `why` ("anchor", "facts", "pack") stands in the
    ledger. `at`: a past instant, for imports, the demo and tests. `tell` hears what changed instead
    of one mail for this case. Raises Refused on a fact that no rule could read.
    """
    now = at or timezone.now()
    with transaction.atomic():
        locked = engine.lock(subject)
        district = reckoning.district_of(locked)
        told = reckoning.facts_of(locked) if facts is None else dict(facts)
        raise_if(complaints_about(told))
        _evaluate(locked, district, told, by=by, why=why, at=now)
        law = reckoning.law_for(locked, told, now)
        rows = reckoning.happened(locked.pk)
        standing = lawful.locked(locked)
        plan = reckoning.plan_for(locked, law, reckoning.instants(rows), rows, standing)
        was = {step.kind: step.standing.due_at for step in plan if step.standing}
        for step in plan:
            _do(locked, step, by=by, why=why, now=now, at=at)
        if lines := _news(locked, plan, was, now, every=tell is not None):
            (tell or partial(_mail_owners, by=by))(locked, lines)
    return plan


def _evaluate(
    subject: Stateful,
    district: District,
    facts: Mapping[str, Any],
    *,
    by: Actor,
    why: str,
    at: datetime,
) -> None:
    """Keep an evaluation where it says something new: other facts, other packs, or another day on
    which other rules apply."""
    last, law = queries.last_evaluated(subject.pk), queries.law_digest(district)
    if last is not None:
        today = subject.case.tenant.day_of(at)
        told = {**facts, **queries.agency_facts(district)}
        packs, overrides = queries.packs_for(district), queries.overrides_of(district)
        found = evaluate(told, packs, on=today, overrides=overrides)
        said = found.as_json()
        new = (said["facts"], said["packs"], said["overrides"], found.outcome(), law)
        if new == (last.facts, last.packs, last.overrides, last.found, last.law):
            return
    evaluate_case(subject, district=district, facts=facts, by=by, why=why, at=at, law=law)


def _do(
    subject: Stateful, step: Step, *, by: Actor, why: str, now: datetime, at: datetime | None
) -> None:
    if step.dated is None:
        lawful.end_dated(step.standing, at=now)
        facts = {"kind": step.kind, "why": _why_ended(subject, step)}
        engine.record(subject, "deadline_closed", by=by, facts=facts, at=at)
        return
    if step.act == "arm":
        lawful.arm_dated(subject, step.dated, at=now)
        return
    before = step.standing.due_at
    lawful.change_dated(step.standing, step.dated, at=now)
    if step.act in STOPPING:
        name, said = STOPPING[step.act]
        facts = {"kind": step.kind, "why": said}
        engine.record(subject, name, by=by, facts=facts, at=at)
    if before != step.dated.due_at:
        ends = {"from": _written(step, before), "to": _written(step, step.dated.due_at)}
        facts = {"kind": step.kind, **ends, "why": why}
        engine.record(subject, "deadline_recomputed", by=by, facts=facts, at=at)


STOPPING = {
    "stop": ("clock_stopped", reckoning.HELD),
    "start": ("clock_started", "there is no hold any more"),
}


def _why_ended(subject: Stateful, step: Step) -> str:
    known = reckoning.happened(subject.pk)
    if step.standing.paused_at and "hold_lifted" in known:
        return "hold"
    told = step.standing.explanation
    counted = reckoning.EXECUTED if yearly.comes_back(told) else told.get("event")
    if counted not in known:
        return "gone"
    return "over" if yearly.comes_back(told) and reckoning.ENDED in known else "facts"


def _written(step: Step, instant: datetime) -> str:
    """A day where days are counted, where the law is; an instant where hours are."""
    if step.dated is None or step.dated.unit is Unit.HOURS:
        return instant.isoformat()
    return local_day(instant, step.dated.calendar.zone).isoformat()


def _news(
    subject: Stateful,
    plan: Sequence[Step],
    was: Mapping[str, datetime],
    now: datetime,
    *,
    every: bool,
) -> list[Line]:
    """What is worth a mail: what was armed in time is reminded of by its own ladder. `every`: that
    too, where nobody has seen a page on which it stood."""
    said = [step for step in plan if step.act != "tell"]
    news = [step for step in said if every or step.act != "arm" or step.overdue(now)]
    return [_line(subject, step, was.get(step.kind), now) for step in news]


def _mail_owners(subject: Stateful, lines: Sequence[Line], *, by: Actor) -> None:
    """One mail to each who looks after the case, with everything that moved. Whoever did it has
    read it on the page."""
    version = engine.lock(subject).version
    outbox.post(
        [
            outbox.mail(
                case=subject.case,
                folder=FOLDER,
                name="dates_moved",
                to=person.email,
                context={"subject": subject, "recipient": person, "by": by, "lines": lines},
                dedupe_key=f"{subject.pk}:dates_moved:{version}:{person.email.casefold()}",
            )
            for person in owners_of(subject)
            if not is_address_of(by, person.email)
        ]
    )


def owners_of(subject: Stateful) -> list[providers.Recipient]:
    """Who looks after the case; where nobody does, the privacy team."""
    names = providers.audience_names(subject.lifecycle)
    wanted = next(name for name in ("owner", "privacy", "holders") if name in names)
    return providers.recipients(subject, wanted)


def _line(subject: Stateful, step: Step, before: datetime | None, now: datetime) -> Line:
    """One date in words: what it is, when it was due, when it is."""
    zone = subject.case.tenant.zone
    dated, standing = step.dated, step.standing
    there = dated.calendar.zone if dated else standing.explanation.get("zone", zone)
    return {
        "basis": dated.basis if dated else standing.basis,
        "before": _shown(before, step, there, zone) if before else "",
        "after": _shown(dated.due_at, step, there, zone) if dated else "",
        "held": dated.held if dated else "",
        "late": "late" if step.overdue(now) else "",
    }


def _shown(instant: datetime, step: Step, there: str, home: str) -> str:
    """A day as the law's own calendar has it; an instant as the district's clocks show it."""
    if step.dated is not None and step.dated.unit is Unit.HOURS:
        return moment_in(home, instant)
    return words.day_there(instant, there, home)
