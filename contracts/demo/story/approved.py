"""What may be used today under an agreement."""

from contracts.demo.answers import WEAK
from contracts.demo.chapters import start
from contracts.demo.deals import Deal
from contracts.demo.story.roads import to_executed, to_screened, to_vendor
from contracts.demo.telling import Teller


def tell(teller: Teller) -> None:
    palaver(teller)
    codeburrow(teller)
    quillcoach(teller)
    tidepool(teller)


def palaver(teller: Teller) -> None:
    """Approved without the recordings it also wanted."""
    chapter = start(
        teller,
        "Palaver",
        "june",
        214,
        purpose="Speaking practice in French and Spanish",
        students=180,
        elements=("student-name", "username", "student-work", "in-app-performance"),
        subject_area="World languages",
        cost=1900,
        bought_how="school_buys",
    )
    chapter.send("june", 213).route("sol", 211)
    chapter.question("pat", 207, "Are recordings of voices kept, and may students type instead?")
    chapter.answer("june", 204, "They are kept for a year; typing works as well.")
    chapter.screen("pat", 200, WEAK).conclude("pat", 196)
    to_executed(to_vendor(Deal.of(chapter), 195, frameworks=("iso-27001",)), 184)
    chapter.approve_without(
        "ada",
        170,
        strike=("student-work",),
        license="school_buys",
        schools=("mesa-vista",),
        conditions=["Recording stays switched off; students type their answers."],
    )


def codeburrow(teller: Teller) -> None:
    """Countered once by the vendor, then signed as written; this week it was broken into, and
    several clocks run."""
    chapter = start(
        teller,
        "CodeBurrow",
        "kai",
        160,
        purpose="Programming exercises in class",
        students=140,
        elements=("student-name", "student-email", "student-work"),
        subject_area="Computer science",
    )
    deal = to_vendor(to_screened(chapter, 159, screener="noor"), 146, writer="pat", months=24)
    deal.counter(135, "Notice of a breach within 96 instead of 72 hours, please.")
    deal.take_back("cora", 133, "72 hours stay: the board's policy. Explained by telephone.")
    deal = to_executed(to_vendor(deal, 132, writer="pat", months=24), 121)
    chapter.approve("ada", 108, license="free", schools=("north-rim", "mesa-vista"))
    deal.breach(
        "ada",
        3,
        "Their head of security called. A written notice is promised.",
        data=["education_records", "credentials"],
        encryption="none",
        students_affected=140,
        residents_by_state={"CO": 136, "MD": 4},
    )
    call = "The call of their head of security"
    deal.happened("ada", 3, "vendor_discovered", 6, call)
    deal.happened("ada", 3, "district_discovered", 3, call)
    deal.happened("ada", 2, "vendor_confirmed", 2, "Their second call; the log shows downloads")
    deal.happened("ada", 1, "district_determined", 1, "Our own look at the log they sent")


def quillcoach(teller: Teller) -> None:
    """The newest one: signed last week."""
    chapter = start(
        teller,
        "QuillCoach",
        "grace",
        62,
        purpose="Feedback on drafts in grades 5 to 8",
        students=212,
        under_13=True,
        elements=("student-name", "username", "student-work", "in-app-performance"),
        schools=("fireweed", "granite", "high-line"),
        grades=("5", "6", "7", "8"),
        subject_area="English language arts",
        cost=4200,
        bought_how="district_paid",
    )
    deal = to_vendor(to_screened(chapter, 61, buyer="mina"), 46, amount=4200, offer=True)
    to_executed(deal, 30)
    chapter.approve("ada", 12, conditions=["No full names in the text of a draft."])


def tidepool(teller: Teller) -> None:
    """Only everyday data, so that other schools may follow quickly; ends within 120 days."""
    chapter = start(
        teller,
        "Tidepool Notes",
        "lila",
        240,
        purpose="Shared notes in online classes",
        students=214,
        elements=("grade-level", "homeroom", "username"),
        subject_area="Every subject",
    )
    to_executed(to_vendor(to_screened(chapter, 239), 226, writer="pat", months=10), 214)
    chapter.approve("ada", 199, license="free")
