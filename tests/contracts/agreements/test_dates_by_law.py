"""An agreement's signatures and its end are what the law counts from."""

from datetime import timedelta

import pytest
from django.utils import timezone

from contracts.agreements import commands
from contracts.agreements.models import Agreement
from contracts.signing.commands import sign_document
from tests.factories import agreements, people
from vetting.people.queries import actor_of
from vetting.policy.commands.evaluating import evaluate_case
from vetting.policy.commands.telling import record_breach_facts
from vetting.policy.models import Anchor, Evaluated
from vetting.policy.queries import last_evaluated
from vetting.policy.rules.joining import strictest_union
from workflows.actors import system
from workflows.clock.models import Deadline
from workflows.ledger.models import Entry
from workflows.outbox.drain import drain

pytestmark = pytest.mark.django_db
BY = system("agreements")


def executed_in(state: str) -> Agreement:
    agreement = agreements.vendor_signs(agreements.out_for_signature())
    district = people.district()
    district.state = state
    district.save()
    gwen = actor_of(agreements.signer())
    sign_document(
        agreements.turn(agreement, "district"), by=gwen, act=agreements.act(agreement, gwen.name)
    )
    drain()
    return agreements.fresh(agreement)


def law_dates(agreement: Agreement) -> dict[str, Deadline]:
    return {row.kind: row for row in Deadline.objects.filter(case=agreement.case).exclude(layer="")}


def test_connecticut_counts_from_the_signatures() -> None:
    agreement = executed_in("CT")
    anchor = Anchor.objects.get()
    assert (anchor.event, anchor.at) == ("agreement_executed", agreement.executed_at)
    assert agreement.vendor_signer is not None
    assert agreement.vendor_signer.name in anchor.source
    row = law_dates(agreement)["ct.bb_post"]
    assert (row.layer, row.explanation["amount"]) == ("district", 5)
    assert row.explanation["unit"] == "business_days"
    assert row.explanation["anchored"] == anchor.pk
    assert Evaluated.objects.filter(case=agreement.case).count() == 1
    assert Entry.objects.filter(name="anchor_recorded").count() == 1
    kept = Entry.objects.get(name="anchor_recorded").facts
    assert "signatures" not in str(kept)


def test_the_reaction_may_run_twice() -> None:
    agreement = executed_in("IL")
    before = (Anchor.objects.count(), Entry.objects.count(), Deadline.objects.count())
    commands.note_executed(agreement, by=BY)
    assert before == (Anchor.objects.count(), Entry.objects.count(), Deadline.objects.count())
    assert list(law_dates(agreement)) == ["il.27_post"]


def test_an_early_end_starts_the_time_to_destroy() -> None:
    agreement = executed_in("MN")
    today = agreement.case.tenant.day_of(timezone.now())
    cora = actor_of(people.cora())
    commands.terminate(agreement, by=cora, grounds="cause", ended_on=today, note="A breach.")
    drain()
    row = law_dates(agreement)["mn.delete"]
    assert row.layer == "vendor"
    assert agreement.case.tenant.day_of(row.due_at) == today + timedelta(days=90)


def test_a_breach_that_was_told_outlives_the_end() -> None:
    agreement = executed_in("CO")
    ada = actor_of(people.ada())
    record_breach_facts(agreement, facts={"breach": True, "by_vendor": True}, by=ada, note="Call")
    facts = commands.law_facts(agreement)
    assert (facts["breach"], facts["by_vendor"], facts["agreement"]) == (True, True, True)


def test_what_its_requests_say_is_taken_together() -> None:
    agreement = executed_in("CO")
    request = agreement.serves.get().request
    told = {"primarily_k12": True, "breach": False, "data": ["student_id"], "youngest_age": 9}
    evaluate_case(request, district=agreement.district, facts=told, by=BY, why="triage")
    assert commands.law_facts(agreement) == {
        "primarily_k12": True, "data": ["student_id"], "youngest_age": 9,
        "agreement": True, "breach": False,
    }  # fmt: skip
    last = last_evaluated(agreement.pk)
    assert last is not None
    assert last.facts["agreement"] is True


def test_where_two_tools_differ_the_fact_is_open() -> None:
    one = {"uses_ai": True, "student_data": True, "youngest_age": 12, "data": ["medical"]}
    other = {"uses_ai": False, "student_data": True, "youngest_age": 6, "data": ["student_id"]}
    assert strictest_union([one, other, {"breach": True}]) == {
        "student_data": True, "youngest_age": 6, "data": ["medical", "student_id"],
    }  # fmt: skip
