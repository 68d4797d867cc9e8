"""Asking for a tool: search first, then three short pages, then one button."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.contrib import messages
from django.db.models import prefetch_related_objects
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.crypto import get_random_string
from django.views.decorators.http import require_GET

from vetting.catalog.models import Tool
from vetting.catalog.queries import elements_by_category, search_tools
from vetting.catalog.queries import tool_for as catalog_tool
from vetting.pages import UNPROCESSABLE, add_reasons, posted
from vetting.people.access import sign_in_required
from vetting.people.middleware import PersonRequest
from vetting.people.models import School
from vetting.policy.rules.classifying import Classification
from vetting.requests import commands, forms, guards, queries, rules
from vetting.requests.models import ToolRequest
from vetting.requests.views.answering import found
from workflows.actors import Role
from workflows.engine import Refused
from workflows.lifecycles.request import DRAFT, REQUEST
from workflows.providers import Ask

PAGES: Mapping[str, str] = {"tool": "The tool", "who": "Who and why", "data": "The data"}
ORDER = list(PAGES)
# What each page must have said before the draft can be sent.
SAYS = {
    "tool": guards.names_a_tool_or_project,
    "who": guards.says_purpose_and_who,
    "data": guards.data_schedule_is_filled,
}
# From this score on, the panel speaks of the tool found as the one that is meant.
SURE = 95


@sign_in_required
@require_GET
def may_i_use(request: PersonRequest) -> HttpResponse:
    text = request.GET.get("q", "").strip()[:200]
    answers = queries.may_i_use(request.actor, request.district, text)
    context = {
        "text": text,
        "answers": answers,
        "drafts": queries.my_drafts_named(request.actor, text),
        "decided": any(_is_it(answer, text) for answer in answers),
        "uncovered": _uncovered(answers, request.membership.school),
    }
    return render(request, "vetting/requests/may_i_use.html", context)


# Verdicts that a search for the very tool ends with: the card says what to do next.
SETTLED = ("approved", "not_allowed", "suspended", "in_review")


def _is_it(answer: queries.ToolAnswer, text: str) -> bool:
    names = {answer.tool.name.casefold(), answer.tool.domain or answer.tool.name.casefold()}
    return answer.verdict in SETTLED and text.casefold() in names


def _uncovered(answers: list[queries.ToolAnswer], school: School | None) -> set[str]:
    """Codes of tools approved for other schools than one's own."""
    return {
        answer.tool.code
        for answer in answers
        if school
        and answer.verdict == "approved"
        and not any(not grant.schools or school.name in grant.schools for grant in answer.grants)
    }


@sign_in_required
def start(request: PersonRequest) -> HttpResponse:
    """Begin a draft. A GET only shows the button: opening a mailed link makes nothing."""
    form = forms.StartForm(posted(request), district=request.district)
    if request.method == "POST" and form.is_valid():
        typed = {name: value for name, value in form.cleaned_data.items() if value}
        try:
            draft = commands.begin_draft(by=request.actor, **typed)
        except Refused as refused:
            add_reasons(form, refused)
        else:
            return redirect("requests:edit", draft.code, "tool")
    context = {"form": form, "for_others": request.actor.has(Role.SOURCING)}
    status = UNPROCESSABLE if form.is_bound else 200
    return render(request, "vetting/requests/start.html", context, status=status)


@sign_in_required
def join(request: PersonRequest, code: str) -> HttpResponse:
    """ "I need it too": ask for a tool that somebody asks for already, for one's own classes."""
    try:
        tool = catalog_tool(code)
    except Tool.DoesNotExist:
        raise Http404 from None
    if not queries.is_asked_for(request.district, tool):
        gone = f"Nobody in {request.district.name} asks for {tool.name} any more."
        messages.error(request, gone)
        return redirect("requests:may_i_use")
    form = forms.JoinForm(posted(request))
    if not form.is_bound or not form.is_valid():
        status = UNPROCESSABLE if form.is_bound else 200
        context = {"form": form, "tool": tool}
        return render(request, "vetting/requests/join.html", context, status=status)
    try:
        joined = commands.ask_too(tool, by=request.actor, **form.cleaned_data)
    except Refused as refused:
        messages.error(request, " ".join(refused.reasons))
        return redirect("requests:may_i_use")
    messages.success(request, f"You now ask for {tool.name} too, and hear what is decided.")
    return redirect("requests:detail", joined.code)


def _draft(request: PersonRequest, code: str) -> ToolRequest:
    draft = found(request, code)
    if not draft.roles_of(request.actor) & {Role.REQUESTER}:
        raise Http404
    return draft


def _form(draft: ToolRequest, page: str, data: Any = None) -> forms.DraftForm:
    if page == "tool":
        kind = forms.ProjectForm if draft.form == "project" else forms.ToolForm
        return kind(data, draft=draft)
    return (forms.WhoForm if page == "who" else forms.DataForm)(data, draft=draft)


@sign_in_required
def edit(request: PersonRequest, code: str, page: str) -> HttpResponse:
    """One of the three pages. Typing saves by itself; the button saves and goes on."""
    if page not in PAGES:
        raise Http404
    draft = _draft(request, code)
    if draft.state != DRAFT:
        ended = draft.state in REQUEST.ends
        words = "This request is closed" if ended else "This request has been sent"
        messages.info(request, f"{words}; it can no longer be changed here.")
        return redirect("requests:detail", code)
    form = _form(draft, page, posted(request))
    if not form.is_bound:
        return _page(request, draft, page, form)
    law = queries.path_law(draft.district)
    valid, before = form.is_valid(), _proposed(draft, law).name
    try:
        draft = commands.save_draft(
            draft,
            by=request.actor,
            fields=form.typed(),
            schools=form.schools(),
            elements=form.elements(),
            other_data=form.other_data(),
            seen=_seen(request, form),
        )
    except Refused as refused:
        add_reasons(form, refused)
        valid = False
        if request.headers.get("HX-Request"):
            return render(request, "vetting/requests/_not_saved.html", {"reasons": refused.reasons})
    if request.headers.get("HX-Request"):
        return _saved(request, draft, form, law, before)
    if not valid:
        return _page(request, draft, page, form, status=UNPROCESSABLE)
    return _go_on(request, draft, page, form)


def _seen(request: PersonRequest, form: forms.DraftForm) -> commands.Seen | None:
    """None where the page did not say what it was made from."""
    if not request.POST.get("seen"):
        return None
    window = request.POST.get("window", "")[:32]
    return commands.Seen(window, request.POST["seen"], lambda now: type(form)(draft=now).stamp)


def _made_from(request: PersonRequest, form: forms.DraftForm) -> dict[str, str]:
    """A page shown anew with what was typed is still the same page."""
    asked = request.POST
    return {
        "window": asked.get("window", "")[:32] or get_random_string(16),
        "seen": asked.get("seen", "")[:32] or form.stamp,
    }


def _go_on(
    request: PersonRequest, draft: ToolRequest, page: str, form: forms.DraftForm
) -> HttpResponse:
    if "later" in request.POST:
        messages.success(request, "Your draft is kept. You find it on your home page.")
        return redirect("home")
    if page != ORDER[-1]:
        return redirect("requests:edit", draft.code, ORDER[ORDER.index(page) + 1])
    try:
        sent = commands.submit_request(draft, by=request.actor)
    except Refused as refused:
        gaps = [(reason, rules.page_of(reason)) for reason in refused.reasons]
        return _page(request, draft, page, form, status=UNPROCESSABLE, gaps=gaps)
    messages.success(request, _sent_words(sent))
    return redirect("requests:detail", sent.request.code)


def _sent_words(sent: commands.Submitted) -> str:
    if sent.joined:
        words = "Somebody asked for this tool already: you and your schools have joined them."
        more = ", ".join(f"“{name}”" for name in sent.brought)
        return f"{words} The request now asks for your data too: {more}." if more else words
    return "Sent. We write to you when there is a question, and when it is decided."


def _saved(
    request: PersonRequest,
    draft: ToolRequest,
    form: forms.DraftForm,
    law: queries.Law,
    before: str,
) -> HttpResponse:
    """`before`: the class that was proposed; how long its path takes stands on the page already."""
    context: dict[str, Any] = {"case": draft, "saved_at": timezone.now(), "form": form}
    context["seen"] = type(form)(draft=draft).stamp
    context |= _path(request, draft, law)
    if before != context["proposed"].name:
        context |= _usual(draft, context["proposed"].name)
    return render(request, "vetting/requests/_saved.html", context)


def _page(
    request: PersonRequest,
    draft: ToolRequest,
    page: str,
    form: forms.DraftForm,
    status: int = 200,
    gaps: Sequence[tuple[str, str]] = (),
) -> HttpResponse:
    """`gaps`: what is missing before it can be sent, each with the page where it is filled in."""
    # Read once for what is missing, for the path and for the form.
    prefetch_related_objects([draft], "schedule__element")
    lacks = [] if gaps else _lacks(request, draft, page)
    missing = {where for _, where in (*gaps, *lacks)}
    steps = [
        (name, label, number, name == page, name in missing)
        for number, (name, label) in enumerate(PAGES.items(), 1)
    ]
    context: dict[str, Any] = {"case": draft, "form": form, "page": page, "pages": steps}
    context |= _made_from(request, form)
    context["gaps"] = [(reason, where, PAGES[where]) for reason, where in gaps]
    before = ORDER[: ORDER.index(page)]
    context["passed"] = [(says, at, PAGES[at]) for says, at in lacks if at in before]
    context |= _path(request, draft, queries.path_law(draft.district))
    context |= _usual(draft, context["proposed"].name)
    if page == "data":
        context["categories"] = categories_of(form)
    template = f"vetting/requests/edit_{page}.html"
    return render(request, template, context, status=status)


def _lacks(request: PersonRequest, draft: ToolRequest, page: str) -> list[tuple[str, str]]:
    """What the other pages still have to say; the one that is open is being written."""
    ask = Ask(request.actor, timezone.now(), preview=True)
    others = ((name, says) for name, says in SAYS.items() if name != page)
    return [(reason, name) for name, says in others for reason in says(draft, ask)]


def _path(request: PersonRequest, draft: ToolRequest, law: queries.Law) -> dict[str, Any]:
    """What the panel beside the form says: the path, why, and what stands already."""
    proposed = _proposed(draft, law)
    named = draft.website or draft.tool_name
    best = [m for m in search_tools(request.district, named, limit=1) if m.score >= SURE]
    answers = queries.answers_for(request.actor, request.district, best)
    known = [answer for answer in answers if answer.verdict not in ("unknown", "listed")]
    return {
        "proposed": proposed,
        "path": rules.PATHS[proposed.name],
        "why_this_path": [rules.reason_in_words(reason) for reason in proposed.reasons],
        "known": known[0] if known else None,
        "untrained": request.membership.trained_on is None,
    }


def _proposed(draft: ToolRequest, law: queries.Law) -> Classification:
    return law.judge(queries.facts_of(draft)).classification


def _usual(draft: ToolRequest, path: str) -> dict[str, str]:
    """How long its path takes: asked when a page is opened, not at each keystroke."""
    usual = queries.usual_time(draft.district, path, timezone.now())
    return {"usual": rules.usual_time_in_words(usual)}


def categories_of(form: forms.DraftForm) -> list[dict[str, Any]]:
    """The vocabulary by category, those with a tick unfolded."""
    ticked = form.chosen() if isinstance(form, forms.DataForm) else set()
    return [
        {
            "name": name,
            "elements": elements,
            "ticked": {element.pk for element in elements} & ticked,
        }
        for name, elements in elements_by_category()
        if any(element.about != "none" for element in elements)
    ]
