"""Days that people type: a slip in the year is said, and nothing is written."""

import pytest
from django.test import Client

from tests.factories import people
from vetting.fields import Day
from workflows.clock.models import Closure


@pytest.mark.parametrize("year", [9999, 9998, 2206, 1926, 206])
def test_a_year_that_nobody_means_is_a_slip(year: int) -> None:
    with pytest.raises(Exception, match=f"Look at the year: it is {year}\\. Days from 1970 to"):
        Day().clean(f"{year:04}-01-31")


@pytest.mark.parametrize("day", ["1970-01-01", "2026-02-28", "2044-12-31"])
def test_the_years_people_do_mean_are_taken(day: str) -> None:
    found = Day().clean(day)
    assert found is not None
    assert found.isoformat() == day


@pytest.mark.django_db
def test_a_closure_at_the_end_of_the_calendar_closes_nothing() -> None:
    client = Client()
    client.force_login(people.max().user)
    answer = client.post("/settings/closures/", {"name": "Fall break", "day": "9999-12-31"})
    assert answer.status_code == 422
    assert "Look at the year: it is 9999." in answer.text
    assert not Closure.objects.exists()
