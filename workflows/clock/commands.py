"""Arming, pausing and closing deadlines, in the transaction of the move that causes it."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from workflows import sql
from workflows.actors import Actor, Role
from workflows.clock import rules
from workflows.clock.ladders import STAMP, Levels
from workflows.clock.models import Deadline
from workflows.clock.queries import OPEN, calendar_of, levels_of
from workflows.clock.rules import Calendar, Pause
from workflows.grammar import Dwell, Rung, Unit
from workflows.ledger.models import Entry
from workflows.stateful import Stateful

# One of the same kind that is open already stays what it is.
UNLESS_OPEN = " ON CONFLICT DO NOTHING"
# A date by law is done or let go by those who answer for it.
MAY_CLOSE = (Role.PRIVACY, Role.SYSTEM)
FOR_PRIVACY = "A date that a law or a contract sets is for the privacy team."
TIMED = ("due_at", "next_at", "ladder", "explanation", "paused_at", "left")


def follow(subject: Stateful, entry: Entry) -> None:
    """Close, pause, resume and arm the dwell deadlines that the move entry.source → target asks."""
    if entry.target in subject.lifecycle.ends:
        # Ends need nobody: what a room armed beside the dwells is over too, except the law's dates.
        _close(subject, None, entry.at)
        return
    touched = [d for d in subject.lifecycle.dwells if _touches(d, entry)]
    if entry.source == entry.target or not touched:
        return
    levels = levels_of(subject.case.tenant)
    dwells = [levels.dwell(subject.lifecycle, dwell) for dwell in touched]
    calendar = _calendar_at(subject, entry.at)
    running = _running(subject, [d.kind for d in dwells if _goes_on(d, entry)])
    armed, timed, closed = [], [], []
    for dwell in dwells:
        deadline = running.get(dwell.kind)
        if entry.target in dwell.runs_in:
            if deadline is None:
                armed.append(_dwelling(subject, dwell, entry.at, calendar, levels))
            elif deadline.paused_at:
                timed.append(_resumed(deadline, dwell, entry.at, calendar, levels))
        elif entry.target not in dwell.paused_in:
            closed.append(dwell.kind)
        elif deadline:
            timed.append(_paused(deadline, entry.at, calendar))
    if timed:
        Deadline.objects.bulk_update(timed, TIMED)
    if closed and armed:
        closing = _closing(subject, closed, entry.at)
        sql.write_both(closing, sql.table(Deadline), [vars(d) for d in armed], UNLESS_OPEN)
    else:
        _close(subject, closed, entry.at)
        sql.table(Deadline).insert([vars(d) for d in armed], UNLESS_OPEN)


def _goes_on(dwell: Dwell, entry: Entry) -> bool:
    """Whether what stands in its row matters: else it just begins, or is over."""
    known = {*dwell.runs_in, *dwell.paused_in}
    return entry.source in known and entry.target in known


def _running(subject: Stateful, kinds: list[str]) -> dict[str, Deadline]:
    return {d.kind: d for d in _locked(subject, kinds)} if kinds else {}


def _touches(dwell: Dwell, entry: Entry) -> bool:
    return bool({entry.source, entry.target} & {*dwell.runs_in, *dwell.paused_in})


def _calendar_at(subject: Stateful, at: datetime) -> Calendar:
    return calendar_of(subject.case.tenant, at.date())


def _locked(subject: Stateful, kinds: Iterable[str]) -> Iterable[Deadline]:
    """The sweep may hold one of these for a moment; it never waits for a subject, so we may."""
    rows = Deadline.objects.filter(OPEN, case_id=subject.pk, kind__in=kinds)
    return rows.select_for_update(of=("self",), no_key=True)


def _close(subject: Stateful, kinds: Sequence[str] | None, at: datetime) -> int:
    """None: every kind of our own. Closed whatever the sweep does to it meanwhile."""
    return sql.write(*_closing(subject, kinds, at)) if kinds is None or kinds else 0


def _closing(subject: Stateful, kinds: Sequence[str] | None, at: datetime) -> sql.Statement:
    # What a law or a contract sets outlives its case: it is met or waived by somebody, in words.
    these = f" AND kind IN ({', '.join(['%s'] * len(kinds))})" if kinds else " AND layer = ''"
    statement = (
        f"UPDATE {Deadline._meta.db_table} SET met_at = %s, next_at = NULL"  # noqa: S608
        f" WHERE case_id = %s AND met_at IS NULL AND waived_at IS NULL{these}"
    )
    return statement, [sql.instant(at), subject.pk, *(kinds or ())]


def _dwelling(
    subject: Stateful, dwell: Dwell, at: datetime, calendar: Calendar, levels: Levels
) -> Deadline:
    why = rules.counted(at, dwell.amount, dwell.unit, calendar)
    return _new(
        subject,
        dwell.kind,
        at=at,
        due_at=rules.due_on(at, dwell.amount, dwell.unit, calendar),
        unit=dwell.unit,
        ladder=dwell.ladder,
        calendar=calendar,
        basis=dwell.label,
        explanation=levels.stamped(why),
    )


def _new(
    subject: Stateful,
    kind: str,
    *,
    at: datetime,
    due_at: datetime,
    unit: Unit,
    ladder: Sequence[Rung],
    calendar: Calendar,
    basis: str,
    explanation: Mapping[str, Any],
) -> Deadline:
    steps = rules.ladder_of(ladder, due_at, unit, calendar, after=at)
    values = {
        "case_id": subject.pk,
        "kind": kind,
        "due_at": due_at,
        "next_at": rules.next_of(steps, 0),
        "ladder": steps,
        "basis": basis,
        "explanation": dict(explanation),
        "armed_at": at,
    }
    return sql.instance(Deadline, sql.blank(Deadline) | values, stored=False)


def _paused(deadline: Deadline, at: datetime, calendar: Calendar, why: str = "") -> Deadline:
    """Stop the clock; the date shown stays the one that was promised until it runs again."""
    if deadline.paused_at:
        return deadline
    was = deadline.explanation
    pauses = [*rules.pauses_in(was), Pause(at, why=why)]
    start, amount, unit = _terms(deadline)
    left = rules.left_of(start, amount, unit, calendar, pauses)
    deadline.left = left // 3600 if unit is Unit.HOURS else left
    kept = {key: was[key] for key in ("due", STAMP) if key in was}
    deadline.explanation = rules.counted(start, amount, unit, calendar, pauses) | kept
    deadline.paused_at, deadline.next_at = at, None
    return deadline


def _resumed(
    deadline: Deadline, dwell: Dwell, at: datetime, calendar: Calendar, levels: Levels
) -> Deadline:
    """What the district has changed meanwhile counts from here on, as its closures do."""
    still = rules.pauses_in(deadline.explanation)
    pauses = [*still[:-1], Pause(still[-1].start, at, still[-1].why)]
    deadline.paused_at = deadline.left = None
    deadline.explanation = levels.stamped(
        deadline.explanation | {"amount": dwell.amount, "unit": str(dwell.unit)}
    )
    return retimed(deadline, dwell.ladder, calendar, pauses, after=at)


def retimed(
    deadline: Deadline,
    rungs: Sequence[Rung],
    calendar: Calendar,
    pauses: Sequence[Pause],
    *,
    after: datetime,
) -> Deadline:
    """Reckon the date again. Rungs that fired stay what they were: they are a prefix for ever."""
    start, amount, unit = _terms(deadline)
    fired = deadline.ladder[: deadline.rung]
    stamp = {key: why for key, why in deadline.explanation.items() if key == STAMP}
    deadline.explanation = rules.counted(start, amount, unit, calendar, pauses) | stamp
    deadline.due_at = rules.due_on(start, amount, unit, calendar, pauses)
    by_law = bool(deadline.layer)
    rest = rules.rungs_left(rungs, fired, deadline.due_at, unit, calendar, by_law=by_law)
    later = rules.ladder_of(rest, deadline.due_at, unit, calendar, after=after)
    deadline.ladder = [*fired, *later]
    deadline.next_at = rules.next_of(deadline.ladder, deadline.rung)
    return deadline


def _terms(deadline: Deadline) -> tuple[datetime, int, Unit]:
    why = deadline.explanation
    return datetime.fromisoformat(why["anchor"]), why["amount"], Unit(why["unit"])


def pause(subject: Stateful, *, kind: str, at: datetime, why: str) -> bool:
    """Stop the clock of a dwell for a reason outside this case; False when it does not run.

    `why` stands in the explanation of the date. The caller writes the ledger row.
    """
    for deadline in _locked(subject, [kind]):
        if deadline.paused_at is None:
            since = _not_before(deadline, at)
            _paused(deadline, since, _calendar_at(subject, since), why).save(update_fields=TIMED)
            return True
    return False


def _not_before(deadline: Deadline, at: datetime) -> datetime:
    """Reactions come late: what lies before the last stop or start did not cause the next one, so
    that begins now. A spell that ends before it began would give days away."""
    pauses = rules.pauses_in(deadline.explanation)
    last = pauses[-1].end or pauses[-1].start if pauses else _terms(deadline)[0]
    return at if at >= last else timezone.now()


def resume(subject: Stateful, *, kind: str, at: datetime) -> bool:
    """Start it again with what was left; False when it does not stand still."""
    levels = levels_of(subject.case.tenant)
    dwell = next(d for d in levels.dwells(subject.lifecycle) if d.kind == kind)
    for deadline in _locked(subject, [kind]):
        if deadline.paused_at is not None:
            since = _not_before(deadline, at)
            calendar = _calendar_at(subject, since)
            _resumed(deadline, dwell, since, calendar, levels).save(update_fields=TIMED)
            return True
    return False


def arm(
    subject: Stateful,
    *,
    kind: str,
    at: datetime,
    basis: str,
    due_at: datetime | None = None,
    amount: int = 0,
    unit: Unit = Unit.CALENDAR_DAYS,
    ladder: Sequence[Rung] = (),
    explanation: Mapping[str, Any] | None = None,
    set_by: str = "",
) -> Deadline:
    """Arm a deadline that is no dwell: due at `due_at`, or `amount` units after `at`.

    One that is open already is left as it is and returned, so a reaction may run twice. `basis` is
    what people read ("End of the agreement"). A ladder's offsets are in `unit`.
    `set_by`: what names the day of `due_at`, as the explanation tells it.
    """
    if any(dwell.kind == kind for dwell in subject.lifecycle.dwells):
        raise ValueError(f"{kind} is a dwell of {subject.lifecycle.name}: the moves arm it.")
    for standing in _locked(subject, [kind]):
        return standing
    calendar = _calendar_at(subject, at)
    due = due_at or rules.due_on(at, amount, unit, calendar)
    why = rules.counted(at, amount, unit, calendar)
    if due_at:
        why = rules.fixed(at, due, calendar, by=set_by)
    deadline = _new(
        subject,
        kind,
        at=at,
        due_at=due,
        unit=unit,
        ladder=ladder,
        calendar=calendar,
        basis=basis,
        explanation=why | dict(explanation or {}),
    )
    deadline.save(force_insert=True)
    return deadline


def rearm(subject: Stateful, *, kind: str, at: datetime, **terms: Any) -> Deadline:
    """Close the open deadline of this kind and arm a new one; terms as `arm`."""
    meet(subject, kind=kind, at=at)
    return arm(subject, kind=kind, at=at, **terms)


def meet(subject: Stateful, *, kind: str, at: datetime) -> bool:
    """Close the open deadline of this kind; False when none was open."""
    return bool(_close(subject, [kind], at))


def waive(
    subject: Stateful, *, kind: str, by: Actor, reason: str, at: datetime | None = None
) -> bool:
    """Let a deadline go, with the reason in the ledger; False when none of the kind was open.

    For the duties of an incident: it is concluded when each is met, or waived with a reason.
    """
    # The engine arms deadlines through this module, so it cannot be imported while we are.
    from workflows import engine

    if not reason.strip():
        raise engine.Refused(["Write why this deadline is waived."])
    moment = at or timezone.now()
    with transaction.atomic():
        engine.lock(subject)
        for deadline in _locked(subject, [kind]):
            if deadline.layer and not by.has(*MAY_CLOSE):
                raise engine.Refused([FOR_PRIVACY])
            engine.record(
                subject, "deadline_waived", by=by, facts={"kind": kind}, note=reason, at=at
            )
            closing = Deadline.objects.filter(pk=deadline.pk)
            closing.update(waived_at=moment, waived_by=by.ref, next_at=None)
            return True
    return False


def meet_duty(
    subject: Stateful, *, kind: str, by: Actor, note: str, at: datetime | None = None
) -> bool:
    """What a law or a contract asks was done; `note` says how, and stands in the ledger's row.

    False when no such date was open. Raises Refused without a note, and for other people.
    """
    from workflows import engine

    if not by.has(*MAY_CLOSE):
        raise engine.Refused([FOR_PRIVACY])
    if not note.strip():
        raise engine.Refused(["Write what was done, so that others can see it."])
    moment = at or timezone.now()
    with transaction.atomic():
        engine.lock(subject)
        for deadline in _locked(subject, [kind]):
            if not deadline.layer:
                raise engine.Refused(["This date ends with its step: nobody marks it as done."])
            engine.record(subject, "deadline_met", by=by, facts={"kind": kind}, note=note, at=at)
            Deadline.objects.filter(pk=deadline.pk).update(met_at=moment, next_at=None)
            return True
    return False


def hasten(deadline_id: int) -> bool:
    """A deadline that the sweep put off after an error is due now; False when it waits for none.

    The caller holds the subject's lock and writes the ledger row.
    """
    now = timezone.now()
    waiting = Deadline.objects.filter(OPEN, pk=deadline_id, attempts__gt=0, next_at__gt=now)
    return bool(waiting.update(next_at=now))
