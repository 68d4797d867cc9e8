"""One answer, the legal basis, one finding: saved alone, with htmx or without it."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from vetting.pages import CONFLICT, UNPROCESSABLE
from vetting.people.access import roles_required
from vetting.people.middleware import PersonRequest
from vetting.requests.models import ToolRequest
from vetting.requests.views.answering import found
from vetting.screening import forms
from vetting.screening.commands.opening import NONE_ACTIVE
from vetting.screening.views import saving
from vetting.screening.views.rows import Typed
from vetting.screening.views.screening import show
from vetting.screening.views.sheet import Page, page_of
from workflows.actors import Role

Act = Callable[..., HttpResponse]


def _reviewing(view: Callable[..., HttpResponse]) -> Act:
    """For the privacy team, by POST, while the screening is open."""

    @roles_required(Role.PRIVACY)
    @require_POST
    def gated(request: PersonRequest, code: str, **key: Any) -> HttpResponse:
        case = found(request, code)
        page = page_of(request, case)
        reason = page.stands_in_the_way(request.POST.get("round", "")) if page else NONE_ACTIVE
        if page is not None and not reason:
            return view(request, case, page, **key)
        if not _by_htmx(request):
            return show(request, case, typed=Typed(reasons=[reason]), status=CONFLICT)
        context = {"reasons": [reason]}
        return render(request, "components/problems.html", context, status=CONFLICT)

    return gated


def _by_htmx(request: PersonRequest) -> bool:
    return bool(request.headers.get("HX-Request"))


@_reviewing
def answer(request: PersonRequest, case: ToolRequest, page: Page, question: str) -> HttpResponse:
    asked = next((q for q in page.sheet.questions if q["id"] == question), None)
    if asked is None:
        raise Http404
    form = saving.save_answer(request, case, asked, request.actor)
    if not _by_htmx(request):
        typed = Typed(answers={question: form})
        return _whole_page(request, case, typed)
    fresh = _again(request, case.code)
    context = {"page": fresh, "row": fresh.row(asked), "form": form}
    return _fragment(request, "vetting/screening/_answered.html", context, form)


@_reviewing
def basis(request: PersonRequest, case: ToolRequest, page: Page) -> HttpResponse:
    form = saving.save_basis(request, case, page.screening, request.actor)
    if not _by_htmx(request):
        return _whole_page(request, case, Typed(basis=form))
    context = {"page": _again(request, case.code), "form": form}
    return _fragment(request, "vetting/screening/_basis_saved.html", context, form)


@_reviewing
def settle(request: PersonRequest, case: ToolRequest, page: Page, finding: int) -> HttpResponse:
    row = page.screening.findings.filter(pk=finding).first() if page.screening.pk else None
    if row is None:
        raise Http404
    form = forms.SettleForm(request.POST, finding=row)
    done = saving.settle(request, case, form, finding, request.actor)
    typed = Typed(settle={} if done else {finding: form})
    if not _by_htmx(request):
        return _whole_page(request, case, typed)
    fresh = _again(request, case.code, typed)
    row.refresh_from_db()
    context = {"page": fresh, "item": fresh.item(row)}
    return _fragment(request, "vetting/screening/_settled.html", context, form)


@_reviewing
def add(request: PersonRequest, case: ToolRequest, page: Page) -> HttpResponse:
    form = forms.FindingForm(request.POST)
    done = saving.add(case, form, request.actor)
    typed = Typed(add=None if done else form)
    if not _by_htmx(request):
        return _whole_page(request, case, typed)
    context = {"page": _again(request, case.code, typed), "done": done}
    return _fragment(request, "vetting/screening/_added.html", context, form)


def _again(request: PersonRequest, code: str, typed: Typed | None = None) -> Page:
    """The page after the act; its case may have been moved by somebody else meanwhile."""
    page = page_of(request, found(request, code), typed)
    if page is None:
        raise Http404
    return page


def _fragment(
    request: PersonRequest, template: str, context: dict[str, Any], form: Any
) -> HttpResponse:
    """A half typed form is no fault while it saves itself: it only says what is still missing."""
    fault = form.errors and not getattr(form, "is_half", False)
    return render(request, template, context, status=UNPROCESSABLE if fault else 200)


def _whole_page(request: PersonRequest, case: ToolRequest, typed: Typed) -> HttpResponse:
    if any(form.errors for form in typed.forms):
        return show(request, found(request, case.code), typed=typed, status=typed.status)
    messages.success(request, "Saved.")
    return redirect("screening:screening", case.code)
