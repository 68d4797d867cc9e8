"""Days without work from a calendar file: upload it, tick its days, see what moves, close them."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from secrets import token_hex
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from vetting.agenda.forms import DaysForm, FileForm
from vetting.agenda.reading import Read, Unreadable, read_calendar
from vetting.agenda.rules.closures import Offered, Span, chosen_days, offered
from vetting.dates_ahead import ahead_of
from vetting.pages import Choice
from vetting.people import commands
from vetting.people.access import roles_required
from vetting.people.middleware import PersonRequest
from vetting.people.queries import today_in
from workflows.actors import Role
from workflows.clock.plans import CALENDAR
from workflows.clock.queries import calendar_of, closures_from, reach_of
from workflows.clock.replanning import Preview, preview
from workflows.clock.worlds import Change
from workflows.engine import Refused

KEPT = "closures"
# A date that runs now may have begun before; older days move nothing that is open.
BEHIND = timedelta(days=90)
SHOWN = 20
SETTINGS: dict[str, Any] = {"here": "closures"}


@dataclass(frozen=True, slots=True)
class Row:
    """One event, with its number in the form; `state` says why it cannot be ticked, or ""."""

    number: int
    one: Offered
    ticked: bool
    state: str
    closed: int


@roles_required(Role.ADMIN)
def bring(request: PersonRequest) -> HttpResponse:
    form = FileForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        first, last = _reach(request)
        try:
            read = read_calendar(form.cleaned_data["file"], first, last)
        except Unreadable as unreadable:
            form.add_error("file", str(unreadable))
        else:
            if read.spans:
                request.session[KEPT] = _packed(request, read)
                return redirect("agenda:choose")
            form.add_error("file", _nothing_in(read))
    status = 422 if form.is_bound else 200
    return render(request, "vetting/agenda/bring.html", SETTINGS | {"form": form}, status=status)


@roles_required(Role.ADMIN)
def choose(request: PersonRequest) -> HttpResponse:
    """A POST shows what the ticked days would move; the next one, of the same days, closes them."""
    kept = _kept(request)
    if kept is None:
        return redirect("agenda:bring")
    listed = _offered(request, kept)
    form = DaysForm(request.POST or None, offered=listed)
    found: Preview | None = None
    if request.method == "POST" and request.POST.get("file") != kept["key"]:
        messages.error(request, "Another file was read meanwhile. These are its days.")
        return redirect("agenda:choose")
    if request.method == "POST" and form.is_valid():
        days = chosen_days(form.chosen())
        if request.POST.get("seen") == _said(form):
            return _close(request, days)
        found = preview(request.district.tenant, Change(CALENDAR, closes=days))
    context = SETTINGS | _context(kept, form, listed)
    if found:
        context |= {"ahead": ahead_of(found), "days": len(days), "seen": _said(form)}
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "vetting/agenda/choose.html", context, status=status)


@roles_required(Role.ADMIN)
@require_POST
def drop(request: PersonRequest) -> HttpResponse:
    request.session.pop(KEPT, None)
    return redirect("agenda:bring")


def _reach(request: PersonRequest) -> tuple[date, date]:
    today = today_in(request.district)
    first, last = reach_of(today.year)
    return max(first, today - BEHIND), last


def _nothing_in(read: Read) -> str:
    said = "The file names no whole day from now on."
    if read.timed:
        events = f"{read.timed} event{'' if read.timed == 1 else 's'}"
        said += f" It has {events} with hours, which close no day."
    return " ".join([said, *(f"{one.name}: {one.why}." for one in read.left_out[:3])])


def _packed(request: PersonRequest, read: Read) -> dict[str, Any]:
    """Between the pages the days wait in the session; `key` tells this file from a later one."""
    spans = [[one.name, one.first.isoformat(), one.last.isoformat()] for one in read.spans]
    left = [asdict(one) for one in read.left_out[:SHOWN]]
    return {
        "district": request.district.pk, "key": token_hex(8), "spans": spans, "left_out": left,
        "more_left_out": max(0, len(read.left_out) - SHOWN), "timed": read.timed,
    }  # fmt: skip


def _kept(request: PersonRequest) -> dict[str, Any] | None:
    """What waits, unless the person went to work for another district meanwhile."""
    kept: dict[str, Any] | None = request.session.get(KEPT)
    return kept if kept and kept["district"] == request.district.pk else None


def _offered(request: PersonRequest, kept: dict[str, Any]) -> list[Offered]:
    tenant, today = request.district.tenant, today_in(request.district)
    spans = [
        Span(name, date.fromisoformat(first), date.fromisoformat(last))
        for name, first, last in kept["spans"]
    ]
    own = {row.day for row in closures_from(tenant, today - BEHIND)}
    return offered(spans, calendar_of(tenant, today).closed, own)


def _said(form: DaysForm) -> str:
    return " ".join(form.cleaned_data["events"])


def _close(request: PersonRequest, days: dict[date, str]) -> HttpResponse:
    try:
        new, result = commands.add_closures(district=request.district, days=days, by=request.actor)
    except Refused as refused:
        messages.error(request, " ".join(["Nothing was written.", *refused.reasons]))
        return redirect("agenda:choose")
    request.session.pop(KEPT, None)
    moved = f"{result.moved} open due date{'' if result.moved == 1 else 's'} moved."
    closed = f"{len(new)} day{' is' if len(new) == 1 else 's are'} closed."
    messages.success(request, f"{closed} {moved}" if new else "These days were closed already.")
    return redirect("people:closures")


def _context(kept: dict[str, Any], form: DaysForm, listed: Sequence[Offered]) -> dict[str, Any]:
    ticked = set(form.data.getlist("events")) if form.is_bound else None  # type: ignore[attr-defined]
    rows = [_row(number, one, ticked) for number, one in enumerate(listed)]
    return {
        "form": form,
        "rows": rows,
        "any": any(row.one.new for row in rows),
        "kept": kept,
        "drop": Choice("Choose another file", reverse("agenda:drop"), tone="plain"),
    }


def _row(number: int, one: Offered, ticked: set[str] | None) -> Row:
    days = len(one.span.days())
    state = "" if one.new else "Already without work"
    on = one.likely if ticked is None else str(number) in ticked
    return Row(number, one, on and bool(one.new), state, days - len(one.new) if one.new else 0)
