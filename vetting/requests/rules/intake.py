"""What a request must say before anybody is asked to read it."""

from collections.abc import Collection
from datetime import date, datetime

GRADES = ("PK", "K", *(str(number) for number in range(1, 13)), "Adults")


# What cannot be brought to an end yet is not begun either, as a move with `since` is not offered.
ABSENT_FORMS = {"project": "the data-sharing room"}


def reasons_form_is_absent(form: str) -> list[str]:
    if form not in ABSENT_FORMS:
        return []
    return [
        "Asking for a data-sharing project is not part of this release yet "
        f"({ABSENT_FORMS[form]}). Let counsel prepare its agreement outside of Countersign."
    ]


def reasons_no_tool(
    *,
    form: str,
    name: str,
    website: str,
    partner: str,
    records: str,
    start: date | None,
    end: date | None,
) -> list[str]:
    """A tool needs a name or an address; a project its partner, records, dates and end of use."""
    if form == "tool":
        named = name.strip() or website.strip()
        return [] if named else ["Name the tool or give its web address."]
    reasons = [] if partner.strip() else ["Name the partner who would receive the data."]
    if not records.strip():
        reasons.append("Say which records would be shared.")
    if start is None or end is None:
        reasons.append("Give the first day of the project and the day on which its use ends.")
    elif end <= start:
        reasons.append("The project must end after its first day.")
    return reasons


def reasons_no_purpose(
    *, form: str, purpose: str, grades: Collection[str], schools: int, district_wide: bool
) -> list[str]:
    reasons = [] if purpose.strip() else ["Say what it will be used for."]
    if not schools and not district_wide:
        reasons.append("Choose the schools that would use it, or say that every school would.")
    if form == "tool" and not grades:
        reasons.append("Choose the grades of the people who would use it.")
    return reasons


def reasons_no_schedule(
    *, takes_student_data: bool | None, about: Collection[str], unnamed: bool = False
) -> list[str]:
    """`about`: whom each row of the schedule is about (student, guardian, staff, none). `unnamed`:
    other data was ticked, and nobody has said what it is."""
    ours = [who for who in about if who in ("student", "guardian")]
    if takes_student_data is None:
        return ["Say whether it takes any data about students."]
    if takes_student_data and not ours:
        return ["Choose the data about students that it takes, or say that it takes none."]
    if not takes_student_data and ours:
        return ["You chose data about students and also said that it takes none: correct one."]
    if unnamed:
        return ["Name the other data: the agreement prints what it is."]
    return []


def reasons_class_is_not(wanted: tuple[str, ...], relationship: str, words: str) -> list[str]:
    if not relationship:
        return ["Choose first which kind of relationship with the vendor this is."]
    return [] if relationship in wanted else [words]


def reasons_data_is_unnamed(
    *, relationship: str, says_student_data: bool | None, about: Collection[str]
) -> list[str]:
    """A class with a vendor's duties for data stands beside a schedule that names it: a review of
    no data at all would find no risk. `says_student_data`: the fact the class was made of."""
    ours = {"student", "guardian"} & set(about)
    if relationship in ("", "exempt", "prohibited") or (ours if says_student_data else about):
        return []
    return [
        "Its class says that it takes data, and the request names none about students: correct "
        "the data asked for, or the class."
        if says_student_data
        else "The request names no data at all: correct the data asked for, or the class."
    ]


def reasons_not_attested(
    *, takes_student_data: bool | None, about: Collection[str], attested: bool
) -> list[str]:
    """ "Free" and "general audience" are no exemption: only the absence of student data is."""
    if takes_student_data is not False or {"student", "guardian"} & set(about):
        return ["The request names data about students, so it cannot go this way."]
    if not attested:
        return ["Confirm that no data about students reaches the vendor: nobody has yet."]
    return []


# The page of a draft on which each sentence above is answered, by how the sentence begins.
ON_THE_TOOL = (
    "Name the tool",
    "Name the partner",
    "Say which records",
    "Give the first day",
    "The project must",
)
ON_WHO_AND_WHY = ("Say what it will be used", "Choose the schools", "Choose the grades")


def page_of(reason: str) -> str:
    if reason.startswith(ON_THE_TOOL):
        return "tool"
    return "who" if reason.startswith(ON_WHO_AND_WHY) else "data"


def changed_elsewhere(at: datetime | None) -> str:
    """`at`: when it was saved last, on the district's clock."""
    when = f" at {at:%I:%M %p}".replace(" 0", " ") if at else ""
    return f"This draft was changed in another window{when}: reload to see it."


def under_13_of_both(one: bool | None, other: bool | None) -> bool | None:
    """The answer for two classes together: the stricter duty holds as soon as one is that young,
    and "no" only where both say so."""
    if one or other:
        return True
    return False if one is False and other is False else None


# Children of these grades are twelve or younger, most of them.
YOUNG = frozenset({"PK", "K", "1", "2", "3", "4", "5", "6"})


def reason_not_so_old(grades: Collection[str], under_13: bool | None) -> str:
    """What stands against "no student under 13"; empty where it can be."""
    young = [grade for grade in grades if grade in YOUNG]
    if under_13 is not False or not young:
        return ""
    return (
        f"You chose grade {young[0]}, where most students are under 13. Choose “Yes”, or “I do not "
        "know” and the privacy team asks."
    )
