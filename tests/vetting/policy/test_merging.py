"""The stricter wins, field by field; what cannot be merged is shown; what was decided is found
again from the facts and the very packs."""

import json
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.factories.policy import pack, rule
from vetting.policy.rules.classifying import STRICTEST_LAST
from vetting.policy.rules.evaluating import evaluate, evaluated_again
from vetting.policy.rules.evaluation import Evaluation
from vetting.policy.rules.merging import STRICTNESS, Override
from vetting.policy.rules.packs import Pack, Rule

TODAY = date(2026, 11, 22)


def together(*rules: Rule) -> dict[tuple[str, str, str], tuple[Any, tuple[str, ...]]]:
    """(kind, about, field): the merged value, and the rules it comes from."""
    found = evaluate({}, [pack("one", *rules)], on=TODAY)
    return {
        (group.kind, group.about, value.field): (value.value, value.because)
        for group in found.merged
        for value in group.values
    }


def years(amount: int) -> dict[str, Any]:
    return {"amount": amount, "unit": "years"}


@pytest.mark.parametrize(
    ("kind", "field", "loose", "strict"),
    [
        ("review", "every_months", 24, 12),
        ("consent", "default", "opt_out", "opt_in"),
        ("consent", "duration", "enrollment", "school_year"),
        ("consent", "duration", "until_withdrawn", "enrollment"),
        ("consent", "scope", "list", "per_tool"),
        ("retention", "at_least", years(5), years(7)),
        ("retention", "at_most", years(7), years(5)),
        ("retention", "at_most", years(1), {"amount": 11, "unit": "months"}),
        ("retention", "at_least", {"amount": 364, "unit": "days"}, years(1)),
        ("clause", "blocking", False, True),
        ("deletion", "certificate", False, True),
        ("publication", "keep_years", 3, 5),
        ("training", "every", "once", "year"),
        ("training", "every", "year", "90_days"),
    ],
)
def test_the_stricter_value_of_each_field_wins(
    kind: str, field: str, loose: Any, strict: Any
) -> None:
    about = {"record": "evidence"} if kind == "retention" else {}
    pair = [
        rule("a.x", kind, **about, **{field: loose}),
        rule("b.x", kind, **about, **{field: strict}),
    ]
    ((value, because),) = together(*pair).values()
    assert (value, because) == (strict, ("b.x",))
    pair.reverse()
    ((value, because),) = together(*pair).values()
    assert (value, because) == (strict, ("b.x",))


def test_every_field_of_the_table_is_tried_above() -> None:
    mark = test_the_stricter_value_of_each_field_wins.pytestmark[0]
    assert {(case[0], case[1]) for case in mark.args[1]} == set(STRICTNESS)


def test_equally_strict_rules_are_both_named() -> None:
    said = together(
        rule("a.keep", "retention", record="agreement", at_least=years(1)),
        rule("b.keep", "retention", record="agreement", at_least={"amount": 12, "unit": "months"}),
    )
    assert said == {("retention", "agreement", "at_least"): (years(1), ("a.keep", "b.keep"))}


def test_what_rules_ask_to_be_said_adds_up() -> None:
    said = together(
        rule("a.consent", "consent", content=["what is collected", "contact"]),
        rule("b.consent", "consent", content=["contact", "right to refuse"]),
    )
    value, because = said["consent", "", "content"]
    assert value == ["what is collected", "contact", "right to refuse"]
    assert because == ("a.consent", "b.consent")


def test_different_records_are_kept_apart() -> None:
    said = together(
        rule("ma.transcript", "retention", record="transcript", at_least=years(60)),
        rule("ma.temporary", "retention", record="temporary_record", at_most=years(7)),
    )
    assert len(said) == 2


KEEP_LONG = rule("wi.118", "retention", record="behavior_record", at_least=years(5))
KEEP_SHORT = rule(
    "local.short", "retention", record="behavior_record", at_most=years(1), status="draft"
)


def test_a_longer_minimum_against_a_shorter_maximum_is_shown_and_never_merged() -> None:
    found = evaluate({}, [pack("wi", KEEP_LONG), pack("local", KEEP_SHORT)], on=TODAY)
    assert found.as_json()["conflicts"] == [
        {
            "record": "behavior_record",
            "at_least": {
                "rule": "wi.118",
                "citation": "Law wi.118",
                "value": years(5),
                "mark": "",
            },
            "at_most": {
                "rule": "local.short",
                "citation": "Law local.short",
                "value": years(1),
                "mark": "not yet verified against the statute",
            },
        }
    ]
    (group,) = found.merged
    assert (group.values, group.rules) == ((), ("local.short", "wi.118"))
    assert len(found.of("retention")) == 2


def test_a_minimum_equal_to_the_maximum_is_no_conflict() -> None:
    same = rule("local.same", "retention", record="behavior_record", at_most=years(5))
    assert evaluate({}, [pack("wi", KEEP_LONG, same)], on=TODAY).conflicts == ()


def test_an_override_keeps_its_reason_its_approver_and_what_was() -> None:
    override = Override("co.106", "every_months", 24, "The board decided.", "membership:7")
    yearly = pack("co", rule("co.106", "review", every_months=12))
    found = evaluate({}, [yearly], on=TODAY, overrides=[override])
    (review,) = found.as_json()["reviews"]
    assert review["terms"] == {"every_months": 24}
    assert review["overridden"] == [
        {
            "field": "every_months",
            "was": 12,
            "value": 24,
            "reason": "The board decided.",
            "approver": "membership:7",
            "loosens": True,
        }
    ]
    (group,) = found.merged
    assert group.values[0].value == 24


def test_an_override_says_whether_it_loosens() -> None:
    yearly = pack("co", rule("co.106", "review", every_months=12, what="the policy"))
    stricter = Override("co.106", "every_months", 6, "More often.", "membership:7")
    wording = Override("co.106", "what", "all policies", "Clearer.", "membership:7")
    found = evaluate({}, [yearly], on=TODAY, overrides=[stricter, wording])
    assert [one.loosens for one in found.demands[0].overridden] == [False, None]


@pytest.mark.parametrize(
    ("limit", "loosens"),
    [
        ({"amount": 8, "unit": "calendar_days"}, True),
        ({"amount": 72, "unit": "hours"}, False),
        ({"amount": 5, "unit": "business_days"}, None),
    ],
)
def test_a_longer_limit_loosens_where_the_two_can_be_compared(
    limit: dict[str, Any], loosens: bool | None
) -> None:
    week = {"amount": 7, "unit": "calendar_days"}
    vendor = pack("ny", rule("ny.121_10_a", "deadline", duty_of="vendor", limit=week))
    override = Override("ny.121_10_a", "limit", limit, "It was agreed.", "membership:7")
    (demand,) = evaluate({}, [vendor], on=TODAY, overrides=[override]).demands
    assert [one.loosens for one in demand.overridden] == [loosens]
    assert (demand.terms["limit"], demand.rule.terms["limit"]) == (limit, week)


@pytest.mark.parametrize(("reason", "approver"), [("", "membership:7"), ("Because.", " ")])
def test_an_override_without_reason_or_approver_is_refused(reason: str, approver: str) -> None:
    with pytest.raises(ValueError, match=r"An override of co\.106 needs a reason and who approved"):
        Override("co.106", "every_months", 24, reason, approver)


FACTS = {
    "agency_state": "WI",
    "student_data": True,
    "data": ["ssn"],
    "residents_by_state": {"WI": 4},
}
PACKS = (pack("wi", KEEP_LONG), pack("local", KEEP_SHORT))


def test_the_same_facts_packs_and_day_give_the_stored_evaluation_again() -> None:
    override = Override("wi.118", "at_least", years(6), "To be sure.", "membership:7")
    first = evaluate(FACTS, PACKS, on=TODAY, overrides=[override]).as_json()
    stored = json.loads(json.dumps(first))
    newer = pack("wi", rule("wi.118", "retention", record="behavior_record", at_least=years(9)))
    newer_digest = pack("wi", *newer.rules, digest="0" * 64)
    assert evaluated_again(stored, [newer_digest, *PACKS]).as_json() == first == stored


def test_without_the_version_that_was_used_nothing_is_said_to_be_derived_again() -> None:
    stored = evaluate(FACTS, PACKS, on=TODAY).as_json()
    assert stored["packs"] == {one.slug: one.digest for one in PACKS}
    with pytest.raises(LookupError, match="not at hand of: wi"):
        evaluated_again(stored, PACKS[1:])


def test_two_versions_of_one_pack_at_once_are_refused() -> None:
    with pytest.raises(ValueError, match="Two versions at once of the pack: wi"):
        evaluate(FACTS, [PACKS[0], pack("wi", KEEP_LONG, version="2")], on=TODAY)


def test_the_order_of_packs_and_rules_changes_nothing() -> None:
    one, other = PACKS
    turned = [pack("local", *reversed(other.rules), digest=other.digest), one]
    forth = evaluate(FACTS, PACKS, on=TODAY).as_json()
    assert json.dumps(evaluate(FACTS, turned, on=TODAY).as_json()) == json.dumps(forth)


LENGTHS = st.builds(
    lambda amount, unit: {"amount": amount, "unit": unit},
    st.integers(1, 40),
    st.sampled_from(["days", "months", "years"]),
)
TERMS = st.one_of(
    st.tuples(st.just("review"), st.fixed_dictionaries({"every_months": st.integers(1, 36)})),
    st.tuples(
        st.just("consent"),
        st.fixed_dictionaries(
            {},
            optional={
                "default": st.sampled_from(["opt_in", "opt_out"]),
                "duration": st.sampled_from(["school_year", "enrollment", "until_withdrawn"]),
                "scope": st.sampled_from(["per_tool", "list"]),
            },
        ),
    ),
    st.tuples(
        st.just("retention"),
        st.fixed_dictionaries(
            {"record": st.sampled_from(["evidence", "agreement"])},
            optional={"at_least": LENGTHS, "at_most": LENGTHS},
        ),
    ),
    st.tuples(st.just("clause"), st.fixed_dictionaries({"blocking": st.booleans()})),
    st.tuples(st.just("class"), st.fixed_dictionaries({"set": st.sampled_from([*STRICTEST_LAST])})),
    st.tuples(st.just("deadline"), st.just({"duty_of": "district"})),
)
CONDITIONS = st.sampled_from(
    [
        None,
        {"fact": "student_data", "is": True},
        {"fact": "youngest_age", "below": 13},
        {"not": {"fact": "uses_ai", "is": True}},
    ]
)
KNOWN = st.fixed_dictionaries(
    {},
    optional={
        "student_data": st.booleans(),
        "youngest_age": st.integers(3, 19),
        "uses_ai": st.booleans(),
    },
)
RULES = st.lists(st.tuples(TERMS, CONDITIONS), max_size=6)


def drawn(slug: str, drawn_rules: list[Any]) -> Pack:
    rules = [
        rule(f"{slug}.r{number}", kind, when=condition, **terms)
        for number, ((kind, terms), condition) in enumerate(drawn_rules)
    ]
    return pack(slug, *rules)


# A class that a law decides: what no law decides is taken to be strict until one does.
DECIDED = pack("base", rule("base.class", "class", set="exempt"))


@settings(max_examples=200, deadline=None)
@given(first=RULES, second=RULES, facts=KNOWN)
def test_another_pack_never_makes_it_less_strict(first: Any, second: Any, facts: Any) -> None:
    before = evaluate(facts, [DECIDED, drawn("a", first)], on=TODAY)
    after = evaluate(facts, [DECIDED, drawn("a", first), drawn("b", second)], on=TODAY)
    assert {one.rule.id for one in before.demands} <= {one.rule.id for one in after.demands}
    assert rank(after) >= rank(before)
    disputed = {one.about for one in after.conflicts}
    assert {one.about for one in before.conflicts} <= disputed
    values = strict_values(after)
    for (kind, about, field), strictness in strict_values(before).items():
        if kind != "retention" or about not in disputed:
            assert values[kind, about, field] >= strictness


def rank(found: Evaluation) -> int:
    return STRICTEST_LAST[found.classification.name]


def strict_values(found: Evaluation) -> dict[tuple[str, str, str], float]:
    return {
        (group.kind, group.about, value.field): STRICTNESS[group.kind, value.field](value.value)
        for group in found.merged
        for value in group.values
    }
