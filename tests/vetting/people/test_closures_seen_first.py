"""Before days are closed or opened, their page shows which open dates would move."""

from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.html import strip_tags

from tests.factories import people
from tests.factories.requests import in_screening
from vetting.people.models import SettingChange
from vetting.requests.models import ToolRequest
from workflows.clock.models import Closure, Deadline
from workflows.clock.queries import calendar_of
from workflows.ledger.models import Entry
from workflows.outbox.models import Message

pytestmark = pytest.mark.django_db


def boss() -> Client:
    browser = Client()
    browser.force_login(people.max().user)
    return browser


def due_of(request: ToolRequest) -> date:
    row = Deadline.objects.get(case_id=request.pk, met_at=None)
    return request.case.tenant.day_of(row.due_at)


def a_day_before(request: ToolRequest) -> date:
    """A working day of the district within the service level."""
    calendar = calendar_of(request.case.tenant, due_of(request))
    return calendar.shift(due_of(request), -3)


def written() -> tuple[int, ...]:
    tables = (Closure, SettingChange, Entry, Message)
    return tuple(table.objects.count() for table in tables)


def test_what_a_closure_would_move_is_shown_and_nothing_is_written_until_it_is_confirmed() -> None:
    request = in_screening()
    was, day, before = due_of(request), a_day_before(request), written()
    typed = {"name": "Snow & ice", "day": day.isoformat(), "until": ""}
    page = boss().post(reverse("people:closures"), typed)
    said = " ".join(strip_tags(page.text).split())
    assert page.status_code == 200
    assert "What “Snow &amp; ice” would move" in said
    assert "1 open due date of 1 case would move." in said
    assert "Reading Ladder" in said
    assert f"{was:%b} {was.day}" in said
    # What was typed stands in the form, and in the button that says it again.
    assert page.text.count('value="Snow &amp; ice"') == 2
    assert (due_of(request), written()) == (was, before)

    done = boss().post(reverse("people:closures"), typed | {"confirmed": "1"}, follow=True)
    assert "Snow &amp; ice is noted. 1 open due date moved." in done.text
    assert due_of(request) > was
    entry = Entry.objects.get(name="deadline_recomputed")
    assert entry.facts["why"] == "calendar"
    promised = Message.objects.get(topic="dates_moved")
    assert promised.payload["by"] == entry.actor_ref


def test_opening_it_again_is_seen_first_too() -> None:
    request = in_screening()
    was, day = due_of(request), a_day_before(request)
    one = {"name": "Snow", "day": day.isoformat(), "confirmed": "1"}
    boss().post(reverse("people:closures"), one)
    before = written()
    button = {"day": day.isoformat(), "until": day.isoformat()}
    page = boss().post(reverse("people:remove_closure"), button)
    assert "1 open due date of 1 case would move" in page.text
    assert written() == before
    done = boss().post(reverse("people:remove_closure"), button | {"confirmed": "1"}, follow=True)
    assert "It counts as working time again. 1 open due date moved." in done.text
    assert due_of(request) == was


def test_a_closure_that_moves_nothing_is_noted_at_once() -> None:
    request = in_screening()
    far = due_of(request) + timedelta(days=120)
    done = boss().post(reverse("people:closures"), {"name": "Far", "day": far}, follow=True)
    assert "Far is noted. No open due date moved." in done.text
    assert Closure.objects.count() == 1


def test_what_cannot_be_closed_is_refused_before_anything_is_shown() -> None:
    in_screening()
    page = boss().post(reverse("people:closures"), {"name": "Old", "day": "1990-12-20"})
    assert page.status_code == 422
    assert "would move" not in page.text
