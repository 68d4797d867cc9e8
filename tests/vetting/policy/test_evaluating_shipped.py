"""The shipped packs, evaluated: what a Colorado, New York or Illinois district is told."""

import json
from datetime import date
from typing import Any

import pytest

from vetting.policy.queries import shipped_packs
from vetting.policy.rules.evaluating import evaluate, evaluated_again
from vetting.policy.rules.evaluation import Evaluation
from vetting.policy.rules.packs import Pack

TODAY = date(2026, 11, 22)
SCHOOL_SERVICE = {
    "student_data": True,
    "staff_data": False,
    "terms": "click_wrap",
    "primarily_k12": True,
    "staff_directed": True,
    "recognizes_faces": False,
    "refuses_duties": False,
    "plan_requires_it": False,
    "breach": False,
}
STOLEN = {
    "breach": True,
    "by_vendor": False,
    "agreement": False,
    "data": ["student_id"],
    "encryption": "none",
    "harm_unlikely": False,
    "on_hold": False,
}


def law() -> tuple[Pack, ...]:
    """Without the packs of single districts."""
    return tuple(pack for pack in shipped_packs() if pack.layer != "local")


def found(on: date = TODAY, **facts: Any) -> Evaluation:
    return evaluate(facts, law(), on=on)


def applies(evaluation: Evaluation) -> set[str]:
    return {demand.rule.id for demand in evaluation.demands}


def why(evaluation: Evaluation, rule: str) -> str:
    return next(left.why for left in evaluation.left_out if left.rule.id == rule)


@pytest.mark.parametrize(
    ("state", "relationship"),
    [
        ("NY", "contract"),
        ("IL", "contract"),
        ("CT", "contract"),
        ("CO", "on_demand"),
        ("WA", "click_wrap"),
        ("WY", "click_wrap"),
    ],
)
def test_one_school_service_on_fixed_terms_in_six_states(state: str, relationship: str) -> None:
    result = found(agency_state=state, **SCHOOL_SERVICE)
    assert result.classification.name == relationship
    first = state in {"NY", "IL", "CT"}
    assert [one.path for one in result.classification.refused] == (["consent"] if first else [])


def test_a_click_in_new_york_brings_the_bill_of_rights_with_it() -> None:
    result = found(agency_state="NY", agreement=True, **SCHOOL_SERVICE)
    assert "ny.121_1_d" in {reason.rule for reason in result.classification.reasons}
    assert "bill_of_rights" in {one.terms["what"] for one in result.of("attachment")}


def test_exactly_500_residents_tell_the_attorney_general_in_colorado_only() -> None:
    states = dict.fromkeys(["CO", "WA", "CA", "IL"], 500)
    result = found(agency_state="CO", residents_by_state=states, **STOLEN)
    assert "co.24_73.ag" in applies(result)
    assert {"wa.590.ag", "ca.1798_29.ag"} & applies(result) == set()
    more = found(agency_state="CO", residents_by_state=dict.fromkeys(states, 501), **STOLEN)
    assert {"co.24_73.ag", "wa.590.ag", "ca.1798_29.ag"} <= applies(more)


def test_520_students_of_whom_490_live_in_colorado_stay_below_its_500() -> None:
    residents = {"CO": 490, "WY": 30}
    facts = STOLEN | {"students_affected": 520, "residents_by_state": residents}
    result = found(agency_state="CO", **facts)
    assert "co.24_73" in applies(result)
    assert why(result, "co.24_73.ag") == "facts"


def test_an_encrypted_laptop_with_its_key_safe_is_no_duty_in_colorado() -> None:
    facts = STOLEN | {"encryption": "key_safe", "residents_by_state": {"CO": 40}}
    result = found(agency_state="CO", **facts)
    assert "co.24_73" not in applies(result)
    left = next(one for one in result.left_out if one.rule.id == "co.24_73")
    assert (left.why, bool(left.note)) == ("exempt", True)


def test_new_york_has_no_such_safe_harbor() -> None:
    facts = STOLEN | {"encryption": "key_safe", "accessible": True, "residents_by_state": {"NY": 4}}
    assert {"ny.121_10_d", "ny.121_10_e"} <= applies(found(agency_state="NY", **facts))


def test_2d_follows_the_agency_and_never_a_home_address() -> None:
    jersey = found(agency_state="NJ", accessible=True, residents_by_state={"NY": 490}, **STOLEN)
    assert not [one for one in applies(jersey) if one.startswith(("ny.121", "ny.2d"))]
    york = found(agency_state="NY", accessible=True, residents_by_state={"NJ": 30}, **STOLEN)
    assert "ny.121_10_e" in applies(york)


def test_the_report_of_california_ends_with_2026() -> None:
    facts = STOLEN | {"students_affected": 501, "staff_affected": 0}
    before = found(date(2026, 12, 31), agency_state="CA", **facts)
    after = found(date(2027, 1, 2), agency_state="CA", **facts)
    assert "ca.35266" in applies(before)
    assert why(after, "ca.35266") == "ended"


def test_an_unknown_state_is_left_with_federal_contract_and_generic_rules() -> None:
    result = found(breach=True, by_vendor=True, agreement=True)
    layers = {pack.slug: pack.layer for pack in law()}
    # A contract's rule can be of one state's form, which the state's pack then holds.
    assert {layers[one.rule.pack] for one in result.demands if one.rule.nexus != "contract"} == {
        "federal",
        "generic",
    }
    assert {"generic.vendor", "generic.families", "ndpa.v1.breach"} <= applies(result)


def test_a_contract_of_one_state_counts_in_that_state() -> None:
    signed = {"student_data": True, "agreement": True}
    assert "ca.ndpa_ai_addendum" in applies(found(agency_state="CA", **signed))
    assert "ca.ndpa_ai_addendum" not in applies(found(agency_state="CO", **signed))


def test_what_was_stored_is_found_again_from_its_facts_and_packs() -> None:
    first = found(agency_state="CO", residents_by_state={"CO": 500}, **STOLEN).as_json()
    stored = json.loads(json.dumps(first))
    assert evaluated_again(stored, shipped_packs()).as_json() == stored
