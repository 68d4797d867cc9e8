"""What every school uses: the learning platform, the gradebook, a reading tool."""

from typing import Any

from contracts.demo.chapters import start
from contracts.demo.deals import Deal
from contracts.demo.story.roads import to_executed, to_screened, to_vendor
from contracts.demo.telling import Teller


def tell(teller: Teller) -> None:
    fernwood(teller)
    kestrel(teller)
    reading_ladder(teller)


def fernwood(teller: Teller) -> None:
    """The learning platform: large enough for the board, sent back once by counsel."""
    chapter = start(
        teller,
        "Fernwood LMS",
        "sol",
        420,
        purpose="Assignments, classes and messages in every school",
        students=6713,
        under_13=True,
        elements=("student-name", "username", "student-email", "courses", "student-work"),
        schools=("aspen", "granite", "mesa-vista"),
        grades=("3", "4", "5", "6", "7", "8", "9", "10", "11", "12"),
        everywhere=True,
        behalf="isaac",
        cost=148000,
        bought_how="district_paid",
    )
    deal = to_screened(chapter, 419, screener="noor", buyer="mina")
    terms: dict[str, Any] = {"amount": 148_000, "frameworks": ("iso-27001",), "board": True}
    deal.prepare("pat", 405, months=60, **terms).write("pat", 404)
    deal.verdict("jamal", 400, changes="Three years, not five: that is board policy.")
    deal.take_back("cora", 399, "The term must be three years before anybody else reads it.")
    deal.prepare("pat", 398, months=36, **terms).write("pat", 397).approve("cora", "pat", 393)
    deal.offer("cora", 391).accept(384).board("bea", 370, "Consent agenda 7.3: Fernwood LMS")
    deal.vendor_signs(366).district_signs("gwen", 363)
    chapter.approve("ada", 358, conditions=["Direct messages between students stay off."])


def kestrel(teller: Teller) -> None:
    """The gradebook, due for its yearly review since last week."""
    chapter = start(
        teller,
        "Kestrel Gradebook",
        "mina",
        417,
        purpose="Recording grades and showing them to families",
        students=3104,
        elements=("student-name", "local-id", "courses", "course-grades", "guardian-email"),
        schools=("mesa-vista", "north-rim", "pinyon"),
        behalf="june",
        cost=36500,
        bought_how="district_paid",
    )
    deal = to_vendor(to_screened(chapter, 416, screener="noor", buyer="sol"), 403, amount=36_500)
    to_executed(deal, 390)
    chapter.approve("ada", 371, conditions=["Grades leave the tool by the nightly export only."])


def reading_ladder(teller: Teller) -> None:
    """The main job, end to end; a second school joined while it was being screened."""
    chapter = start(
        teller,
        "Reading Ladder",
        "ben",
        290,
        purpose="Practice reading at home and in small groups",
        students=96,
        under_13=True,
        elements=("student-name", "username", "grade-level", "in-app-performance"),
        subject_area="English language arts",
    )
    chapter.send("ben", 289)
    second = start(
        teller,
        "Reading Ladder",
        "ella",
        288,
        purpose="Reading practice for second grade",
        students=48,
        under_13=True,
        elements=("student-name", "username"),
    )
    second.send("ella", 288)
    chapter.settle()
    chapter.route("sol", 287).screen("pat", 282).conclude("pat", 278)
    to_executed(to_vendor(Deal.of(chapter), 277), 262)
    chapter.approve(
        "ada",
        248,
        conditions=["Sign in with district accounts only.", "Leave the birthday field empty."],
    )
