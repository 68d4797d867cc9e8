"""The settings' page of school years."""

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST

from vetting.pages import UNPROCESSABLE, Choice
from vetting.people.access import roles_required
from vetting.people.middleware import PersonRequest
from vetting.people.views.answers import accepted, done, tried
from vetting.policy.commands.years import add_school_year, remove_school_year
from vetting.policy.forms.asking import SchoolYearForm
from vetting.policy.models import SchoolYear
from vetting.policy.standing import school_years_of
from workflows.actors import Role
from workflows.clock.words import day_words


@roles_required(Role.ADMIN)
def school_years(request: PersonRequest) -> HttpResponse:
    form = SchoolYearForm(request.POST if request.method == "POST" else None)

    def verb(given: dict[str, Any]) -> None:
        add_school_year(district=request.district, by=request.actor, **given)

    if request.method == "POST" and accepted(form, verb):
        return done(request, "The school year is noted.", "policy:school_years")
    rows = [(year, _removal(year)) for year in school_years_of(request.district)]
    context = {"rows": rows, "form": form, "here": "school_years"}
    status = UNPROCESSABLE if form.is_bound else 200
    return render(request, "vetting/policy/school_years.html", context, status=status)


def _removal(year: SchoolYear) -> Choice:
    return Choice(
        "Remove",
        reverse("policy:remove_school_year"),
        tone="danger",
        consequence=f"Dates that count from {day_words(year.start)} can no longer be reckoned.",
        hidden=(("year", str(year.pk)),),
        about=day_words(year.start),
    )


@roles_required(Role.ADMIN)
@require_POST
def remove(request: PersonRequest) -> HttpResponse:
    key = request.POST.get("year", "")
    if not (key.isascii() and key.isdigit() and len(key) < 19):
        raise Http404
    return tried(
        request,
        lambda: remove_school_year(district=request.district, key=int(key), by=request.actor),
        "The school year was removed.",
        "policy:school_years",
    )
