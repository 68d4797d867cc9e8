"""A person's calendar: what it holds, and that only a live address of somebody who works here
opens it."""

import logging
from datetime import UTC, datetime, timedelta

import icalendar
import pytest
import time_machine
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tests.factories import agreements, people
from tests.factories import requests as make
from tests.factories.visits import signed_in
from vetting.agenda import commands
from vetting.agenda.models import CalendarFeed
from vetting.agenda.rules.feed import token_hash
from vetting.people.commands import add_person, deactivate
from vetting.people.models import District, Membership, SettingChange
from vetting.people.queries import actor_of
from vetting.people.sentences import tell_changes
from vetting.policy.commands.loading import load_packs
from workflows import engine
from workflows.actors import Role
from workflows.clock.models import Deadline
from workflows.engine import Refused

pytestmark = pytest.mark.django_db
DEAD = "This calendar address does not open anything.\n"


@pytest.fixture(autouse=True)
def nobody_came_before() -> None:
    cache.clear()


def address(person: Membership) -> str:
    return f"/calendar/{commands.make_address(membership=person, by=actor_of(person))}.ics"


def token_of(where: str) -> str:
    return where.removeprefix("/calendar/").removesuffix(".ics")


def events(where: str) -> dict[str, icalendar.Event]:
    answer = Client().get(where)
    assert answer.status_code == 200
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    calendar = icalendar.Calendar.from_ical(answer.content)
    assert calendar["VERSION"] == "2.0"
    return {str(event["UID"]): event for event in calendar.walk("VEVENT")}


def test_an_open_date_is_an_event_in_utc_with_its_sentence_and_link() -> None:
    request = make.in_triage(tool_name="Math Garden", website="https://math.example")
    row = Deadline.objects.filter(case_id=request.pk).order_by("due_at")[0]
    event = events(address(people.sol()))[f"{request.code}.{row.kind}@juniper"]
    assert event.decoded("DTSTART") == row.due_at.replace(microsecond=0)
    assert event["DTSTART"].to_ical().endswith(b"Z")
    assert event["SUMMARY"] == f"{row.basis}: Math Garden"
    assert row.explanation["sentence"] in event["DESCRIPTION"]
    assert f"/requests/{request.code}/" in event["DESCRIPTION"]
    assert event.decoded("LAST-MODIFIED") == row.armed_at.replace(microsecond=0)
    assert event.decoded("DTSTAMP") == event.decoded("LAST-MODIFIED")
    assert list(event.walk("VALARM")) == []


def test_the_same_dates_as_on_the_page_and_no_others() -> None:
    mine = make.in_triage(tool_name="Math Garden", website="https://math.example")
    agreement = agreements.with_vendor()
    of_ben, of_ada = events(address(people.ben())), events(address(people.ada()))
    assert {uid.partition(".")[0] for uid in of_ben} >= {mine.code}
    assert not any(agreement.code in uid for uid in of_ben)
    assert any(agreement.code in uid for uid in of_ada)
    assert events(address(people.eve())) == {}


def test_a_clock_that_stands_still_and_a_date_that_is_met_are_left_out() -> None:
    make.in_triage()
    where, now = address(people.sol()), timezone.now()
    assert len(events(where)) == 2
    first = Deadline.objects.order_by("due_at").values_list("pk", flat=True)[0]
    Deadline.objects.filter(pk=first).update(paused_at=now)
    assert len(events(where)) == 1
    Deadline.objects.exclude(pk=first).update(met_at=now)
    assert events(where) == {}


def test_no_event_names_a_person() -> None:
    make.in_triage(tool_name="Math Garden", website="https://math.example")
    text = Client().get(address(people.ada())).text
    names = [name for one in Membership.objects.all() for name in one.user.name.split()]
    assert [name for name in names if name in text] == []


def test_those_who_see_the_district_have_its_fixed_duties_too() -> None:
    load_packs()
    District.objects.filter(pk=people.district().pk).update(state="IL")
    theirs = {str(e["SUMMARY"]) for e in events(address(people.cora())).values()}
    assert [one for one in theirs if one.startswith("The lists are brought up to date twice")]
    assert events(address(people.ben())) == {}


def test_who_asks_again_is_told_that_nothing_changed_until_something_does() -> None:
    make.in_triage()
    where = address(people.sol())
    first = Client().get(where)
    again = Client().get(where, headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again["ETag"] == first["ETag"]
    Deadline.objects.update(due_at=timezone.now() + timedelta(days=90))
    assert Client().get(where, headers={"If-None-Match": first["ETag"]}).status_code == 200


def test_a_date_that_moves_keeps_its_name_and_says_when_it_changed() -> None:
    request = make.in_triage()
    where = address(people.sol())
    before = events(where)
    engine.record(
        request, "deadline_recomputed", by=actor_of(people.ada()), facts={"kind": "triage"}
    )
    Deadline.objects.update(due_at=timezone.now() + timedelta(days=90))
    after = events(where)
    assert before.keys() == after.keys()
    for uid in before:
        assert after[uid].decoded("LAST-MODIFIED") >= before[uid].decoded("LAST-MODIFIED")
        assert after[uid].decoded("DTSTART") > before[uid].decoded("DTSTART")


def test_only_the_fingerprint_of_an_address_is_kept() -> None:
    token = token_of(address(people.sol()))
    feed = CalendarFeed.objects.get()
    assert feed.token_hash == token_hash(token)
    assert token not in str(vars(feed))
    assert len(token) == 43  # 256 bits
    assert feed.expires_at - feed.made_at == timedelta(days=400)


def dead(where: str, method: str = "get") -> tuple[int, bytes, dict[str, str]]:
    answer = getattr(Client(), method)(where)
    return answer.status_code, answer.content, dict(answer.headers)


def test_wrong_expired_closed_and_left_get_the_same_answer() -> None:
    wrong = dead("/calendar/never-made.ics")
    assert wrong[:2] == (404, DEAD.encode())
    sol, ada = people.sol(), people.ada()
    where = address(sol)
    with time_machine.travel(timezone.now() + timedelta(days=401)):
        assert dead(where) == wrong
    commands.close_address(membership=sol, by=actor_of(sol))
    assert dead(where) == wrong
    first, second = address(ada), address(ada)
    assert dead(first) == wrong
    assert dead(second)[0] == 200
    CalendarFeed.objects.filter(token_hash=token_hash(token_of(second))).update(token_hash="0")
    assert dead(second) == wrong


def test_who_leaves_has_no_calendar_even_after_coming_back() -> None:
    sol, max_ = people.sol(), actor_of(people.max())
    where = address(sol)
    deactivate(membership=sol, by=max_)
    assert dead(where)[0] == 404
    assert CalendarFeed.objects.get().revoked_at is not None
    add_person(
        district=sol.district, name=sol.user.name, email=sol.user.email, roles=[Role.SOURCING],
        by=max_,
    )  # fmt: skip
    assert dead(where)[0] == 404


def test_somebody_who_may_not_sign_in_any_more_has_no_calendar() -> None:
    sol = people.sol()
    where = address(sol)
    sol.user.is_active = False
    sol.user.save()
    assert dead(where)[0] == 404


def test_head_works_and_nothing_else_does() -> None:
    where = address(people.sol())
    answer = Client().head(where)
    assert (answer.status_code, answer.content) == (200, b"")
    assert answer["ETag"]
    assert Client().post(where).status_code == 405
    assert "sessionid" not in Client().get(where).cookies


def test_the_address_stays_out_of_the_log(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        where = address(people.sol())
        Client().get(where)
        Client().post(where)
        Client().get("/calendar/a-guess-of-somebody.ics")
    assert where.split("/")[2] not in caplog.text
    assert "a-guess-of-somebody" not in caplog.text


def test_a_guesser_is_slowed_down() -> None:
    client = Client()
    codes = [client.get(f"/calendar/guess-{n}.ics").status_code for n in range(22)]
    assert codes == [404] * 20 + [429] * 2


def test_one_reading_an_hour_is_noted() -> None:
    where = address(people.sol())
    Client().get(where)
    first = CalendarFeed.objects.get().read_at
    Client().get(where)
    assert CalendarFeed.objects.get().read_at == first
    with time_machine.travel(timezone.now() + timedelta(hours=2)):
        Client().get(where)
    later = CalendarFeed.objects.get().read_at
    assert first is not None
    assert later is not None
    assert later > first


def test_it_costs_the_same_for_one_and_for_three_of_each_kind() -> None:
    where, counts = address(people.ada()), []
    _, first = agreements.drafted()
    for name in ("Math Garden", "Word Garden", "Map Garden"):
        make.in_triage(tool_name=name, website=f"https://{name.split()[0].lower()}.com")
        agreements.another(first, f"Ladder {name.split()[0]}")
        Client().get(where)
        with CaptureQueriesContext(connection) as ran:
            Client().get(where)
        counts.append(len(ran))
    assert counts[0] == counts[2]
    assert counts[2] <= 16


def test_the_page_shows_the_address_once_and_says_until_when_it_holds() -> None:
    client = signed_in(people.ben())
    page = client.get("/agenda/calendar/").text
    assert "You have no address. One that you make holds for 400 days" in page
    made = client.post("/agenda/calendar/address/")
    token = made.text.partition("8000/calendar/")[2].partition(".ics")[0]
    assert "no-store" in made["Cache-Control"]
    assert CalendarFeed.objects.get().token_hash == token_hash(token)
    again = client.get("/agenda/calendar/").text
    assert token not in again
    assert "It holds for 400 days, until" in again
    client.post("/agenda/calendar/close/")
    assert "You have no address." in client.get("/agenda/calendar/").text
    told = tell_changes(list(SettingChange.objects.all()))
    assert told == [
        "Ben Ortiz closed the address of their own calendar.",
        "Ben Ortiz made an address for their own calendar.",
    ]


def test_nobody_makes_or_closes_an_address_for_somebody_else() -> None:
    sol = people.sol()
    for verb in (commands.make_address, commands.close_address):
        with pytest.raises(Refused):
            verb(membership=sol, by=actor_of(people.max()))
    assert CalendarFeed.objects.count() == 0


def test_an_instant_is_written_as_utc_whatever_the_zone() -> None:
    make.in_triage()
    Deadline.objects.update(due_at=datetime(2027, 3, 14, 6, 59, 59, tzinfo=UTC))
    assert "DTSTART:20270314T065959Z" in Client().get(address(people.sol())).text
