"""Districts and their schools."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any
from zoneinfo import available_timezones

from django.db import transaction
from holidays import US

from vetting.people import rules
from vetting.people.commands.record import (
    lock_district,
    must_administer,
    note_change,
    refuse,
)
from vetting.people.models import District, School
from workflows.actors import Actor, Role
from workflows.cases import Tenant
from workflows.clock import calendars
from workflows.clock.plans import CALENDAR
from workflows.clock.replanning import Preview, Result, apply
from workflows.clock.worlds import Change
from workflows.engine import Refused


@transaction.atomic
def open_district(
    *, code: str, name: str, state: str, zone: str = "America/Denver", by: Actor, **details: Any
) -> District:
    """A district and its tenant; `state` also chooses the public holidays. Only the system may."""
    if Role.SYSTEM not in by.roles:
        raise Refused(["A district is added on the server: manage.py people add-district."])
    reasons = [] if state in US.subdivisions else [f"“{state}” is no state: two letters, as CO."]
    if zone not in available_timezones():
        reasons.append(f"“{zone}” is no time zone: a name such as America/Denver.")
    if Tenant.objects.filter(code=code).exists():
        reasons.append(f"There is a district “{code}” already.")
    refuse(reasons)
    tenant = Tenant.objects.create(code=code, zone=zone, region=state)
    return District.objects.create(tenant=tenant, name=name, state=state, **details)


def add_closure(
    *, district: District, day: date, name: str, until: date | None = None, by: Actor
) -> Result:
    """Close a day, or the days to `until`; the clock moves the open service levels.

    The days and their record are one commit. The cases follow batch by batch, and what a crash
    leaves of them the nightly net reckons.
    """
    must_administer(district, by)
    with transaction.atomic():
        days = calendars.close_days(district.tenant, day=day, name=name, until=until, by=by)
        last = days[-1].day.isoformat()
        note_change("closure_added", by=by, district=district, day=day.isoformat(), until=last)
    return apply(district.tenant, Change(CALENDAR), by=by)


def add_closures(
    *, district: District, days: Mapping[date, str], by: Actor
) -> tuple[list[date], Result]:
    """Close several days at once, each under its name: one turn of the calendar, one recompute.

    Returns the days that are new. Days closed already are left as they are; where none is new,
    nothing is written.
    """
    must_administer(district, by)
    with transaction.atomic():
        rows = calendars.close_each(district.tenant, days=days, by=by)
        if not rows:
            return [], Result()
        first, last = rows[0].day.isoformat(), rows[-1].day.isoformat()
        note_change(
            "closures_imported", by=by, district=district, number=len(rows), day=first, until=last
        )
    return [row.day for row in rows], apply(district.tenant, Change(CALENDAR), by=by)


def remove_closure(
    *, district: District, day: date, by: Actor, until: date | None = None
) -> Result:
    """Open a day again, or the closed ones from it to `until`."""
    must_administer(district, by)
    with transaction.atomic():
        calendars.reopen_days(district.tenant, day=day, until=until, by=by)
        last = {"until": until.isoformat()} if until and until != day else {}
        name = "break_removed" if last else "closure_removed"
        note_change(name, by=by, district=district, day=day.isoformat(), **last)
    return apply(district.tenant, Change(CALENDAR), by=by)


def preview_closure(
    *, district: District, day: date, name: str, until: date | None = None, by: Actor
) -> Preview:
    """What `add_closure` would move; nothing is written. Raises Refused as that would."""
    must_administer(district, by)
    return calendars.preview_closing(district.tenant, day=day, name=name, until=until, by=by)


def preview_removal(
    *, district: District, day: date, by: Actor, until: date | None = None
) -> Preview:
    must_administer(district, by)
    return calendars.preview_reopening(district.tenant, day=day, until=until, by=by)


@transaction.atomic
def add_school(
    *,
    district: District,
    name: str,
    grades: Iterable[str] = (),
    students: int | None = None,
    code: str = "",
    by: Actor,
) -> School:
    lock_district(district, by)
    called, taught = " ".join(name.split()), set(grades)
    reasons = [] if called else ["Write the name of the school."]
    reasons += [f"“{grade}” is no grade." for grade in sorted(taught - rules.GRADES.keys())]
    schools = district.schools.all()
    named = {school.name.casefold(): school for school in schools}
    if called.casefold() in named:
        reasons.append(f"There is a school named {called} already.")
    refuse(reasons)
    school = School.objects.create(
        district=district,
        code=code or rules.slug_of(called, {s.code for s in named.values()}),
        name=called,
        grades=rules.in_order(taught),
        students=students,
    )
    note_change("school_added", by=by, district=district, school=school.pk)
    return school


@transaction.atomic
def change_school(
    *, school: School, name: str, grades: Iterable[str], students: int | None, by: Actor
) -> School:
    lock_district(school.district, by)
    called = " ".join(name.split())
    others = school.district.schools.exclude(pk=school.pk).filter(name__iexact=called)
    if not called or others.exists():
        raise Refused(["Write a name that no other school has."])
    school.name, school.grades, school.students = called, rules.in_order(set(grades)), students
    school.save(update_fields=["name", "grades", "students"])
    note_change("school_changed", by=by, district=school.district, school=school.pk)
    return school


@transaction.atomic
def close_school(*, school: School, by: Actor) -> School:
    """It can no longer be chosen; approvals and records that name it stay."""
    return _set_closed(school, True, by)


@transaction.atomic
def reopen_school(*, school: School, by: Actor) -> School:
    return _set_closed(school, False, by)


@transaction.atomic
def set_school_gate(*, district: District, on: bool, by: Actor) -> District:
    """Whether a principal supports a request before the district sees it; for new requests only."""
    lock_district(district, by)
    if district.school_gate != on:
        district.school_gate = on
        district.save(update_fields=["school_gate"])
        note_change("school_gate", by=by, district=district, on=on)
    return district


def _set_closed(school: School, closed: bool, by: Actor) -> School:
    lock_district(school.district, by)
    if school.closed != closed:
        school.closed = closed
        school.save(update_fields=["closed"])
        note_change(
            "school_closed" if closed else "school_reopened",
            by=by,
            district=school.district,
            school=school.pk,
        )
    return school
