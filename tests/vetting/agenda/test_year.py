"""The year's fixed duties: what day, by which sentence, and what has none."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.factories import people
from tests.factories.visits import signed_in
from vetting.agenda.queries.year import year_of
from vetting.agenda.rules.duties import Year
from vetting.people.models import District
from vetting.policy.commands.loading import load_packs
from vetting.policy.models import SchoolYear

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 23)


@pytest.fixture(autouse=True)
def loaded(db: None) -> None:
    load_packs()


def at(state: str, zone: str = "America/Denver", **fields: object) -> District:
    found = people.district(state.lower(), state=state, zone=zone)
    for name, value in fields.items():
        setattr(found, name, value)
    found.save()
    return found


def days(year: Year) -> dict[str, list[date]]:
    found: dict[str, list[date]] = {}
    for one in year.dated:
        found.setdefault(one.duty.rule, []).append(one.day)
    return found


@pytest.mark.parametrize(
    ("state", "rule", "expected"),
    [
        ("IL", "il.27_biannual", [date(2027, 1, 31), date(2027, 7, 31)]),
        ("OH", "oh.annual", [date(2027, 8, 1)]),
        ("CT", "ct.bb_annual", [date(2027, 9, 1)]),
    ],
)
def test_a_fixed_day_of_the_next_twelve_months_is_there(
    state: str, rule: str, expected: list[date]
) -> None:
    assert days(year_of(at(state, "America/New_York"), TODAY))[rule] == expected


def test_a_day_that_is_today_is_still_ahead() -> None:
    year = year_of(at("IL", "America/Chicago"), date(2027, 1, 31))
    assert days(year)["il.27_biannual"] == [
        date(2027, 1, 31),
        date(2027, 7, 31),
        date(2028, 1, 31),
    ]


def test_it_tells_the_arithmetic_and_the_instant() -> None:
    first = next(
        one
        for one in year_of(at("IL", "America/Chicago"), TODAY).dated
        if one.duty.rule == "il.27_biannual"
    )
    assert first.at == datetime(2027, 1, 31, 23, 59, 59, tzinfo=ZoneInfo("America/Chicago"))
    assert first.sentence == (
        "105 ILCS 85/27(a): January 31 and July 31 of each year; due on Sun, Jan 31, 2027 at "
        "23:59:59 (America/Chicago), the next of them after Fri, Jul 31, 2026."
    )
    assert first.duty.of == "district"


def test_the_sentence_is_the_same_on_every_day() -> None:
    district = at("IL", "America/Chicago")
    told = {year_of(district, date(2026, 11, n)).dated[0].sentence for n in (1, 15, 30)}
    assert len(told) == 1


def test_nothing_of_another_state_is_among_them() -> None:
    assert "il.27_biannual" not in days(year_of(at("CO"), TODAY))


def test_without_a_school_year_it_says_so_and_with_one_it_has_a_day() -> None:
    colorado = at("CO")
    year = year_of(colorado, TODAY)
    lists = ["co.ondemand_list", "co.ondemand_list.midpoint"]
    assert [one.duty.rule for one in year.unset if one.duty.rule in lists] == lists
    SchoolYear.objects.create(district=colorado, start=date(2026, 8, 17), midpoint=date(2027, 1, 5))
    year = year_of(colorado, TODAY)
    assert days(year)["co.ondemand_list.midpoint"] == [date(2027, 1, 5)]
    assert [one.duty.rule for one in year.unset if one.duty.rule in lists] == lists[:1]
    SchoolYear.objects.create(district=colorado, start=date(2027, 8, 16), midpoint=date(2028, 1, 4))
    assert days(year_of(colorado, TODAY))["co.ondemand_list"] == [date(2027, 8, 16)]


def test_a_yearly_pace_has_no_day_and_an_unknown_fact_is_asked() -> None:
    year = year_of(at("CO"), TODAY)
    paces = {one.duty.rule: one for one in year.undated}
    assert paces["co.106_2"].when == "once a year, no day named"
    ferpa = paces["ferpa.annual_notice"].duty
    assert ferpa.open == ("Does the district receive funds of the U.S. Department of Education?",)
    assert ferpa.mark == "not yet verified against the statute"
    funded = year_of(at("CO", federal_funds=False), TODAY)
    assert "ferpa.annual_notice" not in {one.duty.rule for one in funded.undated}


def test_the_page_and_the_json_say_the_same() -> None:
    District.objects.filter(pk=people.district().pk).update(state="IL")
    with time_machine.travel(datetime(2026, 11, 23, 18, tzinfo=ZoneInfo("UTC")), tick=False):
        client = signed_in(people.cora())
        page = client.get("/agenda/year/").text
        told = client.get("/agenda/year.json").json()
    assert "<h2>January 2027 (" in page
    assert "The lists are brought up to date twice a year" in page
    assert "Every year, without a day" in page
    assert "not yet verified against the statute" in page
    assert (told["from"], told["until"]) == ("2026-11-23", "2027-11-23")
    biannual = [one for one in told["dated"] if one["rule"] == "il.27_biannual"]
    assert [one["day"] for one in biannual] == ["2027-01-31", "2027-07-31"]
    assert biannual[0]["due_at"] == "2027-02-01T06:59:59+00:00"
    assert all(one["citation"] for part in ("dated", "no_day") for one in told[part])


def test_a_requester_has_no_part_in_it() -> None:
    client = signed_in(people.ben())
    assert client.get("/agenda/year/").status_code == 403
    assert client.get("/agenda/year.json").status_code == 403


def test_it_asks_the_database_little() -> None:
    client = signed_in(people.cora())
    client.get("/agenda/year/")
    with CaptureQueriesContext(connection) as ran:
        client.get("/agenda/year/")
    mine = [one for one in ran.captured_queries if "django_session" not in one["sql"]]
    assert len(mine) <= 9
