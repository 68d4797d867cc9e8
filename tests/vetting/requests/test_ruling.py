"""Triage by the packs: what is stored, asked and shown, and what a request of before them shows."""

import json
import re
from datetime import date
from pathlib import Path

import pytest
from django.db import connection
from django.template.loader import render_to_string
from django.test import Client
from django.urls import reverse

from tests.factories import people
from tests.factories import requests as make
from tests.factories.visits import signed_in
from vetting.people.models import District
from vetting.people.queries import actor_of
from vetting.policy.models import Evaluated, RuleOverride
from vetting.policy.queries import last_evaluated, packs_at
from vetting.policy.reading import read_packs
from vetting.policy.rules.evaluating import evaluate, evaluated_again
from vetting.requests import commands, queries
from vetting.requests.models import ToolRequest
from vetting.requests.views import ruling
from workflows.engine import Refused
from workflows.ledger.models import Entry
from workflows.triggers import drop_triggers, install_triggers

pytestmark = pytest.mark.django_db

SERVICE = {"student_data": True, "primarily_k12": True, "staff_directed": True}
ANSWERED = {"student_data": "yes", "primarily_k12": "yes", "staff_directed": "yes"}


def in_state(code: str) -> District:
    home = people.district()
    home.state = code
    home.save()
    return home


def forget_evaluations() -> None:
    """As a district has it that began before the packs."""
    drop_triggers(connection)
    Evaluated.objects.all().delete()
    install_triggers(connection)


def page_of(name: str, case: ToolRequest, client: Client | None = None) -> str:
    client = client or signed_in(people.sol())
    answer = client.get(reverse(f"requests:{name}", args=[case.code]))
    assert answer.status_code == 200
    return answer.text


def test_sending_keeps_the_facts_the_packs_and_what_they_said() -> None:
    case = make.in_triage()
    row = Evaluated.objects.get(case=case.pk)
    assert (row.why, row.by, row.found["class"]) == ("submitted", people.ben().ref, "contract")
    assert row.facts["student_data"] is True
    assert row.facts["youngest_age"] == 8
    assert row.facts["breach"] is False
    assert row.facts["agency_state"] == "CO"
    assert {len(digest) for digest in row.packs.values()} == {64}


def test_what_is_shown_is_made_again_from_what_was_stored() -> None:
    case = make.in_triage()
    row = last_evaluated(case.pk)
    assert row is not None
    shown = queries.ruled(case)
    assert shown.row == row
    assert shown.evaluation.outcome() == row.found
    stored = {"facts": row.facts, "packs": row.packs, "overrides": [], "on": row.on.isoformat()}
    again = evaluated_again(stored, packs_at(row.packs.values()))
    assert again.as_json() == shown.evaluation.as_json()


def test_a_row_of_an_earlier_release_says_so_where_it_comes_out_otherwise() -> None:
    case = make.in_triage()
    row = Evaluated.objects.get(case=case.pk)
    kept = {f.attname: getattr(row, f.attname) for f in Evaluated._meta.fields if f.name != "id"}
    words = "as reckoned by an earlier release"
    Evaluated.objects.create(**kept | {"found": row.found | {"revision": 0}})
    assert words not in page_of("rules", case)
    Evaluated.objects.create(**kept | {"found": row.found | {"revision": 0, "class": "exempt"}})
    assert words in page_of("rules", case)


def test_setting_the_class_keeps_all_facts_by_the_packs_names() -> None:
    case = make.in_triage()
    done = commands.classify(
        case, facts={**SERVICE, "terms": "negotiated", "uses_ai": None}, by=actor_of(people.sol())
    )
    assert done.relationship == "contract"
    assert done.class_facts == {
        **SERVICE,
        "terms": "negotiated",
        "staff_data": False,
        "data": ["education_records"],
        "youngest_age": 8,
        "breach": False,
        "agreement": False,
        "complaint": False,
    }
    assert [row.why for row in Evaluated.objects.filter(case=case.pk).order_by("pk")] == [
        "submitted",
        "classified",
    ]


@pytest.mark.parametrize(
    ("state", "terms", "name"),
    [
        ("CO", "negotiated", "contract"),
        ("CO", "click_wrap", "on_demand"),
        # In these three an agreement comes before any data, whatever the terms.
        ("CT", "click_wrap", "contract"),
        ("IL", "click_wrap", "contract"),
        ("NY", "click_wrap", "contract"),
        # No law of Washington or Wyoming has on-demand tools.
        ("WA", "click_wrap", "click_wrap"),
        ("WY", "click_wrap", "click_wrap"),
        ("WA", "negotiated", "contract"),
    ],
)
def test_the_class_is_that_of_the_state_s_law(state: str, terms: str, name: str) -> None:
    in_state(state)
    case = make.in_triage()
    facts = {**SERVICE, "terms": terms}
    assert commands.classify(case, facts=facts, by=actor_of(people.sol())).relationship == name


def test_a_vendor_that_refuses_is_forbidden_only_for_a_school_service() -> None:
    sol, case = actor_of(people.sol()), make.in_triage()
    service = {**SERVICE, "terms": "negotiated", "refuses_duties": True}
    assert commands.classify(case, facts=service, by=sol).relationship == "prohibited"
    general = {**service, "primarily_k12": False}
    assert commands.classify(case, facts=general, by=sol).relationship == "contract"
    # Nothing is forbidden on a guess: whether it is a school service is asked first.
    unknown = {"student_data": True, "refuses_duties": True}
    assert commands.classify(case, facts=unknown, by=sol).relationship == "contract"


def test_another_class_than_the_packs_needs_a_note_and_nothing_is_written_without() -> None:
    sol, case = actor_of(people.sol()), make.in_triage()
    before = (Evaluated.objects.count(), Entry.objects.count())
    facts = {**SERVICE, "terms": "click_wrap"}
    with pytest.raises(Refused, match="Write why you choose another class than the rule"):
        commands.classify(case, facts=facts, relationship="contract", by=sol)
    assert (Evaluated.objects.count(), Entry.objects.count()) == before
    done = commands.classify(case, facts=facts, relationship="contract", note="It agreed.", by=sol)
    assert (done.relationship, done.class_reasons, done.class_note) == (
        "contract",
        [],
        "It agreed.",
    )
    page = page_of("triage", done)
    assert "Chosen against the rule, which says “On demand: parent permission”: It agreed." in page


@pytest.mark.parametrize(
    "facts", [{"negotiated": True}, {"terms": "maybe"}, {"student_data": "yes"}, {"uses_ai": 1}]
)
def test_a_fact_that_no_rule_could_read_is_refused_and_nothing_is_written(
    facts: dict[str, object],
) -> None:
    case = make.in_triage()
    before = (Evaluated.objects.count(), Entry.objects.count())
    with pytest.raises(Refused):
        commands.classify(case, facts=facts, by=actor_of(people.sol()))
    assert (Evaluated.objects.count(), Entry.objects.count()) == before


def test_triage_asks_what_matters_and_what_was_answered_stays() -> None:
    case = make.in_triage()
    page = page_of("triage", case)
    assert "Does the vendor refuse duties that the law demands of it?" in page
    assert "Does it recognize faces?" not in page
    # What the request says itself, and what nobody answers for one tool, is no question here.
    assert 'name="youngest_age"' not in page
    assert 'name="federal_funds"' not in page
    sol = signed_in(people.sol())
    address = reverse("requests:triage", args=[case.code])
    answers = ("click_wrap", False, "audit")
    answered = {**ANSWERED, "terms": "click_wrap", "refuses_duties": "no", "basis": "audit"}
    answer = sol.post(address, answered, follow=True)
    assert "The class is set: On demand." in answer.text
    known = ToolRequest.objects.get(pk=case.pk).class_facts
    assert (known["terms"], known["refuses_duties"], known["basis"]) == answers
    after = page_of("triage", case)
    assert re.search(r'name="refuses_duties" value="no"[^>]* checked', after)


def test_in_new_york_faces_are_asked_about_and_forbid_it() -> None:
    in_state("NY")
    case, sol = make.in_triage(), signed_in(people.sol())
    page = page_of("triage", case)
    assert "Does it recognize faces?" in page
    assert "What would make it stricter" in page
    assert "Consent of families instead of an agreement" in page
    address = reverse("requests:triage", args=[case.code])
    answer = sol.post(address, {**ANSWERED, "recognizes_faces": "yes"}, follow=True)
    assert "The class is set: Prohibited." in answer.text
    assert ToolRequest.objects.get(pk=case.pk).relationship == "prohibited"


def test_an_answer_that_is_no_answer_is_shown_and_nothing_is_written() -> None:
    case, sol = make.in_triage(), signed_in(people.sol())
    before = Evaluated.objects.count()
    address = reverse("requests:triage", args=[case.code])
    answer = sol.post(address, {"student_data": "perhaps", "terms": "often"})
    assert answer.status_code == 422
    assert Evaluated.objects.count() == before


def test_triage_shows_what_the_rules_demand_with_citations_and_marks() -> None:
    page = page_of("triage", make.in_triage())
    assert "What an agreement must say (" in page
    assert "C.R.S. 22-16-107" in page
    assert "<em>not yet verified against the statute</em>" in page
    assert f"By {len(last_evaluated(ToolRequest.objects.get().pk).packs)} packs as of" in page


def test_the_page_of_the_rules_says_why_each_applies_or_was_left_out() -> None:
    case = make.in_triage()
    page = page_of("rules", case)
    assert "It is the law of another state than the district&#x27;s." in page
    assert "Does the vendor receive data about students?" in page
    assert f"Evaluation {last_evaluated(case.pk).pk}, stored" in page
    assert reverse("requests:rules_json", args=[case.code]) in page
    assert reverse("policy:rule", args=["co.108.statement"]) in page
    assert reverse("requests:rules", args=[case.code]) in page_of("detail", case)


def test_the_same_as_json_with_its_facts_and_packs() -> None:
    case = make.in_triage()
    told = json.loads(page_of("rules_json", case))
    row = last_evaluated(case.pk)
    assert row is not None
    assert told["stored"]["number"] == row.pk
    assert told["stored"]["found"] == row.found
    assert (told["facts"], told["packs"]) == (row.facts, row.packs)
    assert told["classification"]["class"] == "contract"


def test_eve_of_another_district_finds_no_rules_of_this_one() -> None:
    case, eve = make.in_triage(), signed_in(people.eve())
    for name in ("rules", "rules_json"):
        assert eve.get(reverse(f"requests:{name}", args=[case.code])).status_code == 404


def test_a_request_of_before_the_packs_has_nothing_stored_and_every_page_opens() -> None:
    case = make.in_triage()
    forget_evaluations()
    for name in ("triage", "detail", "rules"):
        page_of(name, case)
    assert "Nothing was stored for this request: this is what the packs say today." in (
        page_of("rules", case)
    )
    assert json.loads(page_of("rules_json", case))["stored"] is None
    assert not Evaluated.objects.exists()


def test_a_district_s_override_is_read_at_triage() -> None:
    home = people.district()
    case = make.in_triage()
    RuleOverride.objects.create(
        district=home,
        rule="co.class.on_demand",
        field="set",
        value="contract",
        reason="The board wants agreements.",
        approver=people.ada().ref,
        made_at=case.case.opened_at,
    )
    changed = "The packs have changed since."
    assert changed in page_of("triage", case)
    facts = {**SERVICE, "terms": "click_wrap"}
    done = commands.classify(case, facts=facts, by=actor_of(people.sol()))
    assert done.relationship == "contract"
    assert changed not in page_of("triage", case)
    row = last_evaluated(case.pk)
    assert row is not None
    assert row.overrides[0]["rule"] == "co.class.on_demand"


def test_an_approval_names_the_evaluation_it_rests_on() -> None:
    case = make.deciding()
    done = commands.decide_approve(case, approval=make.approval(), by=actor_of(people.ada()))
    row = last_evaluated(case.pk)
    assert row is not None
    entry = Entry.objects.get(case_id=done.pk, name="approve")
    assert entry.facts["evaluation"] == row.pk


def test_a_tool_that_a_plan_requires_is_exempt_in_connecticut_and_nobody_attests_to_it() -> None:
    in_state("CT")
    case, facts = make.in_triage(), {**SERVICE, "terms": "none", "plan_requires_it": True}
    done = commands.classify(case, facts=facts, by=actor_of(people.sol()))
    assert done.relationship == "exempt"
    page = page_of("triage", done, signed_in(people.ada()))
    assert "That path is not part of this release." in page
    assert "I confirm: no data about students reaches the vendor" not in page
    assert "confirm that it takes no data" not in page


CONFLICT = """\
pack: {slug}
title: An invented law
layer: state
state: CO
zone: America/Denver
version: "1"
status: draft
last_verified: 2026-11-21
sources:
  S1: {{citation: The law, address: "https://law.example", read: whole}}
rules:
  - id: {rule}.keep
    kind: retention
    title: {title}
    citation: {cited}
    source: S1
    nexus: agency_state
    confidence: high
    status: draft
    record: agreement
    {most}
tests: []
"""


def test_two_rules_that_cannot_both_be_kept_are_shown_and_none_is_chosen(tmp_path: Path) -> None:
    for slug, cited, most in (
        ("zz-long", "Section 5", "at_least: {amount: 5, unit: years}"),
        ("zz-short", "Section 9", "at_most: {amount: 1, unit: years}"),
    ):
        text = CONFLICT.format(
            slug=slug, rule=slug.replace("-", ""), title=f"Kept {slug}", cited=cited, most=most
        )
        (tmp_path / f"{slug}.yaml").write_text(text)
    packs = read_packs(tmp_path.glob("*.yaml")).packs
    case = make.in_triage()
    found = evaluate({"agency_state": "CO"}, packs, on=date(2026, 11, 22))
    told = ruling.told(case, queries.Ruled(found, packs, None), every=True)
    ((least, most_of),) = told["conflicts"]
    assert (least.citation, most_of.citation) == ("Section 5", "Section 9")
    assert told["together"] == []
    page = render_to_string("vetting/requests/_demands.html", {"case": case, **told})
    assert "Two rules that cannot both be kept" in page
    assert "Kept at least: 5 years" in page
    assert "Kept at most: 1 year" in page


def test_data_corrected_after_triage_is_evaluated_and_the_class_stays_as_it_was_set() -> None:
    case, sol = make.in_triage(), actor_of(people.sol())
    commands.classify(case, facts={**SERVICE, "terms": "click_wrap"}, by=sol)
    password = {make.element("password").pk: "To sign in"}
    done = commands.correct_data(
        case, data=commands.AskedData(takes_student_data=True, elements=password), by=sol
    )
    assert done.relationship == "on_demand"
    assert done.class_facts["data"] == ["credentials", "education_records"]
    row = last_evaluated(case.pk)
    assert row is not None
    assert (row.why, row.facts["data"]) == ("corrected", ["credentials", "education_records"])
    # The same again is no correction, and nothing is written.
    before = (Evaluated.objects.count(), Entry.objects.count())
    commands.correct_data(
        case, data=commands.AskedData(takes_student_data=True, elements=password), by=sol
    )
    assert (Evaluated.objects.count(), Entry.objects.count()) == before


def test_a_correction_that_is_refused_writes_no_evaluation() -> None:
    case, sol = make.in_triage(), actor_of(people.sol())
    before = Evaluated.objects.count()
    with pytest.raises(Refused):
        commands.correct_data(case, data=commands.AskedData(True, {}), by=sol)
    assert Evaluated.objects.count() == before
