"""From typed to saved: a refusal goes back into the form it belongs to."""

from collections.abc import Callable, Mapping
from typing import Any

from django.http import HttpRequest

from vetting.pages import add_reasons
from vetting.requests.models import ToolRequest
from vetting.screening import commands, forms, queries
from vetting.screening.models import Screening
from workflows.actors import Actor
from workflows.engine import Refused


def save_answer(
    request: HttpRequest, case: ToolRequest, question: Mapping[str, Any], by: Actor
) -> forms.AnswerForm:
    """Saves what is there; nothing chosen and nothing typed is no error."""
    form = forms.AnswerForm(request.POST.copy(), question=question, answer=None)
    if not form.is_valid() or form.is_empty:
        return form

    def act() -> None:
        commands.save_answer(case, question=question["id"], by=by, **form.cleaned_data)

    if _refused(form, "value", act):
        now = queries.open_screening_of(case)
        stands = now and now.answers.filter(question=question["id"]).first()
        # Having read who answered, the person may save again to replace it.
        _look_again(form, stands.version if stands else 0)
    return form


def save_basis(
    request: HttpRequest, case: ToolRequest, screening: Screening, by: Actor
) -> forms.BasisForm:
    form = forms.BasisForm(request.POST.copy(), screening=screening)
    if not form.is_valid() or form.is_empty:
        return form

    def act() -> None:
        commands.record_legal_basis(case, by=by, **form.cleaned_data)

    if _refused(form, "basis", act):
        now = queries.open_screening_of(case)
        _look_again(form, now.legal_basis if now else "")
    return form


def settle(
    request: HttpRequest, case: ToolRequest, form: forms.SettleForm, finding: int, by: Actor
) -> bool:
    """Whether it was settled; the reasons against it are in the form."""

    def act() -> None:
        commands.settle_finding(case, finding=finding, by=by, **form.cleaned_data)

    return form.is_valid() and not _refused(form, None, act)


def add(case: ToolRequest, form: forms.FindingForm, by: Actor) -> bool:
    def act() -> None:
        commands.add_finding(case, by=by, **form.cleaned_data)

    return form.is_valid() and not _refused(form, None, act)


def _refused(form: Any, field: str | None, act: Callable[[], None]) -> bool:
    try:
        act()
    except Refused as refused:
        add_reasons(form, refused, field)
        form.was_refused = True
        return True
    return False


def _look_again(form: Any, seen: int | str) -> None:
    form.data[form.add_prefix("seen")] = seen
