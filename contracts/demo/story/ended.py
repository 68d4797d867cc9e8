"""What was refused, given up, stopped or has run out."""

from contracts.demo.answers import BAD
from contracts.demo.chapters import start
from contracts.demo.deals import Deal
from contracts.demo.story.roads import to_executed, to_screened, to_vendor
from contracts.demo.telling import Teller


def tell(teller: Teller) -> None:
    an_expired_agreement(teller)
    an_agreement_ended_early(teller)
    a_pilot_that_ran_out(teller)
    without_an_agreement(teller)
    a_vendor_that_will_not_sign(teller)
    other_refusals(teller)
    given_up(teller)


def an_expired_agreement(teller: Teller) -> None:
    """Twelve months are over; the sweep notices, and the tool is suspended."""
    sprout = start(
        teller,
        "Sprout Math",
        "ella",
        418,
        purpose="Number practice in grades 1 to 3",
        students=210,
        under_13=True,
        elements=("student-name", "username", "in-app-performance"),
        grades=("1", "2", "3"),
        subject_area="Mathematics",
        cost=1450,
        bought_how="school_buys",
    )
    deal = to_vendor(to_screened(sprout, 417), 404, writer="pat", amount=1450, months=12)
    to_executed(deal, 380)
    sprout.approve("ada", 366, license="school_buys", schools=("dry-creek", "aspen"))


def an_agreement_ended_early(teller: Teller) -> None:
    """Ended for cause after the vendor was sold."""
    beacon = start(
        teller,
        "Beacon Behavior",
        "isaac",
        330,
        purpose="Points for positive behavior",
        students=578,
        elements=("student-name", "homeroom", "conduct"),
        cost=2900,
        bought_how="school_buys",
    )
    deal = to_executed(to_vendor(to_screened(beacon, 329, screener="noor"), 316), 300)
    beacon.approve("ada", 286, schools=("high-line",), license="school_buys")
    deal.terminate(
        "cora", 33, "The new owner named subprocessors without telling us and would not mend it."
    )


def a_pilot_that_ran_out(teller: Teller) -> None:
    """Its end date passed the day before yesterday."""
    pixel = start(
        teller,
        "Openwell Drills",
        "grace",
        71,
        purpose="Fluency drills shown by the teacher",
        students=0,
        elements=(),
    )
    pixel.send("grace", 71).route("noor", 69, "exempt")
    pixel.approve(
        "ada",
        57,
        kind="pilot",
        until=teller.day(-2),
        owner=teller.cast.people["noor"].pk,
        schools=("fireweed",),
        license="free",
    )


def without_an_agreement(teller: Teller) -> None:
    """Approved without student data: one suspended when it changed, one retired."""
    clips = start(
        teller,
        "Cliphaven",
        "dev",
        230,
        purpose="Sound effects for the library's podcasts",
        students=0,
        elements=(),
    )
    clips.send("dev", 230).route("pat", 228, "exempt").approve("ada", 226, license="free")
    clips.suspend("pat", 17, "It now asks every visitor, students too, to make an account.")
    timer = start(
        teller, "Timerbird", "hana", 340, purpose="A timer on the screen", students=0, elements=()
    )
    timer.send("hana", 340).route("noor", 338, "exempt").approve("ada", 336, license="free")
    timer.retire("pat", 64, "The site was closed by its maker; nobody uses it any more.")


def a_vendor_that_will_not_sign(teller: Teller) -> None:
    hive = start(
        teller,
        "StudyHive",
        "june",
        205,
        purpose="Flash cards shared between students",
        students=260,
        elements=("student-name", "student-email", "student-work"),
    )
    deal = to_screened(hive, 204, screener="noor")
    deal.abandon("cora", 172, "The vendor accepts no agreement with any school.")
    hive.decline(
        "pat",
        171,
        "vendor_will_not_sign",
        words="Asked three times; the vendor accepts no agreement with any school.",
        alternatives="Palaver for languages; paper cards for everything else.",
    )


def other_refusals(teller: Teller) -> None:
    """At the first look, after the screening, and because there is one already."""
    sells = start(
        teller,
        "Giggle Games",
        "carla",
        122,
        purpose="Rewards at the end of a lesson",
        students=66,
        under_13=True,
        elements=("student-name", "username", "technology-metadata"),
    )
    sells.send("carla", 122).route("sol", 120).screen("pat", 114, BAD)
    sells.decline(
        "pat",
        112,
        "sells_data",
        words="Its terms let it pass data to partners and show advertising to children.",
        alternatives="NumberNook, where your class may use it.",
    )
    Deal.of(sells).abandon("cora", 111, "The tool was not approved.")
    twice = start(
        teller,
        "Rubric Rocket",
        "isaac",
        67,
        purpose="Grading with rubrics",
        students=140,
        elements=("student-name", "course-grades"),
    )
    twice.send("isaac", 67)
    twice.decline(
        "noor", 65, "already_have", alternatives="Kestrel Gradebook has rubrics: Settings, Rubrics."
    )


def given_up(teller: Teller) -> None:
    """Withdrawn by the one who asked; its agreement was being prepared."""
    trail = start(
        teller,
        "Trailmark",
        "lila",
        97,
        purpose="Planning outdoor lessons",
        students=60,
        elements=("student-name", "homeroom"),
    )
    trail.send("lila", 97).route("sol", 95)
    trail.withdraw("lila", 90, "The course is not taught this year.")
    Deal.of(trail).abandon("pat", 89, "The request was withdrawn.")
