"""Requests that wait for their agreement, one for each place where an agreement can stand."""

from contracts.demo.chapters import Chapter, start
from contracts.demo.story.roads import to_executed, to_screened, to_vendor
from contracts.demo.telling import Teller
from workflows.actors import Role


def tell(teller: Teller) -> None:
    being_prepared(teller)
    in_legal_review(teller)
    with_the_vendor(teller)
    before_the_board(teller)
    out_for_signature(teller)
    signed_for_later(teller)
    to_be_decided(teller)


def _ask(teller: Teller, tool: str, who: str, days: float, purpose: str, **more: object) -> Chapter:
    plain = {"students": 120, "elements": ("student-name", "username", "in-app-performance")}
    return start(teller, tool, who, days, purpose=purpose, **{**plain, **more})  # type: ignore[arg-type]


def being_prepared(teller: Teller) -> None:
    """One just cleared; one that the vendor would not sign and that is being changed."""
    lumen = _ask(teller, "Lumen Labs", "hana", 15, "Virtual experiments in science", students=240)
    to_screened(lumen, 14)
    stars = _ask(
        teller,
        "StarChart Kids",
        "carla",
        58,
        "Stickers for good habits",
        under_13=True,
        students=22,
    )
    deal = to_vendor(to_screened(stars, 57, screener="noor"), 24, writer="pat")
    deal.refuse(6, "We cannot promise deletion within 60 days; 180 would work for us.")


def in_legal_review(teller: Teller) -> None:
    """The privacy team has approved; counsel is late."""
    mosaic = _ask(
        teller,
        "MosaicBoard",
        "isaac",
        42,
        "A shared board for group work",
        elements=("student-name", "student-email", "student-work"),
        cost=5200,
        bought_how="district_paid",
    )
    deal = to_screened(mosaic, 41)
    deal.prepare("noor", 26, amount=5200, frameworks=("soc-2", "nist-csf")).write("noor", 25)
    deal.verdict("pat", 21, role=Role.PRIVACY)


def with_the_vendor(teller: Teller) -> None:
    """Silent for five weeks: reminded, overdue, escalated."""
    harmonica = _ask(
        teller,
        "Harmonica",
        "finn",
        78,
        "Practice logs and recordings in music",
        under_13=True,
        elements=("student-name", "grade-level", "student-work"),
    )
    to_vendor(to_screened(harmonica, 77, screener="noor"), 50, writer="pat")


def before_the_board(teller: Teller) -> None:
    """Above the amount at which the board acts first."""
    vista = _ask(
        teller,
        "Vista Counsel",
        "sol",
        71,
        "Course planning and college applications",
        students=2511,
        elements=("student-name", "local-id", "course-grades", "graduation-year", "guardian-email"),
        schools=("mesa-vista", "north-rim"),
        behalf="june",
        cost=112_000,
        bought_how="district_paid",
    )
    deal = to_screened(vista, 70, screener="noor", buyer="mina")
    to_vendor(deal, 50, writer="pat", amount=112_000, board=True).accept(14)


def out_for_signature(teller: Teller) -> None:
    """The vendor has signed and the finance officer has not; and one where the vendor is next."""
    torch = _ask(
        teller,
        "Torch Trades",
        "marc",
        52,
        "Safety training for welding and carpentry",
        students=86,
        cost=3100,
        bought_how="school_buys",
    )
    to_vendor(to_screened(torch, 51), 32, amount=3100).accept(9).vendor_signs(4)
    buddy = _ask(
        teller,
        "BusBuddy",
        "sol",
        49,
        "Telling families when the bus comes",
        students=1980,
        under_13=True,
        elements=("student-name", "bus-assignment", "guardian-phone"),
        schools=("aspen", "elk-run", "granite"),
        behalf="dana",
        cost=18_400,
        bought_how="district_paid",
    )
    deal = to_screened(buddy, 48, screener="noor", buyer="mina")
    to_vendor(deal, 30, amount=18_400).accept(6)


def signed_for_later(teller: Teller) -> None:
    """Both have signed; it starts with the next month."""
    clover = _ask(
        teller,
        "Clover Clubs",
        "lila",
        44,
        "Sign-up for clubs and service hours",
        elements=("student-name", "grade-level", "memberships"),
    )
    deal = to_vendor(to_screened(clover, 43), 28, starts_in=16)
    to_executed(deal, 18)


def to_be_decided(teller: Teller) -> None:
    """Everything is in place and the privacy lead decides; one is late."""
    grades = _ask(
        teller,
        "Kestrel Gradebook",
        "hana",
        14,
        "Grades of the middle school's science classes",
        students=612,
        elements=("student-name", "courses", "course-grades"),
    )
    grades.send("hana", 13).route("mina", 11, "covered")
    start(
        teller, "PixelPress", "ella", 5, purpose="Clip art for worksheets", students=0, elements=()
    ).send("ella", 5).route("noor", 3, "exempt")
