"""Reads of the requests room. Whatever a page shows comes through a query that takes the actor."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import lru_cache
from statistics import median
from typing import Any

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet

from vetting.catalog.models import Tool
from vetting.people.models import District
from vetting.people.queries import district_of, people_with, schools_led_by
from vetting.requests import rules
from vetting.requests.models import Question, RequestedElement, Requester, ToolRequest
from vetting.requests.panels import parts, parts_of
from workflows.actors import Actor, Role, somebody
from workflows.clock.queries import business_days_since
from workflows.ledger.models import Entry
from workflows.ledger.queries import entries_of
from workflows.lifecycles.request import APPROVED, DRAFT, OPEN
from workflows.prefetching import is_read
from workflows.whole import Whole

# These roles work on requests; everybody else sees their own and what is public of others'.
SEES_THE_DISTRICT = (
    *(Role.SOURCING, Role.PRIVACY, Role.LEGAL, Role.IT_SECURITY, Role.ACADEMICS, Role.SIGNATORY),
    *(Role.BOARD_CLERK, Role.COMMUNICATIONS, Role.CONSORTIUM_AGENT, Role.ADMIN),
    Role.SUPERINTENDENT,
)
USUAL = timedelta(days=90)
# The move that chooses the path of a class; click-wrap goes the way of a contract.
ROUTES = {
    "contract": "route_contract",
    "click_wrap": "route_contract",
    "on_demand": "route_consent",
    "exempt": "route_exempt",
}


def requests_for(actor: Actor) -> QuerySet[ToolRequest]:
    """The requests whose page this person may read, in their own district only."""
    # By its own district, which the lists' counts then need not join every case for.
    rows = ToolRequest.with_people(actor).filter(district=district_of(actor))
    mine = Q(Exists(_asked_by(actor)))
    if actor.has(*SEES_THE_DISTRICT):
        # In this order: of nearly every row only its state is asked.
        return rows.filter(~Q(state=DRAFT) | mine)
    if _sees_schools(actor):
        return rows.filter(mine | (_of_my_school(actor) & ~Q(state=DRAFT)))
    return rows.filter(mine)


def request_for(actor: Actor, code: str, *, whole: bool = False) -> ToolRequest:
    """Raises ToolRequest.DoesNotExist alike for nothing, another district's and a hidden one.

    `whole`: with all that its own page shows and asks of it.
    """
    # Which schools somebody leads is asked each time: no words are the same for two leaders.
    if actor.number is None or _sees_schools(actor):
        return one_request(actor, code, whole).get()
    found: ToolRequest = _worded(actor.roles, whole).get(actor.tenant_id or 0, actor.number, code)
    return found


@lru_cache(maxsize=64)
def _worded(roles: frozenset[Role], whole: bool) -> Whole:
    return Whole(
        lambda at, who, code: one_request(somebody(at, who, roles), code, whole), int, int, str
    )


def one_request(actor: Actor, code: str, whole: bool) -> QuerySet[ToolRequest]:
    more = parts_of(ToolRequest, actor) if whole else ()
    return requests_for(actor).prefetch_related(*more).filter(case__code=code)


def _sees_schools(actor: Actor) -> bool:
    return actor.has(Role.SCHOOL_LEADER) and not actor.has(*SEES_THE_DISTRICT)


@parts(ToolRequest)
def asked_and_answered(actor: Actor) -> list[Any]:
    return [Prefetch("schedule", RequestedElement.objects.select_related("element")), "questions"]


def my_requests(actor: Actor) -> QuerySet[ToolRequest]:
    """What this person asked for, newest first."""
    rows = ToolRequest.with_people(actor).filter(Exists(_asked_by(actor).filter(left_at=None)))
    return rows.filter(joined_into=None).order_by("-case__opened_at")


def my_drafts_named(actor: Actor, text: str) -> list[ToolRequest]:
    """One's own drafts of a tool, by its name or its address."""
    wanted = text.strip()
    if not wanted:
        return []
    named = Q(tool_name__icontains=wanted) | Q(website__icontains=wanted)
    return list(my_requests(actor).filter(named, state=DRAFT)[:5])


def draft_to_go_on_with(actor: Actor, typed: Mapping[str, Any]) -> ToolRequest | None:
    """An own draft of that very name; without a name, one into which nothing was typed yet."""
    name, form = typed.get("tool_name", "").strip(), typed.get("form") or "tool"
    drafts = my_requests(actor).filter(state=DRAFT, form=form)
    if name:
        return drafts.filter(tool_name__iexact=name).first()
    empty = drafts.filter(tool_name="", website="", vendor_name="", purpose="")
    empty = empty.filter(project_partner="", project_records="")
    return next((draft for draft in empty if len(draft.requesters.all()) == 1), None)


def _asked_by(actor: Actor) -> QuerySet[Requester]:
    return Requester.rows_of(actor).filter(request=OuterRef("pk"))


def _of_my_school(actor: Actor) -> Q:
    """The same schools as `ToolRequest.roles_of` means."""
    rows = Requester.objects.filter(request=OuterRef("pk"), left_at=None)
    led = rows.filter(schools__in=schools_led_by(actor))
    return Q(Exists(led)) | Q(district_wide=True)


def open_request_like(request: ToolRequest) -> ToolRequest | None:
    """The other open request of this district for the same tool, if there is one."""
    if request.tool_id is None:
        return None
    others = ToolRequest.objects.filter(
        district=request.district_id, tool=request.tool_id, state__in=OPEN
    )
    return others.exclude(pk=request.pk).select_related("case__tenant").first()


def is_asked_for(district: District, tool: Tool) -> bool:
    """Whether somebody of this district asks for the tool now: then one can join them."""
    return ToolRequest.objects.filter(district=district, tool=tool, state__in=OPEN).exists()


def open_question(request: ToolRequest) -> Question | None:
    """The question that waits for its answer, if one does."""
    last = Question.objects.filter(request=request).order_by("asked_at", "pk").last()
    return last if last and not last.answer.strip() else None


def privacy_asked(request: ToolRequest) -> Entry | None:
    """When the privacy team was asked to go on from the request's present class."""
    if is_read(request.case, "entries"):
        rows: Any = (row for row in entries_of(request) if row.name == "privacy_asked")
    else:
        rows = Entry.objects.filter(case_id=request.pk, name="privacy_asked").order_by("-seq")
    return next((row for row in rows if row.facts.get("class") == request.relationship), None)


def privacy_lead_of(district: District) -> str:
    """Who decides, by name; the team where nobody leads it today."""
    leads = people_with(district, Role.PRIVACY_LEAD)
    return leads[0].user.name if leads else "the privacy team"


def usual_time(district: District, path: str, now: datetime) -> rules.Usual:
    """How long requests of this class take from sending to approval, those on its path alone.

    What an agreement in effect covers goes a quicker way. Those that still wait are counted too:
    only the quick ones have been approved in a district that has just begun. Two queries, which
    begin with the few that are open or were lately approved, however long the history is.
    """
    since = now - USUAL
    lately = Q(approved_on__gte=district.tenant.day_of(since))
    few = ToolRequest.objects.filter(Q(state__in=OPEN) | lately, district=district)
    states = dict(few.filter(relationship=path).values_list("pk", "state"))
    told = Entry.objects.filter(case__in=states).order_by("case_id", "-seq")
    approved = Q(kind=Entry.MOVE, target=APPROVED, source__in=OPEN, at__gt=since)
    acts = Q(name__in=("submit", ROUTES.get(path, ""))) | approved
    rows = list(told.filter(acts).values_list("case_id", "name", "target", "at"))
    routed = {case for case, name, _, _ in rows if name == ROUTES.get(path)}
    # The newest first, so that what stays is the first time it was sent.
    first = {case: at for case, name, _, at in rows if name == "submit"}
    ended = [(case, at) for case, _, target, at in rows if target == APPROVED and case in routed]
    took = [_days(district, first, *row) for row in ended]
    waiting = [case for case, state in states.items() if state in OPEN and case in routed]
    open_ = [_days(district, first, case, now) for case in waiting]
    half = max(1, round(median(took))) if took else None
    return rules.Usual(half, len(open_), max(open_, default=0))


def _days(district: District, sent: Mapping[int, datetime], case: int, until: datetime) -> int:
    """The unit in which every list tells how long a request has waited."""
    return business_days_since(sent.get(case, until), district.tenant, until)
