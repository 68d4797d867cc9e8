"""What may be used today."""

from contracts.demo.chapters import start
from contracts.demo.story.roads import to_executed, to_screened, to_vendor
from contracts.demo.telling import Teller


def tell(teller: Teller) -> None:
    reading_ladder(teller)


def reading_ladder(teller: Teller) -> None:
    """The main job, end to end, over four months."""
    chapter = start(
        teller,
        "Reading Ladder",
        "ben",
        290,
        purpose="Practice reading at home and in small groups",
        students=96,
        under_13=True,
        elements=("student-name", "username", "grade-level", "in-app-performance"),
    )
    deal = to_vendor(to_screened(chapter, 289), 280)
    to_executed(deal, 262)
    chapter.approve("ada", 246, conditions=["Use it only with the district's own accounts."])
