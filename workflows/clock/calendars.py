"""Closing and opening days of a district, and reckoning its open service levels again."""

import hashlib
import logging
from datetime import date, timedelta

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from workflows import engine, held
from workflows.actors import Actor, Role, system
from workflows.cases import Tenant
from workflows.clock import rules, words
from workflows.clock.commands import TIMED, retimed
from workflows.clock.models import Closure, Deadline
from workflows.clock.queries import OPEN, calendar_of, reach_of
from workflows.engine import Refused
from workflows.grammar import Rung, Unit
from workflows.stateful import Stateful, model_of

log = logging.getLogger("workflows.clock")
MAY_CHANGE = (Role.ADMIN, Role.PRIVACY_LEAD)
LONGEST = timedelta(days=100)


def add_closure(
    tenant: Tenant, *, day: date, name: str, by: Actor, until: date | None = None
) -> list[Closure]:
    """Close a day, or every day to `until`; open service levels move. Raises Refused."""
    rows = close_days(tenant, day=day, name=name, by=by, until=until)
    recompute_deadlines(tenant, by=by)
    return rows


def close_days(
    tenant: Tenant, *, day: date, name: str, by: Actor, until: date | None = None
) -> list[Closure]:
    """The days alone, for whoever notes them in the same commit; `recompute_deadlines` follows."""
    last = until or day
    _may(tenant, by)
    if not name.strip() or last < day:
        raise Refused(["Give the closure a name, and a last day that is not before the first."])
    if last > day + LONGEST:
        raise Refused([f"A closure has {LONGEST.days} days at most: look at the year."])
    if against := _out_of_reach(tenant, day, last):
        raise Refused([against])
    days = [day + timedelta(days=n) for n in range((last - day).days + 1)]
    rows = [Closure(tenant=tenant, day=one, name=name.strip()) for one in days]
    try:
        with transaction.atomic():
            Closure.objects.bulk_create(rows)
            _turn_version(tenant)
    except IntegrityError:
        raise Refused([_taken(tenant, days)]) from None
    return rows


def remove_closure(tenant: Tenant, *, day: date, by: Actor) -> None:
    """Open a closed day again. Raises Refused."""
    reopen_days(tenant, day=day, by=by)
    recompute_deadlines(tenant, by=by)


def reopen_days(tenant: Tenant, *, day: date, by: Actor, until: date | None = None) -> None:
    """The closures of those days alone, as `close_days`."""
    _may(tenant, by)
    with transaction.atomic():
        rows = Closure.objects.filter(tenant=tenant, day__gte=day, day__lte=until or day)
        if not rows.delete()[0]:
            raise Refused([f"{words.day_words(day)} is not one of your closures."])
        _turn_version(tenant)


def _may(tenant: Tenant, by: Actor) -> None:
    if by.tenant_id != tenant.pk or not by.has(*MAY_CHANGE):
        raise Refused(["Only an administrator or the privacy lead may change closures."])


def _out_of_reach(tenant: Tenant, day: date, last: date) -> str:
    """A day that no calendar knows changes no date and stands on no page."""
    first, end = reach_of(tenant.day_of(timezone.now()).year)
    if first <= day and last <= end:
        return ""
    wrong = day if day < first else last
    return (
        f"{words.day_words(wrong)} changes no date: choose days from {words.day_words(first)} to "
        f"{words.day_words(end)}."
    )


def _taken(tenant: Tenant, days: list[date]) -> str:
    closed = Closure.objects.filter(tenant=tenant, day__in=days)
    named = [f"{words.day_words(c.day)} ({c.name})" for c in closed]
    return f"Already closed: {', '.join(named)}."


def _turn_version(tenant: Tenant) -> None:
    """A number that only grows, and a digest: no version ever comes back.

    Workers keep days under their version. The digest tells a number that was rolled back from its
    second use. The tenant's row is locked first: two people closing days at once must
    not both digest half.
    """
    locked = Tenant.objects.select_for_update(of=("self",), no_key=True).get(pk=tenant.pk)
    days = Closure.objects.filter(tenant=tenant).values_list("day", "name")
    text = "\n".join(f"{day} {name}" for day, name in days)
    number = int(locked.calendar_version.partition(".")[0] or 0) + 1
    tenant.calendar_version = f"{number}.{hashlib.sha256(text.encode()).hexdigest()[:8]}"
    tenant.save(update_fields=["calendar_version"])
    held.forget()


def recompute_deadlines(tenant: Tenant, *, by: Actor) -> int:
    """Reckon open business-day deadlines of an older calendar again, case by case.

    Returns how many dates changed; the ledger keeps the old ones. A paused clock needs nothing: its
    date is reckoned from the calendar that is valid when it starts again.
    """
    stale = Deadline.objects.filter(
        OPEN, case__tenant=tenant, paused_at=None, explanation__unit=Unit.BUSINESS_DAYS
    ).exclude(explanation__calendar=tenant.calendar_version)
    cases = stale.order_by("case_id").values_list("case_id", "case__machine").distinct()
    return sum(_recompute_case(case_id, machine, by) for case_id, machine in list(cases))


def recompute_stale_deadlines() -> int:
    """The nightly net under `recompute_deadlines`: a crash, or an arming that read the old days."""
    return sum(
        recompute_deadlines(tenant, by=system("reconcile")) for tenant in Tenant.objects.all()
    )


def _recompute_case(case_id: int, machine: str, by: Actor) -> int:
    with transaction.atomic():
        subject = engine.lock(model_of(machine)(case_id=case_id))
        rows = Deadline.objects.filter(OPEN, case_id=case_id, paused_at=None)
        counted = rows.filter(explanation__unit=Unit.BUSINESS_DAYS)
        claimed = counted.select_for_update(of=("self",), no_key=True)
        return sum(_recompute(deadline, subject, by) for deadline in claimed)


def _recompute(deadline: Deadline, subject: Stateful, by: Actor) -> bool:
    """Whether its date changed; one that cannot be read keeps its date, and keeps nobody."""
    was = deadline.due_at
    try:
        _reckon(deadline, subject.case.tenant)
    except Exception as error:
        said = f"{type(error).__name__}: {error}"[:1000]
        Deadline.objects.filter(pk=deadline.pk).update(attempts=F("attempts") + 1, last_error=said)
        log.error("Deadline %s cannot be reckoned: %s", deadline.pk, type(error).__name__)
        return False
    deadline.save(update_fields=TIMED)
    if deadline.due_at == was:
        return False
    zone = subject.case.tenant.zone
    days = [rules.local_day(due, zone).isoformat() for due in (was, deadline.due_at)]
    facts = {"kind": deadline.kind, "from": days[0], "to": days[1]}
    engine.record(subject, "deadline_recomputed", by=by, facts=facts)
    return True


def _reckon(deadline: Deadline, tenant: Tenant) -> None:
    calendar = calendar_of(tenant, deadline.armed_at.date())
    rest = [Rung(r["offset"], r["act"], r["to"]) for r in deadline.ladder[deadline.rung :]]
    pauses = rules.pauses_in(deadline.explanation)
    after = pauses[-1].end if pauses else deadline.armed_at
    retimed(deadline, rest, calendar, pauses, after=after or deadline.armed_at)
