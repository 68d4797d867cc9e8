"""Two buttons beside the progress of the signatures."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from contracts.agreements.models import Agreement
from contracts.signing import commands
from contracts.signing.views.district import found
from vetting.pages import answer_refused
from vetting.people.access import sign_in_required
from vetting.people.middleware import PersonRequest
from workflows.engine import Refused


def _button(command: Callable[..., None], done: str) -> Callable[..., HttpResponse]:
    @sign_in_required
    @require_POST
    def press(request: PersonRequest, code: str) -> HttpResponse:
        agreement: Agreement = found(request, code)
        back = agreement.get_absolute_url()
        try:
            command(agreement, by=request.actor)
        except Refused as refused:
            return answer_refused(request, refused, back)
        messages.success(request, done)
        return redirect(back)

    return press


ask_again = _button(commands.call_again, "A mail is on its way, with a fresh link.")
seal_again = _button(commands.retry_seal, "The seal is being tried again.")
