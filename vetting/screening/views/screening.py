"""The screening's page, and saving it as a whole (the way without JavaScript)."""

from typing import Any

from django.contrib import messages
from django.db.models import prefetch_related_objects
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET

from vetting.pages import CONFLICT, Holding
from vetting.people.access import must_have, roles_required
from vetting.people.middleware import PersonRequest
from vetting.requests.models import ToolRequest
from vetting.requests.views.answering import found
from vetting.screening import commands, queries
from vetting.screening.commands.opening import NONE_ACTIVE
from vetting.screening.views import saving
from vetting.screening.views.rows import Typed
from vetting.screening.views.sheet import Page, page_of
from vetting.templatetags.fields import problems_of
from vetting.worklist.queries import holdings_of
from workflows.actors import Role
from workflows.desk.queries import open_tasks_of
from workflows.engine import Refused

readers = roles_required(*queries.READERS)


@readers
def screening(request: PersonRequest, code: str) -> HttpResponse:
    case = found(request, code)
    if request.method == "POST":
        must_have(request, Role.PRIVACY)
        return save(request, case)
    return show(request, case)


@readers
@require_GET
def past(request: PersonRequest, code: str, number: int) -> HttpResponse:
    """One round by its number, to read."""
    case = found(request, code)
    one = queries.screenings_of(case).filter(number=number).first()
    if one is None:
        raise Http404
    return show(request, case, page=Page(case, one, request.actor, present=False))


def show(
    request: PersonRequest,
    case: ToolRequest,
    *,
    typed: Typed | None = None,
    page: Page | None = None,
    status: int = 200,
) -> HttpResponse:
    typed = typed or Typed()
    # The score, what stands in the way and the page itself read the data asked for.
    prefetch_related_objects([case], "schedule__element")
    page = page or page_of(request, case, typed)
    problems: list[Any] = [{"text": reason} for reason in typed.reasons]
    problems += [problem for form in typed.forms for problem in problems_of(form)]
    holdings = _holdings(request, case) if page and page.is_current else ()
    context = {"case": case, "page": page, "problems": problems, "holdings": holdings}
    return render(request, "vetting/screening/screening.html", context, status=status)


def _holdings(request: PersonRequest, case: ToolRequest) -> tuple[Holding, ...]:
    back = reverse("screening:screening", args=[case.code])
    return holdings_of(case, request.actor, open_tasks_of(case.case, case), back=back)


def save(request: PersonRequest, case: ToolRequest) -> HttpResponse:
    """Every answer on the page and the legal basis, each on its own; then conclude if asked to."""
    page = page_of(request, case)
    reason = page.stands_in_the_way(request.POST.get("round", "")) if page else NONE_ACTIVE
    if page is None or reason:
        return show(request, case, typed=Typed(reasons=[reason]), status=CONFLICT)
    asked = page.sheet.questions
    answers = {q["id"]: saving.save_answer(request, case, q, request.actor) for q in asked}
    basis = saving.save_basis(request, case, page.screening, request.actor)
    typed = Typed(
        answers={name: form for name, form in answers.items() if form.errors},
        basis=basis if basis.errors else None,
    )
    if typed.forms:
        return show(request, case, typed=typed, status=typed.status)
    if "conclude" in request.POST:
        return _conclude(request, case)
    messages.success(request, "Saved.")
    return redirect("screening:screening", case.code)


def _conclude(request: PersonRequest, case: ToolRequest) -> HttpResponse:
    try:
        moved = commands.conclude_screening(case, by=request.actor)
    except Refused as refused:
        typed = Typed(reasons=refused.reasons)
        return show(request, found(request, case.code), typed=typed, status=CONFLICT)
    messages.success(request, f"Concluded. It is now “{moved.shown_state}”.")
    return redirect(moved.get_absolute_url())
