"""A school year and its second semester: noted by an administrator, refused where it overlaps."""

from datetime import date

import pytest
from django.test import Client

from tests.factories import people
from vetting.people.models import SettingChange
from vetting.people.queries import actor_of
from vetting.people.sentences import tell_changes
from vetting.policy.commands.years import add_school_year, remove_school_year
from vetting.policy.models import SchoolYear
from workflows.refusals import Refused

pytestmark = pytest.mark.django_db
START, MIDDLE = date(2026, 8, 17), date(2027, 1, 11)


def added(start: date = START, midpoint: date = MIDDLE) -> SchoolYear:
    by = actor_of(people.max())
    return add_school_year(district=people.district(), start=start, midpoint=midpoint, by=by)


def test_it_is_noted_and_told() -> None:
    year = added()
    remove_school_year(district=people.district(), key=year.pk, by=actor_of(people.max()))
    assert not SchoolYear.objects.exists()
    assert [said.partition(" ")[2] for said in tell_changes(SettingChange.objects.all()[:2])] == [
        "Webb removed the school year that starts on 2026-08-17.",
        "Webb added the school year that starts on 2026-08-17.",
    ]


@pytest.mark.parametrize(
    ("start", "midpoint", "why"),
    [
        (START, START, "The second semester begins after the school year does"),
        (START, date(2027, 9, 1), "The second semester begins within 240 days of the start"),
        (
            date(2026, 9, 1),
            date(2027, 1, 20),
            "It overlaps the school year that starts on Mon, Aug",
        ),
        (date(2026, 2, 1), date(2026, 6, 1), "It overlaps the school year that starts on Mon, Aug"),
    ],
)
def test_what_cannot_be_is_refused(start: date, midpoint: date, why: str) -> None:
    if start != START:
        added()
    before = SchoolYear.objects.count()
    with pytest.raises(Refused) as refused:
        added(start, midpoint)
    assert refused.value.reasons[0].startswith(why)
    assert SchoolYear.objects.count() == before


def test_the_next_year_follows() -> None:
    added()
    added(date(2027, 8, 16), date(2028, 1, 10))
    assert SchoolYear.objects.count() == 2


def test_only_an_administrator_may() -> None:
    with pytest.raises(Refused):
        add_school_year(
            district=people.district(), start=START, midpoint=MIDDLE, by=actor_of(people.ada())
        )
    assert not SchoolYear.objects.exists()


def test_the_page_refuses_beside_the_form(client: Client) -> None:
    client.force_login(people.max().user)
    sent = {"start": "2026-08-17", "midpoint": "2026-08-01"}
    response = client.post("/settings/school-years/", sent)
    assert response.status_code == 422
    assert b"The second semester begins after" in response.content
    assert client.post("/settings/school-years/", sent | {"midpoint": "2027-01-11"}).url
    assert SchoolYear.objects.get().midpoint == MIDDLE


def test_the_district_says_what_it_receives(client: Client) -> None:
    client.force_login(people.max().user)
    sent = {"name": "Juniper School District", "federal_funds": "yes", "e_rate": "no"}
    assert client.post("/settings/about/", sent).status_code == 302
    here = people.district()
    assert (here.federal_funds, here.e_rate) == (True, False)
    assert tell_changes(SettingChange.objects.all()[:1])[0].endswith(
        "changed the district's answer about E-rate discounts, answer about federal funds."
    )
    client.post("/settings/about/", {"name": "Juniper School District"})
    assert (people.district().federal_funds, people.district().e_rate) == (None, None)
