"""Three explanations to the letter, as somebody with paper and pencil gets them."""

import io
import re
from datetime import date
from pathlib import Path

import pytest
import time_machine
from django.core.management import call_command

from tests.factories import people
from tests.vetting.policy.test_explained import asked_on, by_law
from tests.workflows.toy.story import denver
from vetting.people.queries import actor_of
from workflows.clock import calendars

pytestmark = pytest.mark.django_db


def part(code: str, kind: str) -> str:
    """What `manage.py explain` prints of one date, from its heading to the empty line."""
    out = io.StringIO()
    call_command("explain", code, stdout=out)
    parts = out.getvalue().split("\n\n")
    found = next(one for one in parts if f"({kind})\n" in one)
    found = re.sub(r"(?m)^Pack: (\S+) \S+, text [0-9a-f]{12}$", r"Pack: \1", found)
    return re.sub(r"version 1\.[0-9a-f]{8}", "version 1", found)


def in_full(name: str) -> str:
    return (Path(__file__).with_name("explained") / f"{name}.txt").read_text().rstrip("\n")


def close(first: date, last: date, name: str) -> None:
    by = actor_of(people.max())
    with time_machine.travel(denver("2026-11-02 08:00"), tick=False):
        calendars.add_closure(people.district().tenant, day=first, until=last, name=name, by=by)


def test_a_service_level_over_thanksgiving() -> None:
    close(date(2026, 11, 25), date(2026, 11, 25), "Fall break")
    request = asked_on(denver("2026-11-16 16:30"))
    assert part(request.code, "privacy_review") == in_full("thanksgiving")


def test_72_hours_over_a_weekend_on_which_the_clocks_change() -> None:
    request = asked_on(denver("2026-10-30 17:00"))
    by_law(request, "ndpa.v1.breach", "contract", vendor_confirmed=denver("2026-10-30 16:30"))
    assert part(request.code, "ndpa.v1.breach") == in_full("hours")


def test_two_business_days_before_winter_break() -> None:
    close(date(2026, 12, 21), date(2027, 1, 1), "Winter break")
    request = asked_on(denver("2026-12-23 17:00"))
    by_law(request, "ct.dd_parent", "district", vendor_notice_received=denver("2026-12-23 08:15"))
    assert part(request.code, "ct.dd_parent") == in_full("winter-break")
