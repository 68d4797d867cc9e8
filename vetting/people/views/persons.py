"""People and roles."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_POST

from vetting.pages import Choice, paginate
from vetting.people import commands, rules
from vetting.people.access import roles_required
from vetting.people.forms import AbsenceForm, PersonForm, RolesForm
from vetting.people.leaving import waiting_for
from vetting.people.middleware import PersonRequest
from vetting.people.models import Membership
from vetting.people.queries import people_of, roles_in, today_in
from vetting.people.sentences import absence_of, roles_of
from vetting.people.views.answers import accepted, done, shown, tried
from workflows.actors import Role


@roles_required(Role.ADMIN)
def people(request: PersonRequest) -> HttpResponse:
    text = request.GET.get("q", "").strip()
    page = paginate(request, people_of(request.actor, text))
    today = today_in(request.district)
    context = {
        "page": page,
        "rows": [(person, roles_of(person), absence_of(person, today)) for person in page],
        "text": text,
        "gaps": rules.separation_gaps(roles_in(request.district)),
    }
    return shown(request, "people.html", context)


@roles_required(Role.ADMIN)
def add(request: PersonRequest) -> HttpResponse:
    form = PersonForm(request.POST or None, actor=request.actor)

    def verb(given: dict[str, Any]) -> None:
        given["roles"] = [Role(role) for role in given["roles"]]
        commands.add_person(district=request.district, by=request.actor, **given)

    if request.method == "POST" and accepted(form, verb):
        said = f"{form.cleaned_data['name']} was added and written to."
        return done(request, said, "people:people")
    return shown(request, "person_add.html", {"form": form}, form)


@roles_required(Role.ADMIN)
def person(request: PersonRequest, code: str) -> HttpResponse:
    who = get_object_or_404(people_of(request.actor), code=code)
    form = _roles_form(request, who)

    def verb(given: dict[str, Any]) -> None:
        commands.change_person(membership=who, by=request.actor, **given)

    if request.method == "POST" and accepted(form, verb):
        if who.ref == request.actor.ref and Role.ADMIN not in form.cleaned_data["roles"]:
            return done(request, "Saved. You are no administrator any more.", "home")
        return done(request, f"{who.user.name}: saved.", "people:person", code=code)
    return _person_page(request, who, form, AbsenceForm(actor=request.actor, absent=who))


@roles_required(Role.ADMIN)
@require_POST
def away(request: PersonRequest, code: str) -> HttpResponse:
    who = get_object_or_404(people_of(request.actor), code=code)
    if "back" in request.POST:
        return tried(
            request,
            lambda: commands.end_absence(membership=who, by=request.actor),
            f"{who.user.name} is back.",
            "people:person",
            code=code,
        )
    form = AbsenceForm(request.POST, actor=request.actor, absent=who)
    if accepted(form, lambda given: _set_away(request, who, given)):
        return done(
            request, f"The absence of {who.user.name} is noted.", "people:person", code=code
        )
    return _person_page(request, who, _roles_form(request, who, bound=False), form)


@roles_required(Role.ADMIN)
@require_POST
def end(request: PersonRequest, code: str) -> HttpResponse:
    who = get_object_or_404(people_of(request.actor), code=code)
    return tried(
        request,
        lambda: commands.deactivate(membership=who, by=request.actor),
        f"{who.user.name} can no longer sign in to {request.district.name}.",
        "people:person",
        code=code,
    )


@roles_required(Role.ADMIN)
@require_POST
def restore(request: PersonRequest, code: str) -> HttpResponse:
    who = get_object_or_404(people_of(request.actor).filter(active=False), code=code)
    return tried(
        request,
        lambda: commands.add_person(
            district=request.district,
            name=who.user.name,
            email=who.user.email,
            roles=[],
            title=who.title,
            school=who.school,
            trained_on=who.trained_on,
            by=request.actor,
        ),
        f"{who.user.name} has access again, without any role yet.",
        "people:person",
        code=code,
    )


def _person_page(
    request: PersonRequest, who: Membership, form: RolesForm, absence: AbsenceForm
) -> HttpResponse:
    ends = Choice(
        "End access",
        reverse("people:end", args=[who.code]),
        tone="danger",
        consequence=(
            f"{who.user.name} can no longer sign in here, signs nothing and stands in for nobody. "
            "What they did stays under their name. You can add them again later."
        ),
    )
    context = {
        "who": who,
        "form": form,
        "absence_form": absence,
        "absence": absence_of(who, today_in(request.district)),
        "end": ends,
        "restore": Choice("Give access again", reverse("people:restore", args=[who.code])),
        "back": Choice(
            "Back again", reverse("people:away", args=[who.code]), hidden=(("back", "1"),)
        ),
        "waiting": waiting_for(who),
        "is_self": who.ref == request.actor.ref,
    }
    return shown(request, "person.html", context, form, absence)


def _roles_form(request: PersonRequest, who: Membership, *, bound: bool = True) -> RolesForm:
    data = request.POST if bound and request.method == "POST" else None
    initial = {
        "title": who.title,
        "school": who.school_id,
        "roles": [grant.role for grant in who.grants.all()],
        "trained_on": who.trained_on,
    }
    return RolesForm(data, initial=initial, actor=request.actor)


def _set_away(request: PersonRequest, who: Membership, given: dict[str, Any]) -> None:
    commands.set_away(membership=who, by=request.actor, **given)
