"""What may be used today by a shorter road: covered, without student data, or for a while."""

from contracts.demo.chapters import start
from contracts.demo.story.roads import to_executed, to_screened, to_vendor
from contracts.demo.telling import Teller


def tell(teller: Teller) -> None:
    covered(teller)
    without_student_data(teller)
    pilots(teller)


def covered(teller: Teller) -> None:
    """Other schools ask for what an agreement covers: approved in a day, or decided."""
    quick = start(
        teller,
        "Tidepool Notes",
        "hana",
        38,
        purpose="Lab notes in science classes",
        students=120,
        elements=("grade-level", "username"),
        subject_area="Science",
    )
    quick.send("hana", 38).approve_covered("sol", 37, license="free", schools=("granite",))
    more = start(
        teller,
        "Reading Ladder",
        "carla",
        24,
        purpose="Reading practice in kindergarten",
        students=66,
        under_13=True,
        elements=("student-name", "username", "grade-level"),
    )
    more.send("carla", 24).route("mina", 22, "covered")
    more.approve("ada", 19, schools=("bluestem",), conditions=["With the class account only."])


def without_student_data(teller: Teller) -> None:
    """No student data at all, confirmed by the privacy team."""
    maps = start(
        teller,
        "Wayfinder Maps",
        "hana",
        178,
        purpose="Maps shown by the teacher on the classroom screen",
        students=0,
        elements=(),
        subject_area="Geography",
    )
    maps.send("hana", 178).route("pat", 176, "exempt")
    maps.approve("ada", 174, license="free", conditions=["Only the teacher signs in."])
    leaf = start(
        teller,
        "Openleaf Reader",
        "dev",
        88,
        purpose="Public-domain books read without an account",
        students=0,
        elements=(),
        everywhere=True,
    )
    leaf.send("dev", 88).route("noor", 86, "exempt").approve("ada", 83, license="free")


def pilots(teller: Teller) -> None:
    """Dated approvals: one under way, one for a single class."""
    physics = start(
        teller,
        "Marble Physics",
        "kai",
        74,
        purpose="Simulations in one physics course",
        students=58,
        elements=("student-name", "username", "in-app-performance"),
        subject_area="Science",
    )
    to_executed(to_vendor(to_screened(physics, 73, screener="noor"), 60, months=12), 48)
    owner = teller.cast.people["noor"].pk
    physics.approve(
        "ada",
        29,
        kind="pilot",
        until=teller.day(24),
        owner=owner,
        schools=("north-rim",),
        license="free",
        conditions=["Two classes; results are reviewed before the end."],
    )
    nook = start(
        teller,
        "NumberNook",
        "ella",
        33,
        purpose="Number games on the screen of one second-grade class, without accounts",
        students=0,
        elements=(),
        subject_area="Mathematics",
    )
    nook.send("ella", 33).route("pat", 31, "exempt")
    nook.approve(
        "ada",
        27,
        kind="one_class",
        until=teller.day(30),
        owner=owner,
        schools=("dry-creek",),
        license="free",
        reason="One teacher tries it before others ask.",
    )
