"""What waits for one person: some of it on Home, all of it among the saved views of the list."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import chain

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone

from vetting.pages import Link, paginate
from vetting.people.middleware import PersonRequest
from vetting.requests import queries
from vetting.worklist.queries import holding_of
from workflows.desk.queries import Work, works_of
from workflows.desk.waiting import waiting_for
from workflows.together import together

YOURS = "yours"
SOON = timedelta(days=14)
# Of each kind of case no more are read; nobody has so many to do.
MOST = 300


def in_order(works: Sequence[Work], now: datetime) -> list[Work]:
    """Late or due soon; then without a date, the longest open first; then due later.

    Work without a date behind dates that are months away would never be seen.
    """
    return sorted(works, key=lambda work: (*_place(work, now), work.case))


def _place(work: Work, now: datetime) -> tuple[int, datetime]:
    if work.due is None:
        return 1, work.record.case.opened_at
    return (0 if work.due <= now + SOON else 2), work.due


def views_of(counts: dict[str, int], current: str, yours: int | None = None) -> list[Link]:
    """The saved views as links; how many wait for oneself is known on that view alone."""
    mine = Link("Waiting for me", f"?view={YOURS}", current == YOURS, yours)
    saved = [
        Link(label, f"?view={key}", key == current, counts[key])
        for key, (label, _) in queries.VIEWS.items()
    ]
    return [mine, *saved]


def show_yours(request: PersonRequest) -> HttpResponse:
    """The same lists that Home counts, to their end."""
    now, waiting = timezone.now(), waiting_for(request.actor, most=MOST)
    readable = queries.requests_for(request.actor)
    counted = queries.counted_by_state(request.actor, readable)
    together(*waiting, *counted)
    found = works_of(request.actor, waiting)
    works = in_order(found, now)
    request.works = works  # the strip counts among them
    page = paginate(request, works)
    back = request.get_full_path()
    context = {
        "page": page,
        "works": [(work, holding_of(work, back=back)) for work in page.object_list],
        "cut": len(works) if any(len(rows) >= MOST for rows in waiting) else 0,
        "views": views_of(queries.counts_by_view(dict(chain(*counted))), YOURS, len(works)),
        "now": now,
    }
    return render(request, "vetting/requests/yours.html", context)
