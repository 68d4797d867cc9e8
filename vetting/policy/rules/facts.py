"""The closed vocabulary of facts: what a rule may ask about an agency, a tool or a breach."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

_STATES = (
    "AL AK AZ AR CA CO CT DE DC FL GA HI ID IL IN IA KS KY LA ME MD MA MI MN MS MO MT NE NV NH NJ "
    "NM NY NC ND OH OK OR PA PR RI SC SD TN TX UT VT VA VI WA WV WI WY"
)
STATES = tuple(_STATES.split())
_DATA_KINDS = (
    "education_records directory_only ssn drivers_license state_id_number financial_account "
    "medical biometric student_id credentials evaluations location student_work"
)
DATA_KINDS = tuple(_DATA_KINDS.split())
# Not for conditions: each rule asks of `residents_affected`, those of its own state.
RESIDENTS_BY_STATE = "residents_by_state"
RESIDENTS_WORDS = "In which states do those affected live, and how many in each?"
HIGHEST: Mapping[str, float] = {"youngest_age": 120, "percent_of_enrollment": 100}
PEOPLE = frozenset({"enrollment", "students_affected", "residents_affected", "staff_affected"})


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing a rule may ask; `words` is the question for people, `values` the closed answers."""

    name: str
    kind: str  # yes_no | number | one_of | some_of
    words: str
    values: tuple[str, ...]
    about: str  # agency | tool | breach | agreement


def _about(about: str, kind: str, **words: str) -> Iterable[Fact]:
    return (Fact(name, kind, question, (), about) for name, question in words.items())


_ALL: tuple[Fact, ...] = (
    Fact("agency_state", "one_of", "In which state is the district?", STATES, "agency"),
    *_about(
        "agency",
        "yes_no",
        federal_funds="Does the district receive funds of the U.S. Department of Education?",
        e_rate="Does the district receive E-rate discounts?",
    ),
    *_about("agency", "number", enrollment="How many students does the district have?"),
    *_about(
        "tool",
        "yes_no",
        student_data="Does the vendor receive data about students?",
        staff_data="Does the vendor receive evaluations of teachers or principals?",
        primarily_k12="Is it made and marketed primarily for schools?",
        staff_directed="Is it used because staff direct students to it?",
        required_use="Must students or parents use it?",
        provides_device_or_accounts="Does the vendor provide devices or accounts of the school?",
        monitors_devices="Does it monitor, or give access to, devices that the school issues?",
        surveys_protected_topics="Does it ask students about any of the eight protected topics?",
        used_for_marketing="Is data about students used for marketing?",
        special_education="Does it hold records of special education?",
        recognizes_faces="Does it recognize faces?",
        refuses_duties="Does the vendor refuse duties that the law demands of it?",
        curriculum_or_assessment="Is it for curriculum, testing or assessment?",
        plan_requires_it="Does a student's IEP or 504 plan require it?",
        on_public_list="Is it on the district's public list of tools?",
        uses_ai="Does it use artificial intelligence?",
    ),
    Fact("data", "some_of", "Which kinds of data are concerned?", DATA_KINDS, "tool"),
    Fact(
        "terms",
        "one_of",
        "Are its terms negotiated, accepted by a click, or are there none?",
        ("negotiated", "click_wrap", "none"),
        "tool",
    ),
    Fact(
        "basis",
        "one_of",
        "On which ground does the vendor receive education records?",
        ("school_official", "directory", "studies", "audit", "consent"),
        "tool",
    ),
    *_about(
        "tool",
        "number",
        youngest_age="How old are the youngest students who use it?",
        school_buys_cost="What does it cost a school, in dollars?",
    ),
    *_about(
        "breach",
        "yes_no",
        breach="Was data released, or was there access without authority?",
        by_vendor="Did it happen at the vendor or its subcontractor?",
        accessible="Could anybody read data that the law covers?",
        harm_unlikely="Is harm to those affected unlikely?",
        on_hold="Has law enforcement asked to hold notices back?",
        ransom="Was a ransom asked for?",
        clerical="Was it a mistake of an employee, made in good faith?",
    ),
    Fact(
        "encryption",
        "one_of",
        "Was the data encrypted, and is the key safe?",
        ("none", "key_safe", "key_taken"),
        "breach",
    ),
    *_about(
        "breach",
        "number",
        students_affected="How many students are affected?",
        residents_affected="How many residents of the state are affected?",
        percent_of_enrollment="How many percent of the district's students are affected?",
        staff_affected="How many employees are affected?",
    ),
    *_about(
        "agreement",
        "yes_no",
        agreement="Does an agreement with the vendor exist?",
        complaint="Has somebody complained?",
    ),
)
FACTS: Mapping[str, Fact] = {fact.name: fact for fact in _ALL}


def is_of_the_district(name: str) -> bool:
    return name in FACTS and FACTS[name].about == "agency"


def complaints_about(facts: Mapping[str, Any]) -> list[str]:
    """One sentence for each fact that no rule could read; null means "not known yet"."""
    return [said for name, value in facts.items() if (said := _complaint(name, value))]


def _complaint(name: str, value: Any) -> str:
    if name == RESIDENTS_BY_STATE:
        return "" if value is None else _about_residents(value)
    fact = FACTS.get(name)
    if fact is None:
        return f"There is no fact “{name}”{meant(name, [*FACTS, RESIDENTS_BY_STATE])}."
    return "" if value is None else _WRONG[fact.kind](fact, value)


def meant(name: Any, known: Collection[str]) -> str:
    """ "; “citation” is one", where a known name is near."""
    by_small = {one.lower(): one for one in sorted(known)}
    near = get_close_matches(str(name).lower(), by_small, n=1)
    return f"; “{by_small[near[0]]}” is one" if near else ""


def _not_yes_no(fact: Fact, value: Any) -> str:
    return "" if isinstance(value, bool) else f"“{fact.name}” is true or false, not {value!r}."


def _not_a_number(fact: Fact, value: Any) -> str:
    highest = HIGHEST.get(fact.name, float("inf"))
    if isinstance(value, bool) or not isinstance(value, int | float):
        return f"“{fact.name}” is a number, not {value!r}."
    if 0 <= value <= highest and value < float("inf"):
        whole = fact.name not in PEOPLE or value == int(value)
        return "" if whole else f"“{fact.name}” counts people, so {value!r} is no number of them."
    upper = f" and {highest:g}" if fact.name in HIGHEST else " and more"
    return f"“{fact.name}” lies between 0{upper}, and {value!r} does not."


def _not_one_of(fact: Fact, value: Any) -> str:
    if isinstance(value, str) and value in fact.values:
        return ""
    return f"“{fact.name}” is one of {_listed(fact)}, not {value!r}."


def _not_some_of(fact: Fact, value: Any) -> str:
    if not isinstance(value, list | tuple):
        return f"“{fact.name}” is a list of {_listed(fact)}, not {value!r}."
    strange = [kind for kind in value if kind not in fact.values]
    return f"“{fact.name}” knows no {strange[0]!r}, only {_listed(fact)}." if strange else ""


_WRONG: Mapping[str, Callable[[Fact, Any], str]] = {
    "yes_no": _not_yes_no,
    "number": _not_a_number,
    "one_of": _not_one_of,
    "some_of": _not_some_of,
}


def _listed(fact: Fact) -> str:
    return ", ".join(fact.values)


def _about_residents(value: Any) -> str:
    wanted = f"“{RESIDENTS_BY_STATE}” says how many people live in each state, as in {{“NY”: 490}}"
    if not isinstance(value, Mapping):
        return f"{wanted}; {value!r} does not."
    for state, count in value.items():
        if state not in STATES:
            return f"{wanted}; there is no state {state!r}."
        if isinstance(count, bool) or not isinstance(count, int) or count < 0:
            return f"{wanted}; {count!r} for {state} is not a number of people."
    return ""
