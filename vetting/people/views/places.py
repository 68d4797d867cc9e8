"""Schools, days without work, the authority table."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_POST

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

KINDS = dict(KIND_CHOICES)


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
    form = ClosureForm(request.POST or None)

    def verb(given: dict[str, Any]) -> None:
        commands.add_closure(district=request.district, by=request.actor, **given)

    if request.method == "POST" and accepted(form, verb):
        said = f"{form.cleaned_data['name']} is noted. Open due dates were reckoned again."
        return done(request, said, "people:closures")
    return shown(request, "closures.html", _days_off(request) | {"form": form}, form)


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
    return tried(
        request,
        lambda: commands.remove_closure(
            district=request.district, day=day, until=until, by=request.actor
        ),
        "It counts as working time again. Open due dates were reckoned again.",
        "people:closures",
    )


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
