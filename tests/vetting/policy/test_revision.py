"""What the same facts and packs come out as is held in one digest: whoever changes it says so."""

from datetime import date
from hashlib import sha256
from itertools import product
from json import dumps
from typing import Any

from tests.factories.policy import pack, rule
from vetting.policy.rules.evaluating import evaluate
from vetting.policy.rules.evaluation import REVISION
from vetting.policy.rules.merging import Override

DATA, BREACH = {"fact": "student_data", "is": True}, {"fact": "breach", "is": True}
FIXED = {"fact": "terms", "is": "click_wrap"}
MANY = {"fact": "residents_affected", "at_least": 500}
PACKS = (
    pack(
        "co",
        rule("co.class", "class", state="CO", set="contract", when={"all": [DATA, FIXED]}),
        rule("co.refuses", "prohibition", state="CO", when={"fact": "refuses_duties", "is": True}),
        rule("co.general", "deadline", nexus="resident_state", state="CO",
             when={"all": [BREACH, MANY]}, anchor="district_determined",
             limit={"amount": 30, "unit": "calendar_days"}),
        state="CO",
    ),
    pack(
        "ny",
        rule("ny.class", "class", state="NY", set="on_demand", status="draft",
             when={"all": [DATA, FIXED]}, note="A click is an agreement."),
        rule("ny.over", state="NY", effective_to=date(2020, 1, 1)),
        rule("ny.law", nexus="contract", state="NY", when=DATA),
        state="NY",
    ),
    pack("us", rule("us.funds", nexus="federal", when={"fact": "federal_funds", "is": True}),
         layer="federal"),
    pack("any", rule("any.click", "class", set="click_wrap", when={"not": DATA}),
         rule("any.page", "publication", keep_years=3), layer="generic"),
)  # fmt: skip
OVERRIDES = (Override("any.page", "keep_years", 5, "We keep them longer.", "membership:1"),)
OF_A_TOOL: tuple[dict[str, Any], ...] = (
    {},
    {"student_data": False},
    {"student_data": True},
    {"student_data": True, "terms": "click_wrap"},
    {"student_data": True, "terms": "negotiated", "agreement": True},
    {"student_data": True, "terms": "none", "refuses_duties": True},
    {"student_data": True, "refuses_duties": None, "federal_funds": True, "breach": False},
    {"breach": True, "residents_by_state": {"CO": 500, "NY": 1}},
)
FACTS = [
    {**told, **here}
    for told, here in product(
        OF_A_TOOL, ({}, {"agency_state": "CO"}, {"agency_state": "NY"}, {"agency_state": "IL"})
    )
]
# By revision: a row of one is made again only by a release that has it.
COMES_OUT = {1: "30fb70281fee40cdfd586ff1584171131bacc400f10038e18d756540ed10dad6"}


def test_the_same_facts_and_packs_come_out_as_they_did() -> None:
    assert len(FACTS) == 32
    found = [evaluate(one, PACKS, on=date(2026, 11, 22), overrides=OVERRIDES) for one in FACTS]
    said = [one.outcome() for one in found]
    assert {one.pop("revision") for one in said} == {REVISION}
    digest = sha256(dumps(said, sort_keys=True).encode()).hexdigest()
    assert COMES_OUT.get(REVISION) == digest, (
        "The same facts and packs come out otherwise than in the last release. If that is meant, "
        "count REVISION in vetting/policy/rules/evaluation.py up by one, add "
        f'{REVISION + 1}: "{digest}" to COMES_OUT here, and leave the line of the old one: what '
        "was stored before is then no fault, and its page says that an earlier release reckoned it."
    )
