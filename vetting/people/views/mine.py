"""What every person may do for themself: say that they are away, choose their district."""

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from vetting.pages import Choice, Entry, paginate
from vetting.people import commands
from vetting.people.access import roles_required, sign_in_required
from vetting.people.forms import AbsenceForm
from vetting.people.middleware import CHOSEN, PersonRequest
from vetting.people.queries import changes_of, today_in
from vetting.people.sentences import absence_of, tell_changes
from vetting.people.views.answers import accepted, done, shown, tried
from workflows.actors import Role


@sign_in_required
def away(request: PersonRequest) -> HttpResponse:
    me = request.membership
    if "back" in request.POST:
        return tried(
            request,
            lambda: commands.end_absence(membership=me, by=request.actor),
            "Welcome back.",
            "people:my_absence",
        )
    form = AbsenceForm(request.POST or None, actor=request.actor, absent=me)

    def verb(given: dict[str, Any]) -> None:
        commands.set_away(membership=me, by=request.actor, **given)

    if request.method == "POST" and accepted(form, verb):
        return done(request, "Your absence is noted.", "people:my_absence")
    context = {
        "form": form,
        "absence": absence_of(me, today_in(request.district)),
        "back": Choice("I am back", "", hidden=(("back", "1"),)),
    }
    return shown(request, "my_absence.html", context, form)


@sign_in_required
def districts(request: PersonRequest) -> HttpResponse:
    return shown(request, "districts.html", {"here": request.membership})


@sign_in_required
@require_POST
def choose_district(request: PersonRequest) -> HttpResponse:
    """From now on this session works for another district the person belongs to."""
    chosen = next((m for m in request.memberships if m.code == request.POST.get("code")), None)
    if chosen is None:
        raise Http404
    request.session[CHOSEN] = chosen.pk
    return redirect("/")


@roles_required(Role.ADMIN)
def record(request: PersonRequest) -> HttpResponse:
    page = paginate(request, changes_of(request.actor), per_page=50)
    told = tell_changes(list(page))
    entries = [Entry(says, change.at) for change, says in zip(page, told, strict=True)]
    return shown(request, "record.html", {"page": page, "entries": entries})
