"""What sets the dates of a request that nobody counts, and who may read them."""

from collections.abc import Iterator
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from vetting.policy.origins import Plain, dates_beside, reads, sets
from vetting.policy.rules.explanation import Ground
from vetting.requests import queries
from vetting.requests.models import ToolRequest
from workflows.actors import Actor
from workflows.clock.words import day_words
from workflows.lifecycles.request import APPROVED, REQUEST


@reads(REQUEST)
def request_to_read(actor: Actor, code: str) -> ToolRequest:
    return queries.request_for(actor, code)


@sets(REQUEST, "approval_ends")
def approval_ends(request: ToolRequest) -> Ground | None:
    if request.approved_until is None:
        return None
    end = day_words(request.approved_until)
    words = f"The decision approved it until {end}, and that day ends at 23:59:59."
    return Ground(words, request.approved_until)


@dates_beside(REQUEST)
def yearly_review(request: ToolRequest) -> Iterator[Plain]:
    """No deadline runs for it yet."""
    day = request.review_on
    if request.state != APPROVED or day is None:
        return
    before = _a_year_before(day)
    words = (
        f"An approved tool is looked at again within 12 months: from {day_words(before)} they end "
        f"on {day_words(day)}, at 23:59:59."
    )
    zone = ZoneInfo(request.case.tenant.zone)
    since, due = (
        datetime.combine(on, at, zone) for on, at in ((before, time()), (day, time(23, 59, 59)))
    )
    yield Plain("yearly_review", "Yearly review", since, due, Ground(words, day, before, 12))


def _a_year_before(day: date) -> date:
    """A review falls on no Feb 29: it is twelve months after a day that has one."""
    return day.replace(year=day.year - 1)
