"""Who looks after an agreement: a page of one question."""

from django.http import HttpResponse

from contracts.agreements import commands
from contracts.agreements.commands.keeping import MAY_NAME
from contracts.agreements.forms import OwnerForm
from contracts.agreements.views.answering import form_page, found
from vetting.pages import posted
from vetting.people.access import roles_required
from vetting.people.middleware import PersonRequest


@roles_required(*MAY_NAME)
def owner(request: PersonRequest, code: str) -> HttpResponse:
    agreement = found(request, code)
    form = OwnerForm(posted(request), agreement=agreement)
    return form_page(
        request,
        agreement,
        form,
        template="contracts/agreements/form.html",
        act=lambda: commands.name_owner(
            agreement, owner=form.cleaned_data["owner"], by=request.actor
        ),
        done="Said: the dates of this agreement go there from now on.",
        title="Name who looks after it",
        lead="Whoever looks after an agreement hears when it starts, when it ends and when it is "
        "waiting.",
        button="Save",
    )
