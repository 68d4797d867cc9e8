"""Every open date that concerns whoever asks, by month and as a picture of one month."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from vetting.agenda.queries.dates import Agenda, Key, agenda_of, dates_named
from vetting.agenda.rules.months import SHOWN, first_of, month_named, months_of, picture
from vetting.pages import DueDate, Link, paginate
from vetting.people.access import sign_in_required
from vetting.people.middleware import PersonRequest
from vetting.people.queries import today_in
from vetting.requests.queries import SEES_THE_DISTRICT
from vetting.requests.views.due import DueRow, owed_by, rows_of
from workflows.clock.models import Deadline
from workflows.clock.queries import still_in_words
from workflows.desk.queries import inbox

# Of each kind of case the soonest due that wait for this person, as on the page of late dates.
READ = 120
CLOCKS = {layer or "own": (layer, words) for layer, words in Deadline.LAYERS}
A_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Row:
    """`still`: what is said of a clock that does not run."""

    due: DueRow
    date: DueDate
    clock: str
    still: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    name: str
    slug: str
    count: int
    rows: list[Row]


@sign_in_required
@require_GET
def mine(request: PersonRequest) -> HttpResponse:
    now, today = timezone.now(), today_in(request.district)
    request.works = inbox(request.actor, most=READ)
    owes = owed_by(request.works)
    agenda = agenda_of(request.actor, owes, request.district.tenant)
    clock, month = request.GET.get("clock", ""), month_named(request.GET.get("month", ""))
    running, still = (_of_clock(keys, clock) for keys in (agenda.running, agenda.still))
    listed = [key for key in running if month in (None, first_of(key.day))]
    page = paginate(request, [key.pk for key in listed])
    shown = month or first_of(today)
    pictured = _few_of_each_day(key for key in running if first_of(key.day) == shown)
    at_rest = still if month is None and page.number == 1 else []
    wanted = {*page.object_list, *(key.pk for key in [*pictured, *at_rest])}
    found = rows_of(request.actor, dates_named(request.actor, wanted, owes), owes, now)
    rows = {row.deadline.pk: _row(row) for row in found}
    on_page = [key for key in listed if key.pk in set(page.object_list)]
    context = _filters(agenda, running, clock, month) | {
        "page": page,
        "parts": _parts(on_page, listed, rows, now),
        "still": [rows[key.pk] for key in at_rest if key.pk in rows],
        "count_still": len(still),
        "cut": len(agenda.running) if agenda.cut else 0,
        "waiting": READ if len(request.works) == READ else 0,
        "shown": shown,
        "weeks": _weeks(shown, pictured, running, rows, today),
        "around": _around(shown, clock),
        "sees_the_year": request.actor.has(*SEES_THE_DISTRICT),
    }
    return render(request, "vetting/agenda/mine.html", context)


def _of_clock(keys: Iterable[Key], clock: str) -> list[Key]:
    if clock not in CLOCKS:
        return list(keys)
    layer, _ = CLOCKS[clock]
    return [key for key in keys if key.layer == layer]


def _few_of_each_day(keys: Iterable[Key]) -> list[Key]:
    return [key for _, same in groupby(keys, key=lambda key: key.day) for key in list(same)[:SHOWN]]


def _row(row: DueRow) -> Row:
    clock = dict(Deadline.LAYERS)[row.deadline.layer]
    still = still_in_words(row.deadline) if row.deadline.paused_at else ""
    return Row(row, row.date, clock, still)


def _parts(
    on_page: Sequence[Key], listed: Sequence[Key], rows: dict[int, Row], now: datetime
) -> list[Part]:
    """What is late, then month by month; each with how many there are on all pages together."""

    def part_of(key: Key) -> tuple[str, str]:
        if key.due_at < now:
            return "Late", "late"
        return f"{key.day:%B %Y}", f"{key.day:%Y-%m}"

    counts: dict[tuple[str, str], int] = {}
    for key in listed:
        counts[part_of(key)] = counts.get(part_of(key), 0) + 1
    return [
        Part(*named, counts[named], [rows[key.pk] for key in same if key.pk in rows])
        for named, same in groupby(on_page, key=part_of)
    ]


def _weeks(
    shown: date, pictured: Sequence[Key], running: Sequence[Key], rows: dict[int, Row], today: date
) -> list[list[Any]]:
    """A day's dates that are not read are only counted."""
    named = {key.pk for key in pictured}
    inside = (key for key in running if first_of(key.day) == shown)
    found = [(key.day, rows.get(key.pk) if key.pk in named else None) for key in inside]
    return picture(shown, [(day, row) for day, row in found], today)


def _around(shown: date, clock: str) -> list[Link]:
    before, after = first_of(shown - A_DAY), first_of(shown + 31 * A_DAY)
    kept = f"&clock={clock}" if clock in CLOCKS else ""
    return [Link(f"{one:%B %Y}", f"?month={one:%Y-%m}{kept}") for one in (before, after)]


def _filters(
    agenda: Agenda, running: Sequence[Key], clock: str, month: date | None
) -> dict[str, Any]:
    counts: dict[str, int] = {}
    for key in agenda.running:
        counts[key.layer] = counts.get(key.layer, 0) + 1
    return {
        "clocks": [(name, words, counts.get(of, 0)) for name, (of, words) in CLOCKS.items()],
        "clock": clock if clock in CLOCKS else "",
        "months": months_of(key.day for key in running),
        "month": f"{month:%Y-%m}" if month else "",
        "all": len(running),
    }
