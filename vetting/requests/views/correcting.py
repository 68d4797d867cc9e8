"""What was first said turns out otherwise: answering a question, correcting the data asked for."""

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse

from vetting.pages import posted
from vetting.people.access import roles_required, sign_in_required
from vetting.people.middleware import PersonRequest
from vetting.requests import commands, forms, queries
from vetting.requests.views.answering import form_page, found
from vetting.requests.views.asking import categories_of
from workflows.actors import Role

PAGE = "vetting/requests/correct.html"


@sign_in_required
def answer(request: PersonRequest, code: str) -> HttpResponse:
    """In words; and where they change what is taken, the data asked for is corrected with them."""
    case = found(request, code)
    if not case.roles_of(request.actor) & {Role.REQUESTER, Role.SOURCING}:
        raise PermissionDenied("This page is for those who asked, and for Strategic Sourcing.")
    form = forms.AnswerForm(posted(request), draft=case)
    return form_page(
        request,
        case,
        form,
        template=PAGE,
        act=lambda: commands.answer_question(
            case, answer=form.cleaned_data["answer"], data=_data(form), by=request.actor
        ),
        done="Thank you. The request goes on where it was.",
        title="Answer the question",
        question=queries.open_question(case),
        categories=categories_of(form),
        button="Send the answer",
    )


@roles_required(Role.SOURCING, Role.PRIVACY)
def data(request: PersonRequest, code: str) -> HttpResponse:
    """Whoever chooses the path or reviews it writes what is really taken."""
    case = found(request, code)
    form = forms.DataForm(posted(request), draft=case)
    return form_page(
        request,
        case,
        form,
        template=PAGE,
        act=lambda: commands.correct_data(
            case, data=_data(form) or commands.AskedData(None, {}), by=request.actor
        ),
        done="Corrected. Those who asked are told.",
        title="Correct the data asked for",
        lead="those who asked are told what it said and what it says now.",
        away=not commands.may_correct(case, request.actor),
        categories=categories_of(form),
        button="Correct it",
    )


def _data(form: forms.DataForm) -> commands.AskedData | None:
    """None where the fields were not on the page."""
    if "takes_student_data" not in form.data:
        return None
    said = form.cleaned_data
    return commands.AskedData(
        said.get("takes_student_data"), form.corrected(), said.get("other_words", "")
    )
