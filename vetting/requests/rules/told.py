"""What a request says by itself of the facts that the packs ask, and which to ask of people."""

from collections.abc import Collection, Iterable, Mapping
from decimal import Decimal
from typing import Any

from vetting.policy.rules.answers import question
from vetting.policy.rules.classifying import Reason, in_words
from vetting.policy.rules.elements import has_evaluations, kinds_among
from vetting.policy.rules.evaluation import Evaluation
from vetting.policy.rules.facts import FACTS
from vetting.requests.rules.intake import YOUNG

# At triage nothing has happened yet: without these, every law of breaches would stand open.
NOTHING_HAPPENED: Mapping[str, bool] = {"breach": False, "agreement": False, "complaint": False}
# Asked of every tool, in this order.
BASE = ("student_data", "primarily_k12", "staff_directed", "terms")
# In their first weeks most children of a grade are this old.
AGE_IN: Mapping[str, int] = {"PK": 4, "K": 5} | {str(grade): grade + 5 for grade in range(1, 13)}
ADULT = 18


def facts_said(
    *,
    takes_student_data: bool | None,
    elements: Collection[tuple[str, str]],
    grades: Collection[str],
    under_13: bool | None,
    bought_how: str,
    cost: Decimal | None,
) -> dict[str, Any]:
    """What is not known is absent. `elements`: slug and whom it is about, of each row."""
    said = {
        "student_data": takes_student_data,
        # The page that asks about students lists the data about staff too.
        "staff_data": has_evaluations(elements) if takes_student_data is not None else None,
        "data": kinds_among(elements),
        "youngest_age": youngest_age(grades, under_13),
        "school_buys_cost": _school_pays(bought_how, cost),
    }
    return {name: value for name, value in said.items() if value is not None}


def youngest_age(grades: Collection[str], under_13: bool | None) -> int | None:
    """By grade, and never against what was said of students under 13. Where nobody said it, only
    grades whose students are that young tell."""
    ages = [AGE_IN.get(grade, ADULT) for grade in grades]
    if under_13:
        return min([12, *ages])
    if under_13 is False:
        return max(13, min(ages, default=13))
    return min(ages) if YOUNG & set(grades) else None


def _school_pays(bought_how: str, cost: Decimal | None) -> float | None:
    if bought_how in ("free", "district_paid"):
        return 0
    return float(cost) if bought_how == "school_buys" and cost is not None else None


def facts_together(said: Mapping[str, Any], answered: Mapping[str, Any]) -> dict[str, Any]:
    """What people answered, and over it what the request says itself; but whether it takes data
    about students is what people found at triage, until the request is corrected."""
    own = {name: value for name, value in said.items() if name != "student_data"}
    return {**said, **answered, **own, **NOTHING_HAPPENED}


def to_ask(evaluation: Evaluation, known: Iterable[str], said: Collection[str]) -> list[str]:
    """The facts to ask of people: those of every tool, those that decide the class, then those that
    most rules wait for. What was answered is asked on, so that it can be changed; what the request
    itself says is corrected there."""
    open_to = {one.fact: len(one.decides) for one in evaluation.missing}
    deciding = deciding_the_class(evaluation)
    others = {*open_to, *known} - {*BASE, *said}
    of_the_tool = (name for name in others if name in FACTS and FACTS[name].about == "tool")
    order = sorted(
        of_the_tool, key=lambda name: (name not in deciding, -open_to.get(name, 0), name)
    )
    return [*BASE, *order]


def deciding_the_class(evaluation: Evaluation) -> set[str]:
    found = evaluation.classification
    return {fact for one in (*found.reasons, *found.undecided) for fact in one.missing}


def unsure_of(reason: Reason) -> tuple[str, ...]:
    """What is not known; a reason that no rule gives says it in its own words already."""
    return reason.missing if reason.rule else ()


def reason_in_words(reason: Reason) -> str:
    """With its citation, and with the questions that leave it open."""
    unknown = " ".join(map(question, unsure_of(reason)))
    return f"{in_words(reason)} Not known: {unknown}" if unknown else in_words(reason)


def of_the_district(evaluation: Evaluation) -> list[str]:
    """Open facts about the district itself, which nobody answers tool by tool."""
    names = [one.fact for one in evaluation.missing if one.fact in FACTS]
    return [name for name in names if FACTS[name].about == "agency"]
