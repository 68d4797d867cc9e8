"""Home, the list of requests, and the search in the header."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from typing import Any

from django.core.paginator import Page
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from vetting.pages import Step, Tone, paginate
from vetting.people.access import sign_in_required
from vetting.people.middleware import PersonRequest
from vetting.people.queries import open_schools_of, today_in
from vetting.requests import queries, rules
from vetting.requests.models import ToolRequest
from vetting.requests.panels import Behind, agreement_states_of, agreement_waits_of
from vetting.requests.queries import FEW
from vetting.requests.views.due import few_due
from vetting.requests.views.turns import can_be_reminded, steps_of, who_waits
from vetting.requests.views.yours import YOURS, in_order, show_yours, views_of
from vetting.worklist.queries import holding_of
from workflows.actors import Actor
from workflows.clock.queries import business_days_since
from workflows.desk.queries import Work, works_of
from workflows.desk.waiting import waiting_for
from workflows.lifecycles.request import AWAITING_AGREEMENT, DRAFT, REQUEST
from workflows.together import together

WAITING = 8
# Home reads no more of a long inbox: the soonest due come first.
READ = 60


@dataclass(frozen=True, slots=True)
class Row:
    """One request as lists show it."""

    case: ToolRequest
    tone: Tone
    waits_for: str
    askers: str
    schools: str
    age: str
    age_tone: Tone
    late: str
    state: str
    can_be_reminded: bool = True


@dataclass(frozen=True, slots=True)
class Card:
    case: ToolRequest
    tone: Tone
    waits_for: str
    steps: list[Step]
    url_name: str


def rows_of(cases: Sequence[ToolRequest], actor: Actor, now: datetime) -> list[Row]:
    waits = _behind(cases)
    return [row_of(one, actor, now, waits.get(one.pk)) for one in cases]


def _behind(cases: Sequence[ToolRequest]) -> Mapping[int, Behind]:
    """The agreements that requests wait for: read once for all of them."""
    return agreement_waits_of([one for one in cases if one.state == AWAITING_AGREEMENT])


def row_of(case: ToolRequest, actor: Actor, now: datetime, behind: Behind | None = None) -> Row:
    asking = [row for row in case.requesters.all() if row.left_at is None]
    names = [school.name for row in asking for school in row.schools.all()]
    dues = [case.due_at, behind.due if behind else None]  # type: ignore[attr-defined]
    running = case.state in REQUEST.turn or queries.review_is_late(case)
    since = behind.since if behind else queries.waits_since(case)
    age, tone = _age(case, since, now) if running else (_rested(since, now), "plain")
    return Row(
        case=case,
        tone=rules.tone_of(case.state),  # type: ignore[arg-type]
        waits_for=who_waits(case, behind),
        askers=", ".join(row.membership.user.name for row in asking),
        schools="Every school" if case.district_wide else _short(sorted(set(names))),
        age=age,
        age_tone=tone,  # type: ignore[arg-type]
        late=_late(case, any(due < now for due in dues if due)),
        state=rules.state_in_words(case.state, yours=queries.is_turn_of(case, actor)),
        can_be_reminded=can_be_reminded(case, behind),
    )


def _late(case: ToolRequest, overdue: bool) -> str:
    if queries.review_is_late(case):
        return "yearly review late"
    return "overdue" if overdue else ""


def _age(case: ToolRequest, since: datetime, now: datetime) -> tuple[str, str]:
    return rules.age_in_words(business_days_since(since, case.case.tenant, now))


def _rested(since: datetime, now: datetime) -> str:
    """What waits for nobody is under no deadline, and so under no calendar of working days."""
    return rules.counted_days((now - since).days, "calendar")


def _short(names: list[str]) -> str:
    return ", ".join(names[:2]) + (f" and {len(names) - 2} more" if len(names) > 2 else "")


@sign_in_required
@require_GET
def home(request: PersonRequest) -> HttpResponse:
    now = timezone.now()
    actor = request.actor
    works_on = actor.has(*queries.SEES_THE_DISTRICT)
    waiting = waiting_for(actor, most=READ)
    mine = queries.asked_last(actor)
    others = queries.longest_open(actor) if works_on else None
    together(*waiting, mine, *([] if others is None else [others]))
    works = in_order(works_of(actor, waiting), now)[:READ]
    request.works = works  # the strip counts among them
    context = {
        "works": [(work, holding_of(work, back="/")) for work in works[:FEW]],
        "more_works": _more(len(works), whole=len(works) < READ),
        **_asked_for(request, list(mine)),
        **(_waiting(actor, works, list(others), now) if others is not None else {}),
        "works_on": works_on,
        "due": few_due(actor, works, today_in(request.district), now),
        "now": now,
    }
    return render(request, "vetting/requests/home.html", context)


def _more(found: int, *, shown: int = FEW, whole: bool = True) -> str:
    """How many wait beside the few that are shown; a long list is not read to its end."""
    if found <= shown:
        return "" if whole else "more"
    return f"{found - shown}" if whole else f"at least {found - shown}"


def _waiting(
    actor: Actor, works: Sequence[Work], longest: list[ToolRequest], now: datetime
) -> dict[str, Any]:
    """Without those whose agreement waits for this very person."""
    found, whole = queries.waiting_on_others(actor, longest)
    behind, mine = _behind(found), {work.record.pk for work in works}
    found = [
        one for one in found if (at := behind.get(one.pk)) is None or at.subject.pk not in mine
    ]
    shown = found[:WAITING]
    return {
        "waiting": [row_of(one, actor, now, behind.get(one.pk)) for one in shown],
        "more_waiting": _more(len(found), shown=WAITING, whole=whole),
    }


def _asked_for(request: PersonRequest, mine: list[ToolRequest]) -> dict[str, Any]:
    whole: int = mine[0].whole if mine else 0  # type: ignore[attr-defined]
    return {"cards": _cards(request, mine), "more_cards": max(0, whole - FEW)}


def _cards(request: PersonRequest, mine: list[ToolRequest]) -> list[Card]:
    agreements = agreement_states_of(mine)
    waits = _behind(mine)
    return [
        Card(
            case=case,
            tone=rules.tone_of(case.state),  # type: ignore[arg-type]
            waits_for=_waits_for(case, request.actor, waits.get(case.pk)),
            steps=steps_of(case, agreements.get(case.pk, "")),
            url_name="requests:continue" if case.state == DRAFT else "requests:detail",
        )
        for case in mine
    ]


def _waits_for(case: ToolRequest, actor: Actor, behind: Behind | None) -> str:
    return "you" if queries.is_turn_of(case, actor) else who_waits(case, behind)


def _filters(request: PersonRequest) -> queries.Filters:
    said = request.GET
    view = said.get("view", "open")
    school = said.get("school", "")
    return queries.Filters(
        view=view if view in queries.VIEWS else "open",
        text=said.get("q", "")[:100],
        state=said.get("state", ""),
        school=int(school) if school.isdecimal() and len(school) < 10 else None,
        mine="mine" in said,
        late_on=today_in(request.district) if "late" in said else None,
    )


@sign_in_required
@require_GET
def requests(request: PersonRequest) -> HttpResponse:
    if request.GET.get("view") == YOURS:
        return show_yours(request)
    now = timezone.now()
    filters = _filters(request)
    readable = queries.requests_for(request.actor)
    counted = queries.counted_by_state(request.actor, readable)
    schools = open_schools_of(request.actor)
    together(*counted, schools)
    totals = dict(chain(*counted))
    counts = queries.counts_by_view(totals)
    whole = None if filters.narrow else sum(totals.get(state, 0) for state in filters.states)
    rows = queries.listed(request.actor, filters, readable)
    page: Page = paginate(request, rows, count=whole)
    context = {
        "page": page,
        "rows": rows_of(list(page.object_list), request.actor, now),
        "views": views_of(counts, "" if filters.state else filters.view),
        "filters": filters,
        "states": [(key, rules.state_in_words(key, yours=False)) for key in REQUEST.states],
        "schools": schools,
    }
    return render(request, "vetting/requests/list.html", context)


@sign_in_required
@require_GET
def search(request: PersonRequest) -> HttpResponse:
    text = request.GET.get("q", "").strip()[:100]
    found = queries.search(request.actor, request.district, text)
    return render(request, "vetting/requests/search.html", {"text": text, "found": found})
