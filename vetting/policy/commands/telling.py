"""What is known of a breach in a case: kept with the evaluation, and the dates follow."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import timezone

from vetting.policy import reckoning
from vetting.policy.commands.anchoring import write_anchor
from vetting.policy.commands.dating import follow_law
from vetting.policy.commands.holding import follow_hold, look_again
from vetting.policy.rules.facts import FACTS, RESIDENTS_BY_STATE, complaints_about
from vetting.policy.rules.happening import reasons_against
from vetting.policy.rules.holding import ASKED, LIFTED
from vetting.policy.rules.planning import Step
from workflows import engine
from workflows.actors import Actor, Role
from workflows.clock.words import day_words
from workflows.refusals import foreign, raise_if, too_long
from workflows.stateful import Stateful

MAY_TELL = (Role.PRIVACY, Role.SYSTEM)


@dataclass(frozen=True, slots=True)
class Hold:
    """Law enforcement's request to wait: who asked in writing, when, and when it is looked at
    again, so that no hold is for ever because nobody asked."""

    agency: str
    asked_on: date
    review_on: date


def record_breach_facts(
    subject: Stateful,
    *,
    facts: Mapping[str, Any],
    by: Actor,
    note: str,
    hold: Hold | None = None,
    recorded: datetime | None = None,
) -> list[Step]:
    """Tell what is known of what happened; the rest of the case's facts stay. Returns what became
    of the dates. `note` says how it is known. Raises Refused, and then nothing is written."""
    now = recorded or timezone.now()
    with transaction.atomic():
        locked = engine.lock(subject)
        against = foreign(locked, by) or _against(facts, by, note, hold, locked, now)
        raise_if(against)
        said = f"{note.strip()}\n\n{_in_words(hold)}" if hold else note.strip()
        codes = {"breach": facts.get("breach"), "hold": facts.get("on_hold")}
        known = {name: value for name, value in codes.items() if value is not None}
        engine.record(locked, "breach_described", by=by, facts=known, note=said, at=recorded)
        on_hold = facts.get("on_hold") is True
        if hold and on_hold:
            _hold(locked, hold, by=by, note=note.strip(), recorded=recorded)
        told = {**without_breach(reckoning.facts_of(locked)), **facts}
        steps = follow_law(locked, by=by, why="facts", facts=told, at=recorded)
        follow_hold(locked, on_hold=on_hold, at=now)
        return steps


def without_breach(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Of a case's facts those that stay true whatever happens; a breach is told as a whole."""
    known = {name: FACTS[name].about for name in facts if name in FACTS}
    return {n: facts[n] for n, about in known.items() if about not in ("breach", "agency")}


def breach_in(facts: Mapping[str, Any]) -> dict[str, Any]:
    """What was told of a breach, with the kinds of data concerned; nothing where there is none."""
    if facts.get("breach") is not True:
        return {}
    about = {n: v for n, v in facts.items() if n in FACTS and FACTS[n].about == "breach"}
    more = {n: facts[n] for n in ("data", RESIDENTS_BY_STATE) if n in facts}
    return about | more


def told_of_breach(facts: Mapping[str, Any]) -> dict[str, Any]:
    """The same with what was told beside it: whether there was an agreement, or a complaint."""
    breach = breach_in(facts)
    beside = {n: facts[n] for n in facts if n in FACTS and FACTS[n].about == "agreement"}
    return breach and {**beside, **breach}


def _against(
    facts: Mapping[str, Any],
    by: Actor,
    note: str,
    hold: Hold | None,
    subject: Stateful,
    now: datetime,
) -> list[str]:
    if not by.has(*MAY_TELL):
        return ["Telling what happened is for the privacy team."]
    reasons = complaints_about(facts) + too_long(note)
    if not note.strip():
        reasons.append("Write how this is known.")
    if facts.get("on_hold") is True and (hold is None or not hold.agency.strip()):
        reasons.append(
            "A hold is asked for in writing: name the agency, the day it asked, and the day on "
            "which the hold is looked at again."
        )
    today = subject.case.tenant.day_of(now)
    if hold and hold.asked_on > today:
        reasons.append(f"The hold was asked for on {day_words(hold.asked_on)}: that is to come.")
    if hold and hold.review_on < hold.asked_on:
        reasons.append("A hold is looked at again after it was asked for.")
    if hold and hold.asked_on <= today:
        reasons += _against_asking(subject, hold, now)
    return reasons


def _in_words(hold: Hold) -> str:
    return (
        f"{hold.agency.strip()} asked in writing on {day_words(hold.asked_on)} to hold notices "
        f"back. The hold is looked at again on {day_words(hold.review_on)}."
    )


def _began(subject: Stateful, hold: Hold) -> datetime:
    """Only the day is asked: from its beginning notices may wait."""
    return datetime.combine(hold.asked_on, time(), ZoneInfo(subject.case.tenant.zone))


def _against_asking(subject: Stateful, hold: Hold, now: datetime) -> list[str]:
    tenant, known = subject.case.tenant, reckoning.instants(reckoning.happened(subject.pk))
    at, lifted = _began(subject, hold), known.get(LIFTED)
    reasons = reasons_against(ASKED, at, known=known, now=now, zone=tenant.zone, on_hold=True)
    if lifted and hold.asked_on == tenant.day_of(lifted) and known.get(ASKED) != at:
        reasons.append("A hold was lifted on that day: if it goes on, take the lift back first.")
    return reasons


def _hold(
    subject: Stateful,
    hold: Hold,
    *,
    by: Actor,
    note: str,
    recorded: datetime | None,
) -> None:
    """Told again with the same day it is the same hold, and a lift of it stands."""
    known, at = reckoning.happened(subject.pk), _began(subject, hold)
    if ASKED not in known or known[ASKED].at != at:
        reason = note if ASKED in known else ""
        write_anchor(subject, ASKED, at, _in_words(hold), by, reason, recorded)
    if reckoning.holds_of(subject.pk)[-1].lifted is None:
        look_again(subject, on=hold.review_on, at=recorded or timezone.now())
