"""What is late and what is due soon: a few lines of each on Home, all of it on its own page."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from vetting.pages import DueDate, Tone, paginate
from vetting.people.access import sign_in_required
from vetting.people.middleware import PersonRequest
from vetting.people.queries import today_in
from vetting.policy.confidential import as_others_read, reads_sources
from vetting.policy.rules.classifying import short_mark
from vetting.requests import queries
from vetting.requests.models import ToolRequest
from vetting.requests.panels import Behind, agreement_holders_of, agreement_waits_of
from vetting.requests.views.turns import who_waits
from workflows.actors import ROLE_NAMES, Actor
from workflows.cases import Case
from workflows.clock import queries as clock
from workflows.clock.models import Deadline
from workflows.clock.queries import away_in_words, still_in_words
from workflows.clock.words import away, zone_elsewhere
from workflows.desk.queries import Work, address_of, inbox, title_of
from workflows.desk.turns import ROLE_OF
from workflows.grammar import Unit
from workflows.lifecycles.agreement import AGREEMENT
from workflows.lifecycles.request import AWAITING_AGREEMENT, REQUEST
from workflows.stateful import Stateful
from workflows.together import together

FEW = 5
# Of each kind of case the soonest due that wait for this person; their dates come first on the
# page, too. Whoever has more of them sees the rest among everybody's dates.
READ = 120
COUNTED = 95  # further dates are not counted one by one
REVIEWS = 20
MOST = 1000  # nor, on their own page, counted or shown


@dataclass(frozen=True, slots=True)
class DueRow:
    """One date of one case; `holder` is "you" where this person owes it."""

    subject: Stateful
    title: str
    date: DueDate
    holder: str
    late: bool
    deadline: Deadline


@dataclass(frozen=True, slots=True)
class Dates:
    """The first dates, and how many more stand on the page of all."""

    rows: list[DueRow]
    more: str


@dataclass(frozen=True, slots=True)
class Reviews:
    """The first of the yearly reviews that are late, and whether there are more."""

    rows: list[ToolRequest]
    more: bool


@dataclass(frozen=True, slots=True)
class DueSoon:
    late: Dates
    coming: Dates
    reviews: Reviews


def few_due(actor: Actor, works: Sequence[Work], today: date, now: datetime) -> DueSoon:
    owed = owed_by(works)
    dates = queries.due_soon(actor, now, owes=owed)
    late = dates.filter(due_at__lt=now)[: FEW + COUNTED]
    coming = dates.filter(due_at__gte=now)[: FEW + COUNTED]
    reviews = queries.late_reviews(actor, today)[: FEW + 1]
    together(late, coming, reviews)
    rows = rows_of(actor, [*late[:FEW], *coming[:FEW]], owed, now)
    return DueSoon(
        Dates([row for row in rows if row.late], _more(list(late))),
        Dates([row for row in rows if not row.late], _more(list(coming))),
        Reviews(list(reviews[:FEW]), len(reviews) > FEW),
    )


def _more(found: Sequence[Deadline]) -> str:
    if len(found) <= FEW:
        return ""
    return str(len(found) - FEW) if len(found) < FEW + COUNTED else f"at least {COUNTED}"


def owed_by(works: Sequence[Work]) -> dict[int, Stateful]:
    """The cases that wait for this person, read already."""
    return {work.record.pk: work.record for work in works}


def rows_of(
    actor: Actor, deadlines: Sequence[Deadline], owes: Mapping[int, Stateful], now: datetime
) -> list[DueRow]:
    unread = [deadline for deadline in deadlines if deadline.case_id not in owes]
    known = {**owes, **queries.subjects_of(actor, unread)}
    waits = agreement_waits_of(
        [
            one
            for one in known.values()
            if one.lifecycle is REQUEST and one.state == AWAITING_AGREEMENT
        ]
    )
    theirs = [one for pk, one in known.items() if pk not in owes and one.lifecycle is AGREEMENT]
    said = agreement_holders_of(theirs)
    sources = reads_sources(actor)
    return [
        DueRow(
            subject=subject,
            title=title_of(subject),
            date=due_date(deadline, subject.case, now),
            holder="you" if subject.pk in owes else _holder(subject, waits, said),
            late=deadline.due_at < now,
            deadline=deadline,
        )
        for deadline in (one if sources else as_others_read(one) for one in deadlines)
        if (subject := known.get(deadline.case_id))
    ]


def _holder(subject: Stateful, waits: Mapping[int, Behind], agreements: Mapping[int, str]) -> str:
    """In the words of the lists and of its own page."""
    if isinstance(subject, ToolRequest):
        return who_waits(subject, waits.get(subject.pk))
    if subject.pk in agreements:
        return agreements[subject.pk]
    role = ROLE_OF.get(subject.lifecycle.turn.get(subject.state, ""))
    return ROLE_NAMES[role] if role else ""


def due_date(deadline: Deadline, case: Case, now: datetime, *, linked: bool = True) -> DueDate:
    """A deadline as pages show it: late in red, within three days in amber, with its reason.

    `linked`: to the whole reckoning, for those who may read the case.
    """
    due = deadline.due_at
    tone: Tone = "error" if due < now else "warning" if (due - now).days < 3 else "plain"
    why = str(deadline.explanation.get("sentence", ""))
    return DueDate(
        deadline.basis,
        due,
        away=away_in_words(deadline, case.tenant, now),
        tone=tone,
        why=(why[:1].upper() + why[1:],) if why else (),
        why_url=whole_reckoning(case.code, deadline.kind) if linked else "",
        mark=short_mark(deadline.explanation),
        zone=zone_elsewhere(deadline.layer, deadline.explanation, case.tenant.zone),
    )


def whole_reckoning(code: str, kind: str) -> str:
    return f"{reverse('policy:explained', args=(code,))}#{kind}"


def dates_of(
    subject: Stateful, now: datetime, *, sources: bool, linked: bool = True
) -> dict[str, Any]:
    """The dates beside a case's history: what runs, and in words what stands still."""
    running = [one if sources else as_others_read(one) for one in clock.dates_of(subject)]
    return {
        "deadlines": [
            due_date(d, subject.case, now, linked=linked) for d in running if not d.paused_at
        ],
        "paused": [still_in_words(d) for d in running if d.paused_at],
    }


def late_review(case: ToolRequest, now: datetime) -> list[DueDate]:
    """As a date of its page: no deadline runs for a yearly review yet."""
    if not queries.review_is_late(case):
        return []
    due = queries.waits_since(case)
    days = clock.business_days_since(due, case.case.tenant, now)
    late = away(-days, Unit.BUSINESS_DAYS) if days else "late"
    url = whole_reckoning(case.code, "yearly_review")
    return [DueDate("Yearly review", due, away=late, tone="error", why_url=url)]


def dates_behind(behind: Behind | None, actor: Actor, now: datetime) -> dict[str, Any]:
    """The same of the agreement that a request waits for: its date may be the late one."""
    if behind is None:
        return {}
    url = address_of(behind.subject) if actor.has(*behind.readers) else ""
    dates = dates_of(behind.subject, now, sources=reads_sources(actor), linked=bool(url))
    return {"elsewhere": {**dates, "url": url}}


def _counted(found: int, *, beyond: bool) -> str:
    return f"at least {found}" if beyond else str(found)


@sign_in_required
@require_GET
def due(request: PersonRequest) -> HttpResponse:
    now, actor = timezone.now(), request.actor
    # The strip of late work counts what is read here.
    request.works = inbox(actor, most=READ)
    owes = owed_by(request.works)
    dates = queries.due_soon(actor, now, owes=owes)
    asked = dates.select_related(None).values_list("pk", "due_at")[: MOST + 1]
    reviews = queries.late_reviews(actor, today_in(request.district))[: REVIEWS + 1]
    together(asked, reviews)
    cut, first = len(asked) > MOST, list(asked[:MOST])
    page = paginate(request, [key for key, _ in first])
    rows = rows_of(actor, list(dates.filter(pk__in=list(page.object_list))), owes, now)
    late = sum(due_at < now for _, due_at in first)
    context = {
        "page": page,
        "late": [row for row in rows if row.late],
        "coming": [row for row in rows if not row.late],
        "count_late": _counted(late, beyond=cut and late == MOST),
        "count_coming": _counted(len(first) - late, beyond=cut),
        "cut": MOST if cut else 0,
        "reviews": Reviews(list(reviews[:REVIEWS]), len(reviews) > REVIEWS),
    }
    return render(request, "vetting/requests/due.html", context)
