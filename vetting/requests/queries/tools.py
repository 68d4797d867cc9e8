"""May I use this tool? What the district says about each, for this person."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

from vetting.catalog.models import Listing, Tool
from vetting.catalog.queries import Match, search_tools
from vetting.people.models import District
from vetting.people.queries import today_in
from vetting.requests.models import Requester, ToolRequest
from vetting.requests.panels import coverage_of
from vetting.requests.queries.lists import with_dates
from vetting.requests.rules import state_in_words
from workflows.actors import Actor
from workflows.lifecycles.request import DECLINED, OPEN, RETIRED, SUSPENDED, USABLE

Verdict = Literal[
    "approved", "covered", "in_review", "suspended", "not_allowed", "retired", "listed", "unknown"
]
ANSWERED = (*USABLE, *OPEN, SUSPENDED, DECLINED, RETIRED)


@dataclass(frozen=True, slots=True)
class Grant:
    """One approval in effect: for whom, what for, on which conditions, until when."""

    request: ToolRequest
    schools: tuple[str, ...]

    @property
    def until(self) -> date | None:
        return self.request.approved_until


@dataclass(frozen=True, slots=True)
class ToolAnswer:
    """`request` is the one behind the verdict; `asked` says that this person asks in it."""

    tool: Tool
    verdict: Verdict
    request: ToolRequest | None = None
    since: datetime | None = None
    grants: tuple[Grant, ...] = ()
    review: ToolRequest | None = None
    asked: bool = False
    covered_by: str = ""
    listing: Listing | None = field(default=None)

    @property
    def step(self) -> str:
        """Where the open request stands; only whoever asks is asked for an answer."""
        return state_in_words(self.review.state, yours=self.asked) if self.review else ""

    @property
    def may_join(self) -> bool:
        return self.review is not None and not self.asked


def may_i_use(actor: Actor, district: District, text: str, *, limit: int = 12) -> list[ToolAnswer]:
    """An answer for each tool that fits the search; seven queries, however many tools."""
    return answers_for(actor, district, search_tools(district, text, limit=limit))


def answers_for(actor: Actor, district: District, matches: Sequence[Match]) -> list[ToolAnswer]:
    tools = [match.tool.pk for match in matches]
    if not tools:
        return []
    today = today_in(district)
    cases = _cases_of(district, tools)
    mine = _asked(actor, [case.pk for rows in cases.values() for case in rows])
    covered = coverage_of(district, tools, today)
    return [_answer(match, cases.get(match.tool.pk, []), mine, covered, today) for match in matches]


def _cases_of(district: District, tools: Collection[int]) -> dict[int, list[ToolRequest]]:
    """Newest first, with when each last moved; only what the whole district may know."""
    rows = ToolRequest.objects.filter(district=district, tool__in=tools, state__in=ANSWERED)
    rows = rows.select_related("case__tenant", "tool").prefetch_related("scope_schools")
    found: dict[int, list[ToolRequest]] = {}
    for row in with_dates(rows).order_by("-case__opened_at", "-pk"):
        found.setdefault(row.tool_id or 0, []).append(row)
    return found


def _asked(actor: Actor, cases: Collection[int]) -> set[int]:
    rows = Requester.rows_of(actor).filter(request__in=cases, left_at=None)
    return set(rows.values_list("request_id", flat=True))


def _answer(
    match: Match,
    cases: list[ToolRequest],
    mine: set[int],
    covered: Mapping[int, str],
    today: date,
) -> ToolAnswer:
    grants = tuple(_grant(case) for case in cases if _is_usable(case, today))
    review = next((case for case in cases if case.state in OPEN), None)
    verdict, request = _verdict(match, cases, grants, review, covered)
    return ToolAnswer(
        tool=match.tool,
        verdict=verdict,
        request=request,
        since=getattr(review, "since", None),
        grants=grants,
        review=review,
        asked=review is not None and review.pk in mine,
        covered_by=covered.get(match.tool.pk, ""),
        listing=match.listing,
    )


def _is_usable(case: ToolRequest, today: date) -> bool:
    """The dates are tested on every read: a lapse does not wait for the sweep."""
    until = case.approved_until
    return case.state in USABLE and (until is None or until >= today)


def _grant(case: ToolRequest) -> Grant:
    return Grant(case, tuple(school.name for school in case.scope_schools.all()))


def _verdict(
    match: Match,
    cases: list[ToolRequest],
    grants: tuple[Grant, ...],
    review: ToolRequest | None,
    covered: Mapping[int, str],
) -> tuple[Verdict, ToolRequest | None]:
    if grants:
        return "approved", grants[0].request
    stopped = next((case for case in cases if case.state in (SUSPENDED, *USABLE)), None)
    if stopped:
        return "suspended", stopped
    if review:
        return "in_review", review
    if match.tool.pk in covered:
        return "covered", None
    ended = next((case for case in cases if case.state in (DECLINED, RETIRED)), None)
    if ended:
        return ("not_allowed" if ended.state == DECLINED else "retired"), ended
    return ("listed" if match.listing else "unknown"), None
