"""Schools, days without work, the authority table."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from vetting.dates_ahead import ahead_of
from vetting.pages import Choice, paginate
from vetting.people import commands, rules
from vetting.people.access import roles_required
from vetting.people.forms import KIND_CHOICES, AuthorityForm, ClosureForm, SchoolForm
from vetting.people.middleware import PersonRequest
from vetting.people.queries import authorities_of, schools_of, today_in
from vetting.people.views.answers import accepted, done, shown, tried
from workflows.actors import Role
from workflows.clock.models import Closure
from workflows.clock.queries import calendar_of, closures_from
from workflows.clock.replanning import Preview, Result
from workflows.clock.words import day_words
from workflows.engine import Refused

KINDS = dict(KIND_CHOICES)
DAYS = ("day", "until")


@roles_required(Role.ADMIN)
def schools(request: PersonRequest) -> HttpResponse:
    form = SchoolForm(request.POST or None)

    def verb(given: dict[str, Any]) -> None:
        commands.add_school(district=request.district, by=request.actor, **given)

    if request.method == "POST" and accepted(form, verb):
        return done(request, f"{form.cleaned_data['name']} was added.", "people:schools")
    gate = request.district.school_gate
    consequence = (
        "New requests go to the district at once; principals are no longer asked first."
        if gate
        else "A new request first goes to the principal of its school, who supports it or sends it "
        "back. Every such school needs a school leader."
    )
    label = "Switch the school gate off" if gate else "Switch the school gate on"
    switch = Choice(
        label,
        reverse("people:gate"),
        "post",
        "plain",
        "none",
        consequence,
        (("on", "" if gate else "1"),),
    )
    context = {"page": paginate(request, schools_of(request.actor)), "form": form}
    return shown(request, "schools.html", context | {"gate": gate, "switch": switch}, form)


@roles_required(Role.ADMIN)
@require_POST
def gate(request: PersonRequest) -> HttpResponse:
    on = bool(request.POST.get("on"))
    return tried(
        request,
        lambda: commands.set_school_gate(district=request.district, on=on, by=request.actor),
        f"The school gate is {'on' if on else 'off'}.",
        "people:schools",
    )


@roles_required(Role.ADMIN)
def school(request: PersonRequest, code: str) -> HttpResponse:
    where = get_object_or_404(schools_of(request.actor).select_related("district"), code=code)
    initial = {"name": where.name, "grades": where.grades, "students": where.students}
    form = SchoolForm(request.POST or None, initial=initial)

    def verb(given: dict[str, Any]) -> None:
        commands.change_school(school=where, by=request.actor, **given)

    if request.method == "POST" and accepted(form, verb):
        return done(request, f"{where.name}: saved.", "people:school", code=code)
    consequence = (
        f"{where.name} can no longer be chosen in new requests. Approvals and records that name it "
        "stay as they are. You can open it again."
    )
    close = Choice(
        "Close this school",
        reverse("people:close", args=[code]),
        tone="danger",
        consequence=consequence,
    )
    if where.closed:
        close = Choice("Open this school again", reverse("people:reopen", args=[code]))
    return shown(request, "school.html", {"school": where, "form": form, "close": close}, form)


@roles_required(Role.ADMIN)
@require_POST
def close(request: PersonRequest, code: str, verb: str) -> HttpResponse:
    where = get_object_or_404(schools_of(request.actor).select_related("district"), code=code)
    change = commands.close_school if verb == "close" else commands.reopen_school
    said = f"{where.name} is {'closed' if verb == 'close' else 'open again'}."
    return tried(
        request, lambda: change(school=where, by=request.actor), said, "people:school", code=code
    )


@roles_required(Role.ADMIN)
def closures(request: PersonRequest) -> HttpResponse:
    """Days that would move open dates are shown with these first; what was typed stays typed."""
    form = ClosureForm(request.POST or None)
    home, by = request.district, request.actor
    found: list[Preview] = []
    results: list[Result] = []

    def look(given: dict[str, Any]) -> None:
        found.append(commands.preview_closure(district=home, by=by, **given))

    def verb(given: dict[str, Any]) -> None:
        results.append(commands.add_closure(district=home, by=by, **given))

    seen = request.method == "POST" and (_confirmed(request) or accepted(form, look))
    if found and found[0].moved:
        confirm = Choice("Add the closure", request.path, hidden=_again(request, form.fields))
        title = f"What “{form.cleaned_data['name']}” would move"
        return _ahead(request, found[0], title, confirm, form)
    if seen and accepted(form, verb):
        said = f"{form.cleaned_data['name']} is noted. {_moved_words(results[0])}"
        return done(request, said, "people:closures")
    return shown(request, "closures.html", _days_off(request) | {"form": form}, form)


def _confirmed(request: PersonRequest) -> bool:
    return bool(request.POST.get("confirmed"))


def _again(request: PersonRequest, names: Iterable[str]) -> tuple[tuple[str, str], ...]:
    """The same fields once more, and that what they would do was seen."""
    return (*((name, request.POST.get(name, "")) for name in names), ("confirmed", "1"))


def _ahead(
    request: PersonRequest, found: Preview, title: str, confirm: Choice, form: ClosureForm
) -> HttpResponse:
    ahead = {"title": title, "ahead": ahead_of(found), "confirm": confirm, "form": form}
    return shown(request, "closures.html", _days_off(request) | ahead, form)


def _moved_words(result: Result) -> str:
    if not result.moved:
        return "No open due date moved."
    return f"{result.moved} open due date{'' if result.moved == 1 else 's'} moved."


def _days_off(request: PersonRequest) -> dict[str, Any]:
    """The year ahead: the district's own days, each with its button, and the public holidays."""
    today = today_in(request.district)
    own = closures_from(request.district.tenant, today)
    days = {closure.day for closure in own}
    calendar = calendar_of(request.district.tenant, today)
    public = [
        (day, name)
        for day, name in sorted(calendar.closed.items())
        if today <= day <= today + timedelta(days=365) and day not in days
    ]
    return {"own": [_row(days) for days in rules.breaks(own)], "public": public}


@dataclass(frozen=True, slots=True)
class Break:
    """Days in a row that are closed for one reason; removed whole, or one by one."""

    first: Closure
    last: Closure
    remove: Choice
    days: list[tuple[Closure, Choice]]


def _row(days: list[Closure]) -> Break:
    singles = [(day, _removal([day])) for day in days] if len(days) > 1 else []
    return Break(days[0], days[-1], _removal(days), singles)


def _removal(days: list[Closure]) -> Choice:
    several = len(days) > 1
    counts = "is no closure any more" if several else "counts as a working day again"
    return Choice(
        f"Remove all {len(days)} days" if several else "Remove",
        reverse("people:remove_closure"),
        tone="danger",
        consequence=f"{days[0].name} {counts}; open due dates move earlier.",
        hidden=(("day", days[0].day.isoformat()), ("until", days[-1].day.isoformat())),
    )


@roles_required(Role.ADMIN)
@require_POST
def remove_closure(request: PersonRequest) -> HttpResponse:
    try:
        day = date.fromisoformat(request.POST.get("day", ""))
        until = date.fromisoformat(request.POST.get("until") or day.isoformat())
    except ValueError:
        raise Http404 from None
    these: dict[str, Any] = {
        "district": request.district,
        "day": day,
        "until": until,
        "by": request.actor,
    }
    try:
        found = None if _confirmed(request) else commands.preview_removal(**these)
        if found and found.moved:
            confirm = Choice("Open it again", request.path, hidden=_again(request, DAYS))
            title = f"What opening {day_words(day)} again would move"
            return _ahead(request, found, title, confirm, ClosureForm())
        moved = _moved_words(commands.remove_closure(**these))
    except Refused as refused:
        messages.error(request, " ".join(refused.reasons))
        return redirect("people:closures")
    return done(request, f"It counts as working time again. {moved}", "people:closures")


@roles_required(Role.ADMIN)
def authority(request: PersonRequest) -> HttpResponse:
    form = AuthorityForm(request.POST or None, actor=request.actor)

    def verb(given: dict[str, Any]) -> None:
        commands.add_signing_authority(by=request.actor, **given)

    if request.method == "POST" and accepted(form, verb):
        return done(request, "The authority is noted.", "people:authority")
    rows = [
        (row, KINDS.get(row.kind, row.kind), _withdrawal(row.pk, row.membership.user.name))
        for row in authorities_of(request.actor)
    ]
    return shown(request, "authority.html", {"rows": rows, "form": form}, form)


def _withdrawal(key: int, name: str) -> Choice:
    return Choice(
        "Remove",
        reverse("people:remove_authority"),
        tone="danger",
        consequence=f"{name} may no longer sign by this line. What they signed stays signed.",
        hidden=(("authority", str(key)),),
    )


@roles_required(Role.ADMIN)
@require_POST
def remove_authority(request: PersonRequest) -> HttpResponse:
    key = request.POST.get("authority", "")
    mine = authorities_of(request.actor).select_related("district")
    row = get_object_or_404(mine, pk=int(key) if key.isascii() and key.isdigit() else 0)
    return tried(
        request,
        lambda: commands.remove_signing_authority(authority=row, by=request.actor),
        "The authority was removed.",
        "people:authority",
    )
