"""Which class the law asks for; on demand is no class where an agreement must come first."""

from datetime import date
from typing import Any

import pytest

from tests.factories.policy import pack, rule
from vetting.policy.rules.classifying import Classification
from vetting.policy.rules.evaluating import evaluate
from vetting.policy.rules.packs import Pack

DATA = {"fact": "student_data", "is": True}
FIXED = {"fact": "terms", "is": "click_wrap"}
SERVICE = {
    "all": [
        DATA,
        FIXED,
        {"fact": "primarily_k12", "is": True},
        {"fact": "staff_directed", "is": True},
    ]
}
COLORADO = pack(
    "co",
    rule(
        "co.103.contract",
        "class",
        state="CO",
        set="contract",
        when={"all": [DATA, {"fact": "terms", "is": "negotiated"}]},
    ),
    rule("co.103.on_demand", "class", state="CO", set="on_demand", when=SERVICE),
    rule(
        "co.107.refuses",
        "prohibition",
        state="CO",
        what="A vendor that refuses the duties of 108 to 110.",
        when={"fact": "refuses_duties", "is": True},
    ),
    state="CO",
)
NEW_YORK = pack(
    "ny",
    rule(
        "ny.121_1_d",
        "class",
        state="NY",
        set="click_wrap",
        when={"all": [DATA, FIXED]},
        note="Terms accepted by a click are an agreement.",
    ),
    rule(
        "ny.faces",
        "class",
        state="NY",
        set="prohibited",
        when={"fact": "recognizes_faces", "is": True},
        status="draft",
    ),
    state="NY",
)
GENERIC = pack(
    "generic",
    rule("generic.exempt", "class", set="exempt", when={"fact": "student_data", "is": False}),
    rule("generic.click_wrap", "class", set="click_wrap", when={"all": [DATA, FIXED]}),
    rule("generic.on_demand", "class", set="on_demand", when=SERVICE),
    layer="generic",
)
ALL = (COLORADO, NEW_YORK, GENERIC)
SCHOOL_SERVICE = {
    "student_data": True,
    "terms": "click_wrap",
    "primarily_k12": True,
    "staff_directed": True,
    "refuses_duties": False,
    "recognizes_faces": False,
}


def classified(state: str | None, *packs: Pack, **facts: Any) -> Classification:
    known = {"agency_state": state, **facts}
    return evaluate(known, packs or ALL, on=date(2026, 11, 22)).classification


def test_a_click_wrap_in_new_york_is_one_and_consent_is_no_way_around_it() -> None:
    found = classified("NY", **SCHOOL_SERVICE)
    assert found.name == "click_wrap"
    assert [reason.rule for reason in found.reasons] == ["ny.121_1_d"]
    assert [one.path for one in found.refused] == ["consent"]
    assert found.refused[0].because.citation.startswith("N.Y. Education Law 2-d")


def test_a_school_service_on_fixed_terms_is_on_demand_in_colorado() -> None:
    found = classified("CO", **SCHOOL_SERVICE)
    assert (found.name, found.refused) == ("on_demand", ())
    assert [reason.rule for reason in found.reasons] == ["co.103.on_demand"]


def test_the_generic_pack_decides_only_where_no_law_does() -> None:
    general = SCHOOL_SERVICE | {"primarily_k12": False}
    assert classified("CO", **general).name == "click_wrap"
    assert classified("WY", **SCHOOL_SERVICE).name == "click_wrap"


@pytest.mark.parametrize("state", ["IL", "NY", "CT"])
def test_on_demand_is_raised_where_an_agreement_must_come_first(state: str) -> None:
    consent = pack("local", rule("local.consent", "class", set="on_demand", when=SERVICE))
    found = classified(state, consent, **SCHOOL_SERVICE)
    assert found.name == "click_wrap"
    assert [reason.rule for reason in found.reasons] == ["local.consent", ""]
    assert [one.path for one in found.refused] == ["consent"]


def test_without_student_data_nothing_is_refused() -> None:
    found = classified("NY", student_data=False, recognizes_faces=False)
    assert (found.name, found.refused) == ("exempt", ())


def test_the_stricter_class_of_two_laws_wins() -> None:
    found = classified("CO", **SCHOOL_SERVICE | {"terms": "negotiated"})
    assert found.name == "contract"
    found = classified("CO", **SCHOOL_SERVICE | {"refuses_duties": True})
    assert found.name == "prohibited"
    assert [reason.citation for reason in found.reasons] == ["Law co.107.refuses"]


def test_faces_are_prohibited_in_new_york_only() -> None:
    found = classified("NY", **SCHOOL_SERVICE | {"recognizes_faces": True})
    assert found.name == "prohibited"
    assert [(reason.rule, reason.draft) for reason in found.reasons] == [("ny.faces", True)]
    assert classified("CO", **SCHOOL_SERVICE | {"recognizes_faces": True}).name == "on_demand"


def test_nothing_is_prohibited_on_a_guess_but_the_question_is_asked() -> None:
    found = classified("NY", **SCHOOL_SERVICE | {"recognizes_faces": None})
    assert found.name == "click_wrap"
    assert [(one.rule, one.missing) for one in found.undecided] == [
        ("ny.faces", ("recognizes_faces",))
    ]


def test_while_the_terms_are_unknown_the_strictest_path_is_taken() -> None:
    found = classified("CO", **SCHOOL_SERVICE | {"terms": None})
    assert found.name == "contract"
    asked = {fact for reason in found.reasons for fact in reason.missing}
    assert asked == {"terms"}
    found = classified("CO", refuses_duties=False)
    assert found.name == "contract"
    assert found.reasons[-1].missing == ("student_data",)


def test_an_open_rule_never_makes_it_less_strict_than_its_terms() -> None:
    found = classified("CO", COLORADO, **SCHOOL_SERVICE | {"staff_directed": None})
    assert found.name == "click_wrap"


def test_data_about_staff_that_may_be_there_is_no_exemption_in_new_york() -> None:
    staff = rule(
        "ny.2d", "class", state="NY", set="contract", when={"fact": "staff_data", "is": True}
    )
    found = classified("NY", pack("ny", staff), student_data=False)
    assert (found.name, found.reasons[0].missing) == ("contract", ("staff_data",))
    assert (
        classified("NY", pack("ny", staff), student_data=False, staff_data=False).name == "exempt"
    )


@pytest.mark.parametrize(
    ("facts", "name"),
    [
        ({"student_data": False}, "exempt"),
        ({"student_data": True, "terms": "click_wrap"}, "click_wrap"),
        ({"student_data": True, "terms": "none"}, "click_wrap"),
        ({"student_data": True, "terms": "negotiated"}, "contract"),
        ({"student_data": True}, "contract"),
        ({}, "contract"),
    ],
)
def test_where_no_law_gives_a_class_the_terms_do(facts: dict[str, Any], name: str) -> None:
    assert classified("WY", pack("wy", rule("wy.duty")), **facts).name == name
