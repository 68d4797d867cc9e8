"""The exhibits form: services, schedule of data, frameworks, signers, terms."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from contracts.agreements import commands, queries
from contracts.agreements.forms import ExhibitsForm, ScheduleFields
from contracts.agreements.views.answering import form_page, found
from vetting.pages import answer_refused
from vetting.people.access import roles_required
from vetting.people.middleware import PersonRequest
from vetting.requests import queries as requests
from vetting.requests.models import ToolRequest
from workflows.actors import Role
from workflows.engine import Refused
from workflows.lifecycles.agreement import DRAFTING

writers = roles_required(Role.PRIVACY, Role.LEGAL)


@writers
def exhibits(request: PersonRequest, code: str) -> HttpResponse:
    """Save, or (for the privacy team) save and confirm; both keep what was typed if refused."""
    agreement = found(request, code)
    posted = request.POST if request.method == "POST" else None
    confirm = "confirm" in request.POST
    schedule = ScheduleFields(agreement, posted)
    form = ExhibitsForm(posted, agreement=agreement, confirms=schedule if confirm else None)
    lacks = queries.lacks_signatory(agreement)
    done = "Confirmed. This page says what comes next." if confirm else "Saved."
    return form_page(
        request,
        agreement,
        form,
        template="contracts/agreements/exhibits.html",
        act=lambda: commands.settle_exhibits(
            agreement,
            by=request.actor,
            settled=confirm,
            schedules=schedule.schedules(),
            other_data=schedule.other_data(),
            uses=schedule.used_for(),
            **form.values(),
        ),
        done=done,
        schedule=schedule,
        may_confirm=request.actor.has(Role.PRIVACY),
        drafting=agreement.state == DRAFTING,
        gone=f"{queries.who_is_gone(agreement)}: name another signatory below." if lacks else "",
    )


@writers
@require_POST
def draft(request: PersonRequest, code: str) -> HttpResponse:
    """Another agreement for a request whose earlier one ended or was given up."""
    try:
        case = requests.request_for(request.actor, code)
    except ToolRequest.DoesNotExist:
        raise Http404 from None
    try:
        agreement = commands.draft_another(case, by=request.actor)
    except Refused as refused:
        return answer_refused(request, refused, case.get_absolute_url())
    messages.success(request, "A new agreement is being prepared.")
    return redirect("agreements:detail", agreement.code)
