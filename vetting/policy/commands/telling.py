"""What is known of a breach in a case: kept with the evaluation, and the dates follow."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from vetting.policy import reckoning
from vetting.policy.commands.dating import follow_law
from vetting.policy.rules.facts import FACTS, RESIDENTS_BY_STATE, complaints_about
from vetting.policy.rules.planning import Step
from workflows import engine
from workflows.actors import Actor, Role
from workflows.clock import commands as clock
from workflows.clock.queries import calendar_of
from workflows.clock.words import day_words
from workflows.grammar import Rung
from workflows.refusals import foreign, raise_if, too_long
from workflows.stateful import Stateful

MAY_TELL = (Role.PRIVACY, Role.SYSTEM)
REVIEW = "hold_review"
REVIEWING = (Rung(-1, "remind", "owner"), Rung(0, "overdue", "owner"))


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
        _review(locked, hold, on_hold=facts.get("on_hold") is True, now=now)
        told = {**without_breach(reckoning.facts_of(locked)), **facts}
        return follow_law(locked, by=by, why="facts", facts=told, at=recorded)


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
    return reasons


def _in_words(hold: Hold) -> str:
    return (
        f"{hold.agency.strip()} asked in writing on {day_words(hold.asked_on)} to hold notices "
        f"back. The hold is looked at again on {day_words(hold.review_on)}."
    )


def _review(subject: Stateful, hold: Hold | None, *, on_hold: bool, now: datetime) -> None:
    if hold is None or not on_hold:
        clock.meet(subject, kind=REVIEW, at=now)
        return
    calendar = calendar_of(subject.case.tenant, hold.review_on)
    clock.rearm(
        subject,
        kind=REVIEW,
        at=now,
        due_at=calendar.at(hold.review_on),
        ladder=REVIEWING,
        basis="Ask whether law enforcement still wants notices held back",
        set_by="whoever recorded the hold",
    )
