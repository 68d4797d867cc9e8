"""Closing and opening days of a district; its open service levels are reckoned again."""

import hashlib
from collections.abc import Mapping
from datetime import date, timedelta

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone

from workflows import held
from workflows.actors import Actor, Role
from workflows.cases import Tenant
from workflows.clock import words
from workflows.clock.models import Closure
from workflows.clock.plans import CALENDAR
from workflows.clock.queries import reach_of
from workflows.clock.replanning import Preview, apply, preview
from workflows.clock.worlds import Change
from workflows.engine import Refused

MAY_CHANGE = (Role.ADMIN, Role.PRIVACY_LEAD)
LONGEST = timedelta(days=100)


def add_closure(
    tenant: Tenant, *, day: date, name: str, by: Actor, until: date | None = None
) -> list[Closure]:
    """Close a day, or every day to `until`; open service levels move. Raises Refused."""
    rows = close_days(tenant, day=day, name=name, by=by, until=until)
    apply(tenant, Change(CALENDAR), by=by)
    return rows


def close_days(
    tenant: Tenant, *, day: date, name: str, by: Actor, until: date | None = None
) -> list[Closure]:
    """The days alone, for whoever notes them in the same commit; `replanning.apply` follows."""
    closes = _closing(tenant, day, name, by, until)
    rows = [Closure(tenant=tenant, day=one, name=called) for one, called in closes.items()]
    try:
        with transaction.atomic():
            Closure.objects.bulk_create(rows)
            _turn_version(tenant)
    except IntegrityError:
        raise Refused([_taken(tenant, list(closes))]) from None
    return rows


def preview_closing(
    tenant: Tenant, *, day: date, name: str, by: Actor, until: date | None = None
) -> Preview:
    """What closing these days would move. Raises Refused as closing them would."""
    closes = _closing(tenant, day, name, by, until)
    if Closure.objects.filter(tenant=tenant, day__in=closes).exists():
        raise Refused([_taken(tenant, list(closes))])
    return preview(tenant, Change(CALENDAR, closes=closes))


def _closing(
    tenant: Tenant, day: date, name: str, by: Actor, until: date | None
) -> dict[date, str]:
    last = until or day
    _may(tenant, by)
    if not name.strip() or last < day:
        raise Refused(["Give the closure a name, and a last day that is not before the first."])
    if last > day + LONGEST:
        raise Refused([f"A closure has {LONGEST.days} days at most: look at the year."])
    if against := _out_of_reach(tenant, day, last):
        raise Refused([against])
    return {day + timedelta(days=n): name.strip() for n in range((last - day).days + 1)}


def close_each(tenant: Tenant, *, days: Mapping[date, str], by: Actor) -> list[Closure]:
    """Close these days, each under its name, and turn the calendar once; those that are closed
    already stay as they are. As `close_days`: `replanning.apply` follows. Raises Refused."""
    _may(tenant, by)
    if not all(name.strip() for name in days.values()):
        raise Refused(["Give each closure a name."])
    if days and (against := _out_of_reach(tenant, min(days), max(days))):
        raise Refused([against])
    try:
        with transaction.atomic():
            closed = set(
                Closure.objects.filter(tenant=tenant, day__in=days).values_list("day", flat=True)
            )
            rows = [
                Closure(tenant=tenant, day=day, name=days[day].strip())
                for day in sorted(days)
                if day not in closed
            ]
            Closure.objects.bulk_create(rows)
            if rows:
                _turn_version(tenant)
    except IntegrityError:
        raise Refused([_taken(tenant, list(days))]) from None
    return rows


def remove_closure(tenant: Tenant, *, day: date, by: Actor) -> None:
    """Open a closed day again. Raises Refused."""
    reopen_days(tenant, day=day, by=by)
    apply(tenant, Change(CALENDAR), by=by)


def reopen_days(tenant: Tenant, *, day: date, by: Actor, until: date | None = None) -> None:
    """The closures of those days alone, as `close_days`."""
    _may(tenant, by)
    with transaction.atomic():
        if not _closed(tenant, day, until).delete()[0]:
            raise Refused([f"{words.day_words(day)} is not one of your closures."])
        _turn_version(tenant)


def preview_reopening(
    tenant: Tenant, *, day: date, by: Actor, until: date | None = None
) -> Preview:
    """What opening these days again would move. Raises Refused."""
    _may(tenant, by)
    opens = set(_closed(tenant, day, until).values_list("day", flat=True))
    if not opens:
        raise Refused([f"{words.day_words(day)} is not one of your closures."])
    return preview(tenant, Change(CALENDAR, opens=opens))


def _closed(tenant: Tenant, day: date, until: date | None) -> QuerySet[Closure]:
    return Closure.objects.filter(tenant=tenant, day__gte=day, day__lte=until or day)


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
