"""Why each date of a case is what it is, as a page and as JSON."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from vetting.pages import Fact
from vetting.people.access import sign_in_required
from vetting.people.middleware import PersonRequest
from vetting.policy.confidential import reads_sources
from vetting.policy.explained import as_json, case_to_explain, explanations_of
from vetting.policy.gathering import BESIDE
from vetting.policy.rules import printed
from vetting.policy.rules.explanation import Explanation, brief, exact
from workflows.cases import Case
from workflows.clock.explaining import Cell, Mark, Month, Reckoning, months_of, weeks_of
from workflows.desk.queries import address_of, title_of
from workflows.grammar import Unit
from workflows.stateful import Stateful

MARKS = {
    Mark.COUNTED: "counted",
    Mark.WEEKEND: "weekend",
    Mark.CLOSED: "closed",
    Mark.PAUSED: "the clock stood still",
    Mark.NEXT: "the next business day",
}


@dataclass(frozen=True, slots=True)
class Square:
    """A day of the picture: its mark in a few signs, and the same in words for those who listen."""

    number: int
    mark: str
    words: str
    look: str


@dataclass(frozen=True, slots=True)
class Drawn:
    """An explanation as its page shows it; `months` instead of `weeks` where the count is long."""

    one: Explanation
    weeks: list[tuple[str, list[Square | None]]]
    months: list[Month]
    legend: list[str]
    skipped: list[str]
    facts: list[Fact]
    stops: list[str]
    history: list[str]
    ladder: list[tuple[str, str, str]]


@sign_in_required
@require_GET
def explained(request: PersonRequest, code: str) -> HttpResponse:
    subject = _found(request, code)
    drawn = [_drawn(one) for one in explanations_of(subject, sources=_may_know(request))]
    context = {
        "subject": subject,
        "days": printed.DAYS,
        "title": title_of(subject),
        "case_url": address_of(subject),
        "running": [one for one in drawn if one.one.is_open],
        "over": [one for one in drawn if not one.one.is_open],
    }
    return render(request, "vetting/policy/explained.html", context)


@sign_in_required
@require_GET
def explained_json(request: PersonRequest, code: str) -> HttpResponse:
    told = as_json(_found(request, code), sources=_may_know(request))
    return JsonResponse(told, json_dumps_params={"ensure_ascii": False, "indent": 1})


def _found(request: PersonRequest, code: str) -> Stateful:
    try:
        return case_to_explain(request.actor, code)
    except Case.DoesNotExist:
        raise Http404 from None


def _may_know(request: PersonRequest) -> bool:
    """How somebody knows when it happened is for those who read the dates by law."""
    return reads_sources(request.actor)


def _drawn(one: Explanation) -> Drawn:
    reckoning = one.reckoning
    notes = printed.notes_of(reckoning)
    weeks = weeks_of(reckoning) if reckoning.days else []
    long = len(weeks) > printed.LONG
    return Drawn(
        one=one,
        weeks=[] if long else [_week(week, reckoning, notes) for week in weeks],
        months=months_of(reckoning) if long else [],
        legend=list(printed.legend(reckoning, notes)) if weeks and not long else [],
        skipped=list(printed.skipped_lines(reckoning)),
        facts=list(_facts(one)),
        stops=list(printed.stop_lines(one)),
        history=list(printed.history_lines(one)),
        ladder=[
            (brief(r.at, reckoning.zone), r.what, printed.fate(one, r.said, r.fired))
            for r in one.ladder
        ],
    )


def _week(
    week: list[Cell], one: Reckoning, notes: dict[str, str]
) -> tuple[str, list[Square | None]]:
    first = week[0].day
    return f"{first:%b} {first.day}", [_square(cell, one, notes) for cell in week]


def _square(cell: Cell, one: Reckoning, notes: dict[str, str]) -> Square | None:
    text = printed.cell_text(cell, one, notes)
    if not text:
        return None
    mark = text.removeprefix(str(cell.day.day)).strip()
    return Square(cell.day.day, mark, _words(cell, one), _look(cell))


def _words(cell: Cell, one: Reckoning) -> str:
    known, said = cell.known, ["it starts"] if cell.starts else []
    if known and known.seconds and one.unit is Unit.HOURS:
        said.append(f"{printed.hours(known.seconds)} hours counted")
    elif known and known.mark is Mark.COUNTED:
        said.append(f"counted, number {known.number}")
    elif known and not cell.starts:
        said.append(known.why or MARKS[known.mark])
    return ", ".join([*said, *(["due"] if cell.due else [])])


def _look(cell: Cell) -> str:
    if cell.due:
        return "due"
    if cell.starts:
        return "start"
    return str(cell.known.mark) if cell.known else ""


def _facts(one: Explanation) -> Iterator[Fact]:
    zone = one.reckoning.zone
    yield Fact("Whose date", one.whose)
    yield Fact("Starts from", one.anchor.what[:1].upper() + one.anchor.what[1:])
    yield Fact("When", exact(one.anchor.at, zone))
    recorded = one.anchor.recorded_at
    if recorded and abs(recorded - one.anchor.at) > BESIDE:
        who = f", by {one.anchor.by}" if one.anchor.by else ""
        yield Fact("Recorded", f"{brief(recorded, zone)}{who}")
    if one.ended:
        yield Fact("How it ended", one.ended)
    if one.anchor.source:
        yield Fact("Known from", one.anchor.source)
    for other in one.others:
        yield Fact("Came later", printed.happened(other, zone))
    if one.span:
        law_says = f"; the law says {one.law.says}" if one.law and one.law.says else ""
        yield Fact("Counts", f"{one.span}{printed.calendar_words(one)}{law_says}")
