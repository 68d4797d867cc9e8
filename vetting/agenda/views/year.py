"""What the law asks of the district every year: a page to print, and the same as JSON."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from vetting.agenda.queries.year import year_of
from vetting.agenda.rules.duties import Dated, Duty, Undated
from vetting.agenda.rules.months import first_of
from vetting.pages import DueDate
from vetting.people.access import roles_required
from vetting.people.middleware import PersonRequest
from vetting.people.queries import today_in
from vetting.requests.queries import SEES_THE_DISTRICT
from workflows.actors import Role

WHOSE = {"district": "The district's duty", "vendor": "The vendor's duty"}


@dataclass(frozen=True, slots=True)
class Line:
    duty: Duty
    whose: str
    date: DueDate | None
    when: str = ""


@roles_required(*SEES_THE_DISTRICT)
@require_GET
def page(request: PersonRequest) -> HttpResponse:
    year = year_of(request.district, today_in(request.district))
    months: dict[str, list[Line]] = {}
    for one in year.dated:
        months.setdefault(f"{first_of(one.day):%B %Y}", []).append(_dated(one))
    context = {
        "year": year,
        "months": list(months.items()),
        "undated": _undated(year.undated),
        "unset": _undated(year.unset),
        "is_admin": request.actor.has(Role.ADMIN),
    }
    return render(request, "vetting/agenda/year.html", context)


def _dated(one: Dated) -> Line:
    due = DueDate(one.duty.title, one.at, why=(one.sentence,))
    return Line(one.duty, WHOSE[one.duty.of], due)


def _undated(duties: Sequence[Undated]) -> list[Line]:
    return [Line(one.duty, WHOSE[one.duty.of], None, one.when) for one in duties]


@roles_required(*SEES_THE_DISTRICT)
@require_GET
def as_json(request: PersonRequest) -> HttpResponse:
    """{"district", "from", "until", "dated", "no_day", "no_school_year"}; instants are in UTC."""
    year = year_of(request.district, today_in(request.district))
    body = {
        "district": request.district.code,
        "from": year.first.isoformat(),
        "until": year.last.isoformat(),
        "dated": [
            _told(one.duty)
            | {"day": one.day.isoformat(), "due_at": one.at.isoformat(), "sentence": one.sentence}
            for one in year.dated
        ],
        "no_day": [_told(one.duty) | {"when": one.when} for one in year.undated],
        "no_school_year": [_told(one.duty) | {"when": one.when} for one in year.unset],
    }
    return JsonResponse(body, json_dumps_params={"ensure_ascii": False, "indent": 1})


def _told(duty: Duty) -> dict[str, Any]:
    return {
        "rule": duty.rule,
        "title": duty.title,
        "citation": duty.citation,
        "address": duty.address,
        "duty_of": duty.of,
        "to": duty.to,
        "mark": duty.mark,
        "depends_on": list(duty.open),
        "note": duty.note,
    }
