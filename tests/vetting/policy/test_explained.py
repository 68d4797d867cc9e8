"""A case's dates with their reasons: who sees the page, what stands on it, the same as JSON."""

import io
import json
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.factories import agreements, people, plainly
from tests.factories import requests as make
from tests.workflows.toy.story import denver
from vetting.people.models import Membership
from vetting.people.queries import actor_of
from vetting.policy.explained import as_json, case_with_code, explanations_of
from vetting.policy.models import Anchor
from vetting.policy.queries import due_by_law, shipped_packs
from vetting.policy.rules.packs import Pack, rule_named
from vetting.requests import commands
from vetting.requests.models import ToolRequest
from workflows.clock import calendars
from workflows.clock.commands import waive
from workflows.clock.models import Deadline
from workflows.clock.proving import faults_of
from workflows.stateful import Stateful

pytestmark = pytest.mark.django_db
MONDAY = denver("2026-11-09 16:30")


def signed_in(person: Membership) -> Client:
    client = Client()
    client.force_login(person.user)
    return client


def asked_on(moment: datetime = MONDAY) -> ToolRequest:
    with time_machine.travel(moment, tick=False):
        return make.in_triage()


def dates(subject: Stateful) -> dict[str, Any]:
    told = as_json(subject)["dates"]
    assert [fault for one in told for fault in faults_of(one)] == []
    return {one["name"]: one for one in told}


def fresh(subject: Stateful) -> Stateful:
    found = case_with_code(subject.case.code)
    assert found is not None
    return found


def by_law(
    subject: ToolRequest, rule_id: str, layer: str, on_hold: bool = False, **when: datetime
) -> Deadline:
    """As the room that keeps the law's dates writes it."""
    for event, at in when.items():
        row = {"case_id": subject.pk, "event": event, "at": at, "recorded_at": MONDAY}
        Anchor.objects.create(
            **row, source="the vendor's letter", recorded_by=actor_of(people.ada()).ref
        )
    packs = shipped_packs()
    rule = rule_named(packs, rule_id, date(2026, 11, 1))
    assert rule is not None
    pack: Pack = next(one for one in packs if one.slug == rule.pack)
    found = due_by_law(rule, when, zone=rule.zone or "America/Denver", state="CO")
    assert found is not None
    anchored = Anchor.objects.get(case_id=subject.pk, event=found.anchor).pk
    told = {**found.explanation, "digest": pack.digest, "anchored": anchored, "status": rule.status}
    if on_hold:
        told["pauses"] = [
            {"from": MONDAY.isoformat(), "until": None, "why": "law enforcement asks"}
        ]
    return Deadline.objects.create(
        case_id=subject.pk, kind=rule.id, layer=layer, due_at=found.at, armed_at=MONDAY,
        basis=f"{rule.title}, {rule.citation}", explanation=told,
        paused_at=MONDAY if on_hold else None,
    )  # fmt: skip


def test_a_service_level_is_told_from_its_move_to_its_last_day() -> None:
    found = dates(asked_on())["privacy_review"]
    assert (found["unit"], found["amount"], found["method"]) == (
        "business_days",
        20,
        "business_days",
    )
    assert found["due_at"] == "2026-12-10T06:59:59+00:00"
    assert found["due"] == "2026-12-09T23:59:59-07:00"
    assert found["anchor"]["what"] == "Ben Ortiz sent the request"
    assert found["anchor"]["at"] == "2026-11-09T16:30:00-07:00"
    assert found["anchor"]["entry"] == 2
    assert [run["why"] for run in found["skipped"]].count("weekend") == 4
    assert found["arithmetic"].startswith("From Tue, Nov 10, 2026 to Wed, Dec 9, 2026 there are")
    assert len([rung for rung in found["ladder"] if not rung["fired"]]) == 5
    assert found["rule"] is None
    assert found["caution"] is None


def test_a_pause_tells_who_stopped_the_clock_and_what_it_gave_back() -> None:
    request = asked_on()
    with time_machine.travel(denver("2026-11-12 10:00"), tick=False):
        asked = commands.ask_question(request, text="Which grades?", by=actor_of(people.sol()))
        still = dates(fresh(request))["privacy_review"]
    assert (still["standing"], still["left"]) == ("stands still", 18)
    assert still["stops"][0]["why"] == "Sol Reyes asked a question"
    assert still["promise"]["due_at"] == still["due_at"] == "2026-12-10T06:59:59+00:00"

    with time_machine.travel(denver("2026-11-18 09:00"), tick=False):
        commands.answer_question(asked, answer="Grade 4", by=actor_of(people.ben()))
    again = dates(fresh(request))["privacy_review"]
    assert again["stops"][0]["days_not_counted"] == 6
    assert again["standing"] == "open"
    assert again["promise"] is None
    assert "6 (on which the clock stood still)" in again["arithmetic"]


def test_a_changed_calendar_keeps_the_earlier_date() -> None:
    request = asked_on()
    with time_machine.travel(denver("2026-11-10 08:00"), tick=False):
        tenant = request.case.tenant
        by = actor_of(people.max())
        calendars.add_closure(tenant, day=date(2026, 12, 1), name="Snow day", by=by)
    found = dates(fresh(request))["privacy_review"]
    assert found["due"].startswith("2026-12-10")
    assert [(one["from"], one["to"], one["why"], one["by"]) for one in found["history"]] == [
        ("2026-12-09", "2026-12-10", "the calendar changed", "Max Webb")
    ]


@pytest.mark.parametrize("suffix", ["/", ".json"])
def test_the_page_is_for_whoever_may_read_the_case(suffix: str) -> None:
    request = asked_on()
    address = f"/dates/{request.code}{suffix}"
    assert Client().get(address).status_code == 302
    assert signed_in(people.ben()).get(address).status_code == 200
    assert signed_in(people.cora()).get(address).status_code == 200
    assert signed_in(people.eve()).get(address).status_code == 404
    nia = people.person("Nia Fox", school=people.school("birch"))
    assert signed_in(nia).get(address).status_code == 404
    assert signed_in(people.ben()).get(f"/dates/bcdfghjkmnpq{suffix}").status_code == 404


def test_an_agreement_s_dates_are_for_its_readers_and_name_its_term() -> None:
    agreement = plainly.executed(agreements.with_vendor())
    address = f"/dates/{agreement.code}/"
    assert signed_in(people.cora()).get(address).status_code == 200
    assert signed_in(people.ben()).get(address).status_code == 404
    ends = dates(fresh(agreement))["agreement_ends"]
    assert (ends["set"]["months"], ends["set"]["whole"]) == (agreement.term_months, True)
    assert f"for a term of {agreement.term_months} months" in ends["arithmetic"]


def test_the_page_shows_the_days_and_folds_what_is_over() -> None:
    request = asked_on()
    with time_machine.travel(denver("2026-11-12 10:00"), tick=False):
        commands.ask_question(request, text="Which grades?", by=actor_of(people.sol()))
    page = signed_in(people.ada()).get(f"/dates/{request.code}/").text
    assert '<article class="why" id="privacy_review"' in page
    assert '<article class="why" id="answer"' in page
    assert "Veterans Day" in page
    assert "counted, number 10" in page
    assert 'style="' not in page


def test_a_card_s_why_leads_to_the_reckoning() -> None:
    request = asked_on()
    link = f'href="/dates/{request.code}/#privacy_review"'
    with time_machine.travel(denver("2026-12-05 10:00"), tick=False):
        ada = signed_in(people.ada())
        for address in (f"/requests/{request.code}/", "/", "/due/"):
            assert link in ada.get(address).text, address


def test_however_many_dates_there_are_the_page_asks_as_often() -> None:
    request = asked_on()
    subject = fresh(request)
    with CaptureQueriesContext(
        connection,
    ) as few:
        explanations_of(subject)
    for number in range(20):
        Deadline.objects.create(
            case_id=request.pk, kind=f"old_{number}", due_at=MONDAY, armed_at=MONDAY,
            basis="Old", met_at=MONDAY, waived_by="",
        )  # fmt: skip
    with CaptureQueriesContext(connection) as many:
        assert len(explanations_of(subject)) >= 22
    assert len(many) == len(few) <= 5


def test_a_date_by_law_names_rule_pack_event_and_source() -> None:
    request = asked_on()
    learned = datetime(2026, 11, 6, 18, tzinfo=UTC)
    by_law(request, "ny.121_10_a", "vendor", vendor_discovered=learned)
    found = dates(fresh(request))["ny.121_10_a"]
    assert found["layer"] == "vendor"
    assert found["rule"]["citation"].startswith("8 NYCRR 121.10(a)")
    assert found["rule"]["address"].startswith("http")
    assert (found["rule"]["pack"], len(found["rule"]["digest"])) == ("ny-2d", 12)
    assert found["anchor"]["what"] == "the vendor discovered it"
    assert found["anchor"]["source"] == "the vendor's letter"
    assert found["anchor"]["by"] == "Ada Park"
    assert found["method"] == "calendar_days"
    page = signed_in(people.ada()).get(f"/dates/{request.code}/").text
    assert "the vendor&#x27;s letter" in page
    for suffix in ("/", ".json"):
        asker = signed_in(people.ben()).get(f"/dates/{request.code}{suffix}").text
        assert "letter" not in asker
        assert "kept by the privacy team" in asker
    drafted = not found["rule"]["verified"]
    assert ("not yet verified against the statute" in page) is drafted


def test_a_date_under_a_hold_says_so_and_is_counted_all_the_same() -> None:
    request = asked_on()
    learned = datetime(2026, 11, 6, 18, tzinfo=UTC)
    by_law(request, "ny.121_10_a", "vendor", on_hold=True, vendor_discovered=learned)
    found = dates(fresh(request))["ny.121_10_a"]
    assert found["standing"] == "stands still"
    assert found["held"]["why"] == "law enforcement asks"
    assert found["pauses"] == []


def test_of_several_events_the_first_counts_and_the_others_are_told() -> None:
    request = asked_on()
    learned, told = datetime(2026, 11, 5, 18, tzinfo=UTC), datetime(2026, 11, 6, 18, tzinfo=UTC)
    by_law(
        request, "ny.121_10_e", "district", district_discovered=told, vendor_notice_received=learned
    )
    found = dates(fresh(request))["ny.121_10_e"]
    assert found["anchor"]["what"] == "the district received the vendor's notice"
    assert [one["what"] for one in found["other_events"]] == ["the district discovered it"]


def test_a_date_that_was_let_go_says_how_it_ended() -> None:
    request = asked_on()
    learned = datetime(2026, 11, 6, 18, tzinfo=UTC)
    by_law(request, "ny.121_10_a", "vendor", vendor_discovered=learned)
    by = actor_of(people.ada())
    waive(request, kind="ny.121_10_a", by=by, reason="Nothing of New York was in it.")
    found = dates(fresh(request))["ny.121_10_a"]
    assert (found["standing"], found["closed_by"]) == ("waived", "Ada Park")
    assert found["ended"].startswith("Ada Park waived a deadline: ")
    assert "Nothing of New York" not in json.dumps(found)


def test_rows_of_any_age_are_explained() -> None:
    request = asked_on()
    row = {"case_id": request.pk, "basis": "Old", "armed_at": MONDAY}
    due_at = MONDAY + timedelta(days=3)
    Deadline.objects.create(**row, kind="nothing", due_at=due_at, explanation={})
    said = {"sentence": "set for Thu, Nov 12, 2026"}
    Deadline.objects.create(**row, kind="sentence", due_at=due_at, explanation=said)
    found = dates(fresh(request))
    assert found["nothing"]["arithmetic"] == "Set for Thu, Nov 12, 2026: at 16:30 (America/Denver)."
    assert found["sentence"]["method"] == "set"


def test_a_second_date_of_a_kind_has_a_name_of_its_own() -> None:
    request = asked_on()
    for days in (1, 2):
        Deadline.objects.create(
            case_id=request.pk, kind="privacy_review", due_at=MONDAY - timedelta(days=days),
            armed_at=MONDAY - timedelta(days=9), met_at=MONDAY - timedelta(days=days), basis="Old",
        )  # fmt: skip
    assert [name for name in dates(fresh(request)) if name.startswith("privacy")] == [
        "privacy_review",
        "privacy_review-2",
        "privacy_review-3",
    ]


def explain(*args: str) -> str:
    out = io.StringIO()
    call_command("explain", *args, stdout=out)
    return out.getvalue()


def test_the_command_tells_the_same_in_words_and_as_json() -> None:
    request = asked_on()
    assert json.loads(explain(request.code.upper(), "--json")) == as_json(fresh(request))
    text = explain(request.code)
    assert "Privacy review (privacy_review)" in text
    assert "Nov 9    9 start  10 (1)" in text
    with pytest.raises(CommandError, match="No case has the code “nono”"):
        explain("nono")
