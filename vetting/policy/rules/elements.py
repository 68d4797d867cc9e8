"""Which kinds of data the packs know stand behind the catalog's elements.

Only what is surely of a kind is mapped. Where a name may hide one (“other data”, a device's place),
the kinds are not known as a whole, and each rule that asks for them stays open.
"""

from collections.abc import Collection, Mapping

KIND_OF: Mapping[str, str] = {
    "health": "medical",
    "local-id": "student_id",
    # The student's number at the state's department, not a card that a state issues to residents.
    "state-id": "student_id",
    "password": "credentials",
    "staff-account": "credentials",
    "staff-evaluation": "evaluations",
    "student-work": "student_work",
    "student-work-other": "student_work",
}
# What is kept about a student for a school is an education record (34 CFR 99.3).
RECORDS_ARE_ABOUT = frozenset({"student", "guardian"})
MAY_HIDE = frozenset(
    {
        *("other", "technology-other", "demographics-other", "indicator-other"),
        *("transportation-other", "staff-other"),
    }
)
EVALUATION = "staff-evaluation"


def kinds_among(elements: Collection[tuple[str, str]]) -> list[str] | None:
    """The kinds of data among (slug, whom it is about); None where they are not known as a whole.

    Nothing named says nothing: nobody may have looked yet.
    """
    if not elements or any(slug in MAY_HIDE for slug, _ in elements):
        return None
    kinds = {KIND_OF[slug] for slug, _ in elements if slug in KIND_OF}
    if any(about in RECORDS_ARE_ABOUT for _, about in elements):
        kinds.add("education_records")
    return sorted(kinds)


def has_evaluations(elements: Collection[tuple[str, str]]) -> bool:
    """Evaluations of teachers are asked for by name; a list without them asks for none."""
    return any(slug == EVALUATION for slug, _ in elements)
