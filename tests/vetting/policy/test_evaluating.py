"""Which rules apply to a tool or a breach: thresholds, exemptions, nexus, days, missing facts."""

from datetime import date, timedelta
from typing import Any

import pytest

from tests.factories.policy import pack, rule
from vetting.policy.rules.evaluating import evaluate
from vetting.policy.rules.evaluation import Evaluation
from vetting.policy.rules.packs import Pack, Rule

TODAY = date(2026, 11, 22)
BREACH = {"fact": "breach", "is": True}


def breach_law(name: str, state: str, threshold: dict[str, Any], **said: Any) -> Rule:
    """The attorney general hears of a breach from so many residents of the state on."""
    return rule(
        name,
        "deadline",
        nexus="resident_state",
        state=state,
        when={"all": [BREACH, {"fact": "residents_affected", **threshold}]},
        duty_of="district",
        to="attorney_general",
        anchor="district_determined",
        limit={"amount": 30, "unit": "calendar_days"},
        **said,
    )


GENERALS = (
    pack("co", breach_law("co.24_73.ag", "CO", {"at_least": 500})),
    pack("wa", breach_law("wa.590.ag", "WA", {"more_than": 500})),
    pack("ca", breach_law("ca.1798_29.ag", "CA", {"more_than": 500})),
    pack("il", breach_law("il.530_10.ag", "IL", {"more_than": 500})),
)
NEW_YORK = pack(
    "ny",
    rule(
        "ny.121_10_a",
        "deadline",
        state="NY",
        when=BREACH,
        duty_of="vendor",
        to="district",
        anchor="vendor_discovered",
        limit={"amount": 7, "unit": "calendar_days"},
    ),
    state="NY",
)


def found(facts: dict[str, Any], *packs: Pack, on: date = TODAY) -> Evaluation:
    return evaluate(facts, packs, on=on)


def applies(evaluation: Evaluation) -> list[str]:
    return [demand.rule.id for demand in evaluation.demands]


def why(evaluation: Evaluation) -> dict[str, str]:
    return {left.rule.id: left.why for left in evaluation.left_out}


def test_exactly_500_residents_count_in_colorado_and_in_no_state_that_says_more_than_500() -> None:
    facts = {"breach": True, "residents_by_state": dict.fromkeys(["CO", "WA", "CA", "IL"], 500)}
    assert applies(found(facts, *GENERALS)) == ["co.24_73.ag"]


def test_501_residents_count_everywhere_and_499_nowhere() -> None:
    states = ["CO", "WA", "CA", "IL"]
    many = {"breach": True, "residents_by_state": dict.fromkeys(states, 501)}
    few = {"breach": True, "residents_by_state": dict.fromkeys(states, 499)}
    assert len(applies(found(many, *GENERALS))) == 4
    assert applies(found(few, *GENERALS)) == []


def test_of_520_students_only_the_490_who_live_there_are_counted() -> None:
    facts = {
        "agency_state": "CO",
        "breach": True,
        "students_affected": 520,
        "residents_by_state": {"CO": 490, "WY": 30},
    }
    assert applies(found(facts, *GENERALS)) == []
    assert why(found(facts, *GENERALS))["co.24_73.ag"] == "facts"


def test_where_nobody_affected_lives_no_breach_statute_reaches() -> None:
    facts = {"agency_state": "CO", "breach": True, "residents_by_state": {"WA": 600}}
    result = found(facts, *GENERALS)
    assert applies(result) == ["wa.590.ag"]
    assert why(result)["co.24_73.ag"] == "no_residents"


def test_2d_is_never_derived_from_where_a_student_lives() -> None:
    facts = {"agency_state": "NJ", "breach": True, "residents_by_state": {"NY": 490}}
    result = found(facts, NEW_YORK)
    assert applies(result) == []
    assert why(result) == {"ny.121_10_a": "elsewhere"}


def test_2d_is_never_dropped_because_the_students_live_elsewhere() -> None:
    facts = {"agency_state": "NY", "breach": True, "residents_by_state": {"NJ": 30}}
    assert applies(found(facts, NEW_YORK)) == ["ny.121_10_a"]


LAPTOP = breach_law(
    "co.24_73",
    "CO",
    {"at_least": 1},
    exempt_when={"fact": "encryption", "is": "key_safe"},
    exempt_note="The data was encrypted and the key is safe.",
)


def test_an_encrypted_laptop_with_its_key_safe_is_no_duty_and_the_reason_is_filed() -> None:
    facts = {"breach": True, "encryption": "key_safe", "residents_by_state": {"CO": 40}}
    result = found(facts, pack("co", LAPTOP))
    assert applies(result) == []
    (left,) = result.left_out
    assert (left.why, left.note) == ("exempt", "The data was encrypted and the key is safe.")
    assert result.as_json()["left_out"] == [
        {
            "rule": "co.24_73",
            "why": "exempt",
            "citation": "Law co.24_73",
            "note": "The data was encrypted and the key is safe.",
        }
    ]


@pytest.mark.parametrize(("encryption", "missing"), [("key_taken", []), (None, ["encryption"])])
def test_a_key_that_is_taken_or_unknown_exempts_from_nothing(
    encryption: str | None, missing: list[str]
) -> None:
    facts = {"breach": True, "encryption": encryption, "residents_by_state": {"CO": 40}}
    (demand,) = found(facts, pack("co", LAPTOP)).demands
    assert sorted(demand.missing) == missing


CAL_CSIC = breach_law(
    "ca.35266",
    "CA",
    {"more_than": 500},
    effective_to=date(2026, 12, 31),
)


def test_a_rule_is_the_law_up_to_its_last_day() -> None:
    facts = {"breach": True, "residents_by_state": {"CA": 501}}
    last = date(2026, 12, 31)
    assert applies(found(facts, pack("ca", CAL_CSIC), on=last)) == ["ca.35266"]
    after = found(facts, pack("ca", CAL_CSIC), on=last + timedelta(days=1))
    assert why(after) == {"ca.35266": "ended"}


def test_a_rule_is_the_law_from_its_first_day_and_never_before_its_pack() -> None:
    first = date(2027, 7, 1)
    coming = rule("ut.f", "clause", what="A way to end it.", effective_from=first)
    day_before = first - timedelta(days=1)
    assert why(found({}, pack("ut", coming), on=day_before)) == {"ut.f": "not_yet"}
    assert applies(found({}, pack("ut", coming), on=first)) == ["ut.f"]
    later = pack("ut", coming, effective_from=first + timedelta(days=9))
    assert why(found({}, later, on=first)) == {"ut.f": "not_yet"}


def test_the_contract_counts_where_an_agreement_exists() -> None:
    contract = pack("ndpa", rule("ndpa.v1.breach", "deadline", nexus="contract", when=BREACH))
    assert applies(found({"breach": True, "agreement": True}, contract)) == ["ndpa.v1.breach"]
    assert why(found({"breach": True, "agreement": False}, contract)) == {
        "ndpa.v1.breach": "no_agreement"
    }
    (demand,) = found({"breach": True}, contract).demands
    assert demand.missing == {"agreement"}


def test_federal_law_reaches_everybody() -> None:
    ferpa = pack("us-ferpa", rule("ferpa.access", "right", nexus="federal"), layer="federal")
    assert applies(found({}, ferpa)) == ["ferpa.access"]


def test_an_unknown_state_leaves_federal_law_and_the_generic_pack() -> None:
    generic = pack("generic", rule("generic.breach", "deadline", when=BREACH), layer="generic")
    ferpa = pack("us-ferpa", rule("ferpa.access", "right", nexus="federal"), layer="federal")
    result = found({"breach": True}, NEW_YORK, generic, ferpa)
    assert applies(result) == ["ferpa.access", "generic.breach"]
    assert why(result) == {"ny.121_10_a": "state_unknown"}
    (asked,) = result.missing
    assert (asked.fact, asked.decides) == ("agency_state", ("ny.121_10_a",))
    # A state without a pack of its own is left with the same.
    assert applies(found({"agency_state": "WY", "breach": True}, NEW_YORK, generic, ferpa)) == [
        "ferpa.access",
        "generic.breach",
    ]


def test_a_missing_fact_is_named_with_what_it_would_decide() -> None:
    packs = [pack("co", breach_law("co.24_73.ag", "CO", {"at_least": 500})), NEW_YORK]
    result = found({"agency_state": "CO", "breach": True}, *packs)
    assert applies(result) == ["co.24_73.ag"]
    assert result.as_json()["missing"] == [
        {
            "fact": "residents_affected",
            "question": "How many residents of the state are affected?",
            "about": "breach",
            "decides": ["co.24_73.ag"],
        }
    ]


def test_it_asks_where_those_affected_live_before_a_law_of_another_state_is_ruled_out() -> None:
    result = found({"agency_state": "NY", "breach": True}, *GENERALS[:1])
    assert why(result) == {"co.24_73.ag": "residents_unknown"}
    assert [one.fact for one in result.missing] == ["residents_by_state"]
    # Without a breach it makes no difference where anybody lives.
    assert found({"agency_state": "NY", "breach": False}, *GENERALS[:1]).missing == ()


def test_three_layers_of_clock_stay_beside_each_other() -> None:
    def clock(name: str, **said: Any) -> Rule:
        return rule(name, "deadline", when=BREACH, **said)

    packs = (
        pack(
            "ny", clock("ny.121_10_a", duty_of="vendor"), clock("ny.121_10_b", duty_of="district")
        ),
        pack("ndpa", clock("ndpa.v1.breach", nexus="contract", duty_of="vendor")),
    )
    result = found({"breach": True, "agreement": True}, *packs)
    assert {one.rule.id: one.basis for one in result.of("deadline")} == {
        "ndpa.v1.breach": "contract",
        "ny.121_10_a": "statute on vendor",
        "ny.121_10_b": "statute on district",
    }


def test_a_draft_carries_its_mark() -> None:
    draft = rule("ct.bb", "clause", status="draft", what="The board owns the data.")
    told = found({}, pack("ct", draft)).as_json()
    assert told["drafts"] == ["ct.bb"]
    assert [one["mark"] for one in told["clauses"]] == ["not yet verified against the statute"]
