"""The page of an agreement's dates by law, and what people do there."""

from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from contracts.agreements.models import Agreement
from tests.factories import agreements, people
from vetting.people.models import Membership
from vetting.people.queries import actor_of
from vetting.policy.commands.anchoring import record_anchor
from vetting.policy.models import Anchor
from vetting.policy.reckoning import facts_of
from workflows.clock.models import Deadline
from workflows.ledger.models import Entry

pytestmark = pytest.mark.django_db
DENVER = ZoneInfo("America/Denver")
BREACH = {
    "breach": "yes",
    "by_vendor": "yes",
    "kinds": ["education_records", "student_id"],
    "encryption": "none",
    "students_affected": "520",
    "residents": "CO 500\nny 20",
    "note": "A call from the vendor, then their letter.",
}


@pytest.fixture
def agreement() -> Agreement:
    return agreements.executed()


def browser(who: Membership) -> Client:
    client = Client()
    client.force_login(who.user)
    return client


def page(agreement: Agreement, name: str = "dates") -> str:
    return reverse(f"agreements:{name}", args=[agreement.code])


def typed(event: str, ago: timedelta, **more: str) -> dict[str, str]:
    when = (timezone.now() - ago).astimezone(DENVER)
    plain = {"event": event, "day": f"{when:%Y-%m-%d}", "time": f"{when:%H:%M}"}
    return {**plain, "source": "Their letter", "reason": "", **more}


def posted(client: Client, url: str, said: dict[str, str]) -> str:
    return client.post(url, said, follow=True).content.decode()


def open_dates(agreement: Agreement) -> dict[str, Deadline]:
    rows = Deadline.objects.filter(case=agreement.case, met_at=None, waived_at=None)
    return {row.kind: row for row in rows.exclude(layer="")}


def test_a_breach_is_told_and_three_layers_run(agreement: Agreement) -> None:
    ada = browser(people.ada())
    assert ada.post(page(agreement, "breach"), BREACH).status_code == 302
    told = facts_of(agreement)
    assert told["residents_by_state"] == {"CO": 500, "NY": 20}
    assert (told["breach"], told["agreement"], told["encryption"]) == (True, True, "none")
    for event, hours in (("vendor_discovered", 30), ("vendor_confirmed", 26)):
        answer = ada.post(page(agreement, "record_event"), typed(event, timedelta(hours=hours)))
        assert answer.status_code == 302, answer.content.decode()
    ada.post(page(agreement, "record_event"), typed("district_determined", timedelta(hours=2)))
    dates = open_dates(agreement)
    assert {kind: row.layer for kind, row in dates.items()} == {
        "co.24_73": "district",
        "co.24_73.ag": "district",
        "ndpa.v1.breach": "contract",
    }
    text = ada.get(page(agreement)).content.decode()
    assert "It is the earliest of those that run" in text
    assert text.index("By the agreement") > text.index("The district&#x27;s, by law")
    assert "not yet verified against the statute" in text
    assert "“as soon as possible”" in text  # C.R.S. 22-16-108(4) names no number
    assert "Recorded by Ada Park" in text


def test_a_correction_is_shown_before_it_is_made(agreement: Agreement) -> None:
    ada = browser(people.ada())
    ada.post(page(agreement, "breach"), BREACH)
    ada.post(page(agreement, "record_event"), typed("district_determined", timedelta(hours=2)))
    before = (Anchor.objects.count(), Entry.objects.count(), Deadline.objects.count())
    earlier = typed("district_determined", timedelta(days=40), reason="The report is older.")
    answer = ada.post(page(agreement, "record_event"), earlier)
    text = answer.content.decode()
    assert answer.status_code == 200
    assert "would be overdue" in text
    assert "Nothing is written yet" in text
    assert before == (Anchor.objects.count(), Entry.objects.count(), Deadline.objects.count())
    was = open_dates(agreement)["co.24_73"].due_at
    assert (
        ada.post(page(agreement, "record_event"), earlier | {"confirmed": "on"}).status_code == 302
    )
    moved = open_dates(agreement)["co.24_73"]
    assert moved.due_at < timezone.now() < was
    assert Entry.objects.filter(name="deadline_recomputed").count() == 2


def test_what_cannot_be_is_said_at_the_form(agreement: Agreement) -> None:
    ada = browser(people.ada())
    count = Anchor.objects.count()
    answer = ada.post(page(agreement, "record_event"), typed("occurred", timedelta(hours=-30)))
    assert answer.status_code == 422
    assert "lies in the future" in answer.content.decode()
    answer = ada.post(page(agreement, "breach"), BREACH | {"on_hold": "yes"})
    assert answer.status_code == 422
    assert "A hold needs this" in answer.content.decode()
    assert Anchor.objects.count() == count


def test_done_and_let_go_take_a_note(agreement: Agreement) -> None:
    ada = browser(people.ada())
    ada.post(page(agreement, "breach"), BREACH)
    ada.post(page(agreement, "record_event"), typed("district_determined", timedelta(hours=2)))
    close = page(agreement, "close_date")
    said = {"act": "done", "kind": "co.24_73", "note": "Letters went out."}
    assert (
        "Write what was done" in ada.post(close, said | {"note": ""}, follow=True).content.decode()
    )
    assert "Noted as done" in ada.post(close, said, follow=True).content.decode()
    assert "somebody was first" in ada.post(close, said, follow=True).content.decode()
    gone = {"act": "waive", "kind": "co.24_73.ag", "note": "It was 499."}
    assert "Let go" in posted(ada, close, gone)
    assert open_dates(agreement) == {}
    text = ada.get(page(agreement)).content.decode()
    assert "Done or let go" in text
    assert ada.post(close, {"act": "burn", "kind": "co.24_73"}).status_code == 404


def test_an_event_is_taken_back(agreement: Agreement) -> None:
    ada = browser(people.ada())
    record_anchor(
        agreement,
        event="audit_requested",
        at=timezone.now() - timedelta(hours=1),
        source="Our letter",
        by=actor_of(people.ada()),
    )
    assert "ndpa.audit" in open_dates(agreement)
    text = ada.get(page(agreement, "record_event") + "?event=audit_requested").content.decode()
    assert "Our letter" in text
    gone = {"event": "audit_requested", "note": "Sent to somebody else."}
    assert (
        "Taken back" in ada.post(page(agreement, "undo_event"), gone, follow=True).content.decode()
    )
    assert open_dates(agreement) == {}


def test_legal_reads_and_teachers_see_nothing(agreement: Agreement) -> None:
    cora = browser(people.cora())
    text = cora.get(page(agreement)).content.decode()
    assert "Record when something happened" not in text
    assert cora.post(page(agreement, "record_event"), {}).status_code == 403
    assert browser(people.ben()).get(page(agreement)).status_code == 403
    assert browser(people.eve()).get(page(agreement)).status_code in (403, 404)


def test_the_page_asks_the_same_however_many_dates_there_are(
    agreement: Agreement, django_assert_max_num_queries: Any
) -> None:
    ada = browser(people.ada())
    ada.post(page(agreement, "breach"), BREACH)
    ada.post(page(agreement, "record_event"), typed("district_determined", timedelta(hours=2)))
    ada.get(page(agreement))
    with django_assert_max_num_queries(24):
        ada.get(page(agreement))
