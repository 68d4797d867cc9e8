"""Requests that somebody has to move today, from the newest draft to the privacy review."""

from contracts.demo.answers import BAD, WEAK
from contracts.demo.chapters import start
from contracts.demo.telling import Teller
from vetting.people import commands as people


def tell(teller: Teller) -> None:
    screening(teller)
    questions(teller)
    triage(teller)
    with_a_principal(teller)
    drafts(teller)


def screening(teller: Teller) -> None:
    """Overdue with findings open, half answered, and just begun."""
    late = start(
        teller,
        "Chatterbox AI",
        "june",
        47,
        purpose="Conversation partner for language students",
        students=310,
        elements=("student-name", "username", "student-work", "communications"),
        subject_area="World languages",
        needed_in=20,
    )
    late.send("june", 47).route("mina", 44).screen("noor", 30, BAD)
    half = start(
        teller,
        "Arbor Assess",
        "grace",
        19,
        purpose="Interim assessments in mathematics and reading",
        students=2310,
        under_13=True,
        elements=(
            "student-name",
            "local-id",
            "grade-level",
            "assessment-other",
            "special-education",
        ),
        schools=("aspen", "bluestem", "elk-run"),
        cost=21000,
        bought_how="district_paid",
    )
    half.send("grace", 18).route("sol", 16).screen("pat", 6, WEAK, first=11)
    fresh = start(
        teller,
        "SafeHall Pass",
        "isaac",
        9,
        purpose="Hall passes on tablets",
        students=578,
        elements=("student-name", "local-id", "class-attendance"),
        cost=2600,
        bought_how="school_buys",
    )
    fresh.send("isaac", 8).route("sol", 5)


def questions(teller: Teller) -> None:
    """One question that waits for its answer, and one that nobody ever answered."""
    silent = start(
        teller,
        "GlimpseCam",
        "marc",
        46,
        purpose="Filming welds to discuss them in class",
        students=44,
        elements=("student-name", "student-work"),
        subject_area="Career and technical education",
    )
    silent.send("marc", 46)
    silent.question("sol", 43, "Which product of this vendor do you mean, and who films whom?")
    asked = start(
        teller,
        "Driftwood Quiz",
        "lila",
        14,
        purpose="Short quizzes at the end of a lesson",
        students=90,
        elements=("student-name", "username", "in-app-performance"),
    )
    asked.send("lila", 13).route("sol", 11)
    asked.screen("pat", 8, first=4)
    asked.question("pat", 7, "Do students need accounts, or can they play by a class code?")


def triage(teller: Teller) -> None:
    """Overdue and escalated, nearly the name of another tool, and this morning's."""
    late = start(
        teller,
        "Paperlark",
        "dev",
        16,
        purpose="Scanning and sorting worksheets",
        students=455,
        under_13=True,
        elements=("student-name", "homeroom", "student-work"),
    )
    late.send("dev", 15)
    near = start(
        teller,
        "Kestrel Gradebooks",
        "kai",
        4,
        purpose="Posting grades of the robotics club",
        students=31,
        elements=("student-name", "memberships", "course-grades"),
    )
    near.send("kai", 4)
    new = start(
        teller,
        "Cinder Chat",
        "hana",
        1,
        purpose="Questions to the class during experiments",
        students=112,
        elements=("student-name", "communications"),
        needed_in=35,
    )
    new.send("hana", 1)


def with_a_principal(teller: Teller) -> None:
    """The district tried asking principals first; one request still waits, for the stand-in."""
    cast, admin = teller.cast, teller.cast.actor("max")
    people.set_school_gate(district=cast.district, on=True, by=admin)
    waits = start(
        teller,
        "Ember Attendance",
        "ben",
        12,
        purpose="Attendance of the reading club before school",
        students=34,
        under_13=True,
        elements=("student-name", "class-attendance", "memberships"),
    )
    waits.send("ben", 12)
    people.set_school_gate(district=cast.district, on=False, by=admin)


def drafts(teller: Teller) -> None:
    """Begun and not sent."""
    start(
        teller,
        "Sketchloft",
        "ben",
        2,
        purpose="Drawing together in art lessons",
        students=24,
        under_13=True,
        elements=("student-name", "student-work"),
    )
    start(
        teller,
        "Sketchloft",
        "carla",
        6,
        purpose="",
        students=22,
        under_13=True,
        elements=(),
    )
