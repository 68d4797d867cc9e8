"""Days without work from a calendar file: looked at, ticked, closed; no law's date moves."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from tests.factories import people
from tests.factories import requests as make
from tests.factories.visits import signed_in
from tests.vetting.agenda.test_reading import file
from vetting.people import commands
from vetting.people.models import District, SettingChange
from vetting.people.queries import actor_of, today_in
from vetting.people.sentences import tell_changes
from workflows.clock.models import Closure, Deadline
from workflows.engine import Refused
from workflows.ledger.models import Entry

pytestmark = pytest.mark.django_db
ZONE = ZoneInfo("America/Denver")
BRING, CHOOSE, DROP = (f"/settings/closures/calendar/{part}" for part in ("", "days/", "drop/"))


@pytest.fixture(autouse=True)
def in_february() -> Iterator[None]:
    """Weeks in which only one Monday is a holiday."""
    with time_machine.travel(datetime(2027, 2, 1, 9, tzinfo=ZONE)):
        yield


def workday(after: int) -> date:
    """A Tuesday at least so many days from today."""
    day = today_in(people.district()) + timedelta(days=after)
    return day + timedelta(days=(1 - day.weekday()) % 7)


def event(name: str, first: date, days: int = 1) -> str:
    end = first + timedelta(days=days)
    return f"DTSTART;VALUE=DATE:{first:%Y%m%d}\r\nDTEND;VALUE=DATE:{end:%Y%m%d}\r\nSUMMARY:{name}"


def upload(client: Client, data: bytes, name: str = "school.ics") -> str:
    answer = client.post(BRING, {"file": SimpleUploadedFile(name, data)}, follow=True)
    return answer.text


def key(page: str) -> str:
    return page.partition('name="file" value="')[2].partition('"')[0]


def look(client: Client, page: str, *events: int, **more: str) -> str:
    sent = {"file": key(page), "events": [str(number) for number in events], **more}
    return client.post(CHOOSE, sent, follow=True).text


def close(client: Client, page: str, *events: int) -> str:
    """What somebody has looked at before."""
    return look(client, page, *events, seen=" ".join(map(str, events)))


def written() -> tuple[int, int, int]:
    return Closure.objects.count(), SettingChange.objects.count(), Entry.objects.count()


def test_the_events_are_listed_and_the_likely_ones_are_ticked() -> None:
    client, first = signed_in(people.max()), workday(20)
    page = upload(client, file(event("Winter break", first, 3), event("Picture day", first)))
    assert "Which of these are days without work?" in page
    assert 'value="1" checked' in page  # the break lasts longer, so it stands second
    assert 'value="0">' in page
    assert "Nothing has been written." in page
    assert Closure.objects.count() == 0


def test_ticked_days_are_closed_in_one_commit_with_one_turn_of_the_calendar() -> None:
    make.in_triage()
    client, first = signed_in(people.max()), workday(20)
    page = upload(
        client, file(event("Fall break", first, 2), event("Snow day", first + timedelta(days=14)))
    )
    before = District.objects.get().tenant.calendar_version
    page = close(client, page, 0, 1)
    assert "3 days are closed." in page
    assert list(Closure.objects.values_list("day", "name")) == [
        (first, "Fall break"),
        (first + timedelta(days=1), "Fall break"),
        (first + timedelta(days=14), "Snow day"),
    ]
    after = District.objects.get().tenant.calendar_version
    assert (before, after.partition(".")[0]) == ("", "1")
    change = SettingChange.objects.get(what="closures_imported")
    assert tell_changes([change]) == [
        f"Max Webb closed 3 days between {first} and {first + timedelta(days=14)}, from a "
        "calendar file."
    ]


def test_importing_twice_adds_nothing() -> None:
    client, first = signed_in(people.max()), workday(20)
    data = file(event("Fall break", first, 2))
    close(client, upload(client, data), 0)
    known = written()
    page = upload(client, data)
    assert "Already without work" in page
    assert "All its days are days without work already." in page
    assert 'name="events"' not in page
    close(client, page, 0)
    assert written() == known
    new, result = commands.add_closures(
        district=people.district(), days={first: "Again"}, by=actor_of(people.max())
    )
    assert (new, result.looked) == ([], 0)
    assert written() == known


def test_of_a_longer_break_only_the_new_days_are_closed() -> None:
    client, first = signed_in(people.max()), workday(20)
    admin = actor_of(people.max())
    commands.add_closure(district=people.district(), day=first, name="Snow", by=admin)
    page = upload(client, file(event("Fall break", first, 3)))
    assert "1 of its days is closed already" in page
    assert "2 days are closed." in close(client, page, 0)
    assert Closure.objects.get(day=first).name == "Snow"


def test_it_shows_what_would_move_and_writes_nothing() -> None:
    request = make.in_triage(tool_name="Math Garden", website="https://math.example")
    due = Deadline.objects.filter(case_id=request.pk).order_by("-due_at")[0].due_at
    day = due.astimezone(ZONE).date() - timedelta(days=7)
    client, before = signed_in(people.max()), written()
    page = look(client, upload(client, file(event("Snow day", day))), 0)
    assert "What the ticked days would move" in page
    assert ">Math Garden</th>" in page
    assert 'value="0" checked' in page
    assert written() == before
    assert Deadline.objects.filter(due_at=due).exists()
    told = close(client, page, 0)
    assert "1 day is closed. 1 open due date moved." in told
    assert not Deadline.objects.filter(case_id=request.pk, due_at=due).exists()


def test_a_date_that_a_law_sets_never_moves() -> None:
    request, now = make.in_triage(), timezone.now()
    by_law = Deadline.objects.filter(case_id=request.pk).order_by("-due_at")[0]
    explanation = by_law.explanation
    law = Deadline.objects.create(
        case=request.case, kind="ny.vendor_notice", layer="vendor", basis="Notice", armed_at=now,
        due_at=by_law.due_at, explanation=explanation,
    )  # fmt: skip
    day = by_law.due_at.astimezone(ZONE).date() - timedelta(days=7)
    client = signed_in(people.max())
    page = look(client, upload(client, file(event("Snow day", day))), 0)
    assert "A date that a law sets does not move." in page
    close(client, page, 0)
    law.refresh_from_db()
    assert law.due_at == by_law.due_at
    assert law.explanation == explanation
    assert Deadline.objects.get(pk=by_law.pk).due_at > by_law.due_at
    moved = Entry.objects.filter(name="deadline_recomputed")
    assert {row.facts["kind"] for row in moved} == {by_law.kind}


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"<html>Sign in</html>", "This is a web page."),
        (b"\x00\x01\x02", "This is no calendar file."),
        (b"", "The submitted file is empty."),
        (b"BEGIN:VCALENDAR\r\n", "The file ends in the middle"),
        (file() + b" " * 1024 * 1024, "The file is larger than 1 MB"),
        (file(), "The file names no whole day from now on."),
        (
            file("DTSTART:20300101T100000Z\r\nSUMMARY:x"),
            "It has 1 event with hours, which close no day",
        ),
        (
            file("DTSTART;VALUE=DATE:20300101\r\nSUMMARY:x\r\nRRULE:FREQ=SECONDLY"),
            "x: it comes back by a rule that is not read here",
        ),
    ],
)
def test_a_file_that_cannot_be_read_is_one_sentence(data: bytes, said: str) -> None:
    client, before = signed_in(people.max()), written()
    answer = client.post(BRING, {"file": SimpleUploadedFile("a.ics", data)})
    assert answer.status_code == 422
    assert said in answer.text or said == "The submitted file is empty."
    assert written() == before
    assert client.get(CHOOSE).status_code == 302


def test_what_was_left_out_is_named() -> None:
    first = workday(20)
    odd = f"DTSTART;VALUE=DATE:{first:%Y%m%d}\r\nSUMMARY:Odd\r\nRRULE:FREQ=HOURLY"
    timed = "DTSTART:20300101T100000Z\r\nSUMMARY:Board"
    page = upload(signed_in(people.max()), file(event("Break", first), odd, timed))
    assert "Odd: it comes back by a rule that is not read here: add its days by hand." in page
    assert "1 event with hours is no day without work" in page


def test_nothing_ticked_is_said_and_another_file_is_noticed() -> None:
    client, first = signed_in(people.max()), workday(20)
    page = upload(client, file(event("Break", first)))
    answer = client.post(CHOOSE, {"file": key(page), "act": "close"})
    assert answer.status_code == 422
    assert "Tick at least one event, or choose another file." in answer.text
    assert client.post(CHOOSE, {"file": key(page), "events": ["7"]}).status_code == 422
    upload(client, file(event("Other break", first)))
    assert "Another file was read meanwhile." in close(client, page, 0)
    assert Closure.objects.count() == 0
    client.post(DROP)
    assert client.get(CHOOSE).status_code == 302


def test_what_waits_is_of_one_district_only() -> None:
    client = signed_in(people.max())
    upload(client, file(event("Break", workday(20))))
    session = client.session
    session["closures"] = session["closures"] | {"district": people.eve().district.pk}
    session.save()
    assert client.get(CHOOSE).status_code == 302


def test_only_an_administrator_of_this_district_closes_days() -> None:
    day = workday(20)
    for person in (people.ben(), people.eve()):
        with pytest.raises(Refused):
            commands.add_closures(
                district=people.district(), days={day: "Break"}, by=actor_of(person)
            )
    with pytest.raises(Refused):
        commands.add_closures(
            district=people.district(), days={day: " "}, by=actor_of(people.max())
        )
    far = {date(2200, 1, 1): "Break"}
    with pytest.raises(Refused):
        commands.add_closures(district=people.district(), days=far, by=actor_of(people.max()))
    assert Closure.objects.count() == 0


def test_other_days_than_those_looked_at_are_shown_first() -> None:
    client, first = signed_in(people.max()), workday(20)
    page = upload(client, file(event("Break", first), event("Fair", first + timedelta(days=7))))
    seen = look(client, page, 0)
    assert "Close 1 day</button>" in seen
    assert "Close 2 days</button>" in look(client, page, 0, 1, seen="0")
    assert Closure.objects.count() == 0
