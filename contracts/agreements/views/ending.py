"""The board's action, and ending an agreement early: forms that each end in one command."""

from django.http import HttpResponse

from contracts.agreements import commands
from contracts.agreements.forms import BoardForm, TerminateForm
from contracts.agreements.views.answering import form_page, found
from vetting.pages import posted
from vetting.people.access import roles_required
from vetting.people.middleware import PersonRequest
from workflows.actors import Role
from workflows.clock.words import day_words

FORM = "contracts/agreements/form.html"


@roles_required(Role.BOARD_CLERK, Role.PRIVACY_LEAD)
def board(request: PersonRequest, code: str) -> HttpResponse:
    agreement = found(request, code)
    form = BoardForm(posted(request))
    return form_page(
        request,
        agreement,
        form,
        template=FORM,
        act=lambda: commands.record_board_action(agreement, by=request.actor, **form.cleaned_data),
        done="Recorded. Both parties can sign now; the vendor is asked first.",
        title="Record the board's action",
        lead="Nobody signs before the board has acted.",
        button="Record it",
    )


@roles_required(Role.PRIVACY_LEAD, Role.LEGAL)
def terminate(request: PersonRequest, code: str) -> HttpResponse:
    agreement = found(request, code)
    form = TerminateForm(posted(request))
    last = form.cleaned_data["ended_on"] if form.is_bound and form.is_valid() else None
    ended = f"Ended; its last day was {day_words(last)}." if last else "Ended."
    return form_page(
        request,
        agreement,
        form,
        template=FORM,
        act=lambda: commands.terminate(agreement, by=request.actor, **form.cleaned_data),
        done=f"{ended} Tools that rest on it are suspended and their schools are told.",
        title="End it early",
        lead="Every tool that rests on this agreement is suspended at once, its schools and "
        "requesters are told, and the vendor gets a mail.",
        button="End the agreement",
        danger=True,
    )
