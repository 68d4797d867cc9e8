"""Lists of requests: filters, ageing, what is due, who waits for whom."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Count, Q, QuerySet, Window
from django.utils import timezone

from vetting.people.queries import district_of
from vetting.requests.models import ToolRequest
from vetting.requests.queries.cases import SEES_THE_DISTRICT, my_requests, requests_for
from workflows.actors import Actor, Role, somebody
from workflows.clock.queries import soonest_due
from workflows.desk.turns import ROLE_OF, turns_of
from workflows.lifecycles.request import (
    APPROVED,
    DRAFT,
    OPEN,
    REQUEST,
    RETURNED,
    SUSPENDED,
    USABLE,
)
from workflows.worded import Worded

# What Home shows of each kind, and how far it looks for what waits for others.
FEW, OTHERS = 10, 32

# Saved views are links; the key stands in the address.
VIEWS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "open": ("Open", OPEN),
    "waiting": ("Waiting for an answer", (RETURNED,)),
    "approved": ("Approved", USABLE),
    "suspended": ("Suspended", (SUSPENDED,)),
    "ended": ("Ended", tuple(sorted(REQUEST.ends))),
    "drafts": ("My drafts", (DRAFT,)),
    "all": ("All", tuple(REQUEST.states)),
}


@dataclass(frozen=True, slots=True)
class Filters:
    """What the address asks for; an unknown value asks for nothing."""

    view: str = "open"
    text: str = ""
    state: str = ""
    school: int | None = None
    mine: bool = False
    late_on: date | None = None  # only approvals whose yearly review is late on this day

    @property
    def states(self) -> tuple[str, ...]:
        return (self.state,) if self.state in REQUEST.states else VIEWS[self.view][1]

    @property
    def narrow(self) -> bool:
        """Whether more than the state decides what is listed."""
        return bool(self.text.strip() or self.school or self.mine or self.late_on)


def listed(
    actor: Actor, filters: Filters, readable: QuerySet[ToolRequest] | None = None
) -> QuerySet[Any]:
    """Rows of the list, each with `due_at`; `readable` where it is known already.

    What is under way is sorted by how long it waits, everything else by its age, newest first.
    """
    if filters.mine:
        readable = my_requests(actor)
    rows = requests_for(actor) if readable is None else readable
    rows = rows.filter(state__in=filters.states)
    if text := filters.text.strip():
        rows = rows.filter(_named(text))
    if filters.school:
        named = Q(requesters__schools=filters.school, requesters__left_at=None)
        rows = rows.filter(named | Q(district_wide=True)).distinct()
    if filters.late_on:
        return with_dates(_late_reviews(rows, filters.late_on))
    # Only what is under way can wait. Thousands that have ended need no reckoning to be sorted.
    waits = set(filters.states) <= {*OPEN, DRAFT, SUSPENDED}
    return with_dates(rows).order_by(*(("since", "pk") if waits else ("-pk",)))


def late_reviews(actor: Actor, today: date) -> QuerySet[ToolRequest]:
    """Approved tools whose yearly review is late, for those who make it; the longest late first.

    No deadline runs for it until the re-review room is built, so no list of deadlines has it.
    """
    rows = ToolRequest.objects.filter(district=district_of(actor))
    if not actor.has(Role.PRIVACY):
        rows = rows.none()
    return _late_reviews(rows.select_related("case__tenant", "tool"), today)


def _late_reviews(rows: QuerySet[ToolRequest], today: date) -> QuerySet[ToolRequest]:
    return rows.filter(state=APPROVED, review_on__lt=today).order_by("review_on", "pk")


def review_is_late(request: ToolRequest) -> bool:
    today = request.case.tenant.day_of(timezone.now())
    return request.state == APPROVED and request.review_on is not None and request.review_on < today


def waits_since(request: ToolRequest) -> datetime:
    """Since when whoever has the turn has it: the last move, or the end of the review's day."""
    if request.review_on is None or not review_is_late(request):
        return request.since
    return datetime.combine(request.review_on, time.max, ZoneInfo(request.case.tenant.zone))


def _named(text: str) -> Q:
    return (
        Q(tool__name__icontains=text)
        | Q(tool__vendor__name__icontains=text)
        | Q(tool_name__icontains=text)
        | Q(vendor_name__icontains=text)
        | Q(project_partner__icontains=text)
        | Q(case__code=text.lower())
    )


def with_dates(rows: QuerySet[ToolRequest]) -> QuerySet[Any]:
    """`due_at`: the soonest running deadline, or nothing."""
    return rows.annotate(due_at=soonest_due("pk"))


def counted_by_state(actor: Actor, readable: QuerySet[ToolRequest]) -> list[QuerySet[Any, Any]]:
    """(state, how many) of the requests somebody may read, in lists that name different states.

    Whoever sees the district sees all but others' drafts. So its many rows are counted in an index,
    and only the drafts are asked whose they are.
    """
    if not actor.has(*SEES_THE_DISTRICT):
        return [_counted(readable)]
    sent = ToolRequest.objects.filter(district=district_of(actor)).exclude(state=DRAFT)
    return [_counted(sent), _counted(readable.filter(state=DRAFT))]


def _counted(rows: QuerySet[ToolRequest]) -> QuerySet[Any, Any]:
    rows = rows.order_by().prefetch_related(None).select_related(None)
    return rows.values_list("state").annotate(number=Count("*"))


def counts_by_view(totals: Mapping[str, int]) -> dict[str, int]:
    """How many rows each saved view has, of how many stand in each state."""
    return {
        view: sum(totals.get(state, 0) for state in states) for view, (_, states) in VIEWS.items()
    }


def asked_last(actor: Actor) -> QuerySet[Any]:
    """The `FEW` newest of what this person asked for, each with `whole`: how many there are."""
    return _worded(actor.roles, _asked_last).rows(actor.tenant_id or 0, actor.number or 0)


def longest_open(actor: Actor) -> QuerySet[Any]:
    """The `OTHERS` open requests that wait longest, for somebody who sees the district."""
    return _worded(actor.roles, _longest_open).rows(actor.tenant_id or 0, actor.number or 0)


@lru_cache(maxsize=512)
def _worded(roles: frozenset[Role], build: Callable[[Actor], QuerySet[Any]]) -> Worded:
    return Worded(lambda tenant, number: build(somebody(tenant, number, roles)), int, int)


def _asked_last(actor: Actor) -> QuerySet[Any]:
    return my_requests(actor).annotate(whole=Window(Count("*")))[:FEW]


def _longest_open(actor: Actor) -> QuerySet[Any]:
    rows = with_dates(requests_for(actor).filter(state__in=OPEN)).order_by("since")
    # Narrow rows are sorted, and only the first of them read whole.
    return rows.filter(pk__in=rows.select_related(None).values("pk")[:OTHERS])


def waiting_on_others(
    actor: Actor, longest: Collection[ToolRequest]
) -> tuple[list[ToolRequest], bool]:
    """Those of `longest_open` that somebody else must move, for whose turn it is only each row
    knows; and whether these are all there are."""
    return [row for row in longest if not is_turn_of(row, actor)], len(longest) < OTHERS


def is_turn_of(request: ToolRequest, actor: Actor) -> bool:
    """Whether the state alone is this person's turn."""
    role = ROLE_OF.get(REQUEST.turn.get(request.state, ""))
    acts = request.state in REQUEST.work or request.state in turns_of(REQUEST)
    return acts and role in request.roles_of(actor)
