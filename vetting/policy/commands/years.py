"""The school years of a district: days that some laws count from."""

from datetime import date, timedelta

from django.db import transaction

from vetting.people.commands import note_change
from vetting.people.commands.record import lock_district, refuse
from vetting.people.models import District
from vetting.policy.commands.recomputing import recompute_by_packs
from vetting.policy.models import SchoolYear
from workflows.actors import Actor
from workflows.clock.words import day_words

# Between two starts, and from a start to its second semester.
SHORTEST, LONGEST_HALF = timedelta(days=240), timedelta(days=240)


def add_school_year(*, district: District, start: date, midpoint: date, by: Actor) -> SchoolYear:
    """`midpoint`: the first day of the second semester. Open dates follow. Raises Refused."""
    year = _added(district, start, midpoint, by)
    recompute_by_packs(district, by=by)
    return year


@transaction.atomic
def _added(district: District, start: date, midpoint: date, by: Actor) -> SchoolYear:
    lock_district(district, by)
    refuse(_against(start, midpoint, district))
    year = SchoolYear.objects.create(district=district, start=start, midpoint=midpoint)
    note_change("school_year_added", by=by, district=district, start=start.isoformat())
    return year


def remove_school_year(*, district: District, key: int, by: Actor) -> None:
    """One that is gone already is no fault: somebody else was quicker."""
    _removed(district, key, by)
    recompute_by_packs(district, by=by)


@transaction.atomic
def _removed(district: District, key: int, by: Actor) -> None:
    lock_district(district, by)
    for year in SchoolYear.objects.filter(district=district, pk=key):
        note_change("school_year_removed", by=by, district=district, start=year.start.isoformat())
        year.delete()


def _against(start: date, midpoint: date, district: District) -> list[str]:
    if midpoint <= start:
        return ["The second semester begins after the school year does: look at both days."]
    if midpoint - start > LONGEST_HALF:
        return ["The second semester begins within 240 days of the start: look at both days."]
    near = SchoolYear.objects.filter(
        district=district, start__gt=start - SHORTEST, start__lt=start + SHORTEST
    )
    return [
        f"It overlaps the school year that starts on {day_words(year.start)}: remove that one "
        "first, or choose another day."
        for year in near
    ]
