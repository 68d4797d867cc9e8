"""Triage, questions and decisions: forms that each end in one command."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from vetting.catalog.models import Tool
from vetting.catalog.queries import near_matches, tool_for
from vetting.pages import CONFLICT, posted
from vetting.people.access import roles_required
from vetting.people.middleware import PersonRequest
from vetting.requests import commands, forms, queries, rules
from vetting.requests.guards import reasons_against_full
from vetting.requests.models import ToolRequest
from vetting.requests.panels import drawn_panels, held_data_of
from vetting.requests.views import ruling
from vetting.requests.views.answering import form_page, found
from vetting.requests.views.decided import while_open
from vetting.requests.views.detail import show
from vetting.templatetags.wording import period
from workflows.actors import Role
from workflows.engine import Refused, options_for
from workflows.lifecycles.request import SUSPENDED, TRIAGE

FORM = "vetting/requests/form.html"
triagers = roles_required(Role.SOURCING, Role.PRIVACY)
deciders = roles_required(Role.PRIVACY)
leads = roles_required(Role.PRIVACY_LEAD)


@triagers
def triage(request: PersonRequest, code: str) -> HttpResponse:
    """The facts, the class with its reasons, and the ways it may go. A POST sets the class."""
    case = found(request, code)
    rests_on = queries.ruled(case)
    form = _facts_form(request, case, rests_on)

    def act() -> None:
        classified = commands.classify(
            case,
            facts=form.facts(),
            by=request.actor,
            relationship=form.cleaned_data["relationship"],
            note=form.cleaned_data["note"],
        )
        messages.success(request, _class_is_set(classified))

    return form_page(
        request,
        case,
        form,
        template="vetting/requests/triage.html",
        act=act,
        done="",
        then="requests:triage",
        **_triage_context(request, case),
        **ruling.told(case, rests_on),
        of_today=queries.is_of_today(rests_on, case.district),
    )


def _class_is_set(case: ToolRequest) -> str:
    return rules.class_is_set(case.relationship, _takes_data(case))


def _takes_data(case: ToolRequest) -> bool | None:
    known: bool | None = case.class_facts.get("student_data", case.takes_student_data)
    return known


def _facts_form(
    request: PersonRequest, case: ToolRequest, rests_on: queries.Ruled
) -> forms.FactsForm:
    """What the request says itself is no question here: it is corrected there."""
    said = queries.said_by(case)
    asked = rules.to_ask(rests_on.evaluation, case.class_facts, said)
    return forms.FactsForm(
        posted(request),
        asked=asked,
        deciding=rules.deciding_the_class(rests_on.evaluation),
        initial={**said, **case.class_facts},
    )


def _triage_context(request: PersonRequest, case: ToolRequest) -> dict[str, Any]:
    near = []
    if case.form == "tool" and case.state == TRIAGE:
        near = near_matches(name=case.tool_name, website=case.website, but=case.tool)
    options = options_for(case, request.actor)
    # Its law frees it from the agreement, not from taking data: the exempt path is for no data.
    without_path = case.relationship == "exempt" and bool(_takes_data(case))
    wanted = rules.WANTED_OF_PRIVACY.get(case.relationship, "")
    routes = [option for option in options if option.move.name in ROUTES]
    return {
        "near": near,
        "schedule": case.schedule.select_related("element"),
        "may_correct": commands.may_correct(case, request.actor),
        "routes": [
            (option, ROUTES[option.move.name], option.move.name == "route_exempt")
            for option in routes
        ],
        "may_cover": any(o.move.name == "approve_covered" and o.allowed for o in options),
        "may_decline": any(o.move.name == "decline" for o in options),
        "without_path": without_path,
        "wanted": "" if without_path else wanted.format("it"),
        "asked": queries.privacy_asked(case),
        "lead": queries.privacy_lead_of(case.district),
    }


ROUTES = {"route_contract": "contract", "route_exempt": "exempt", "route_covered": "covered"}


@triagers
@require_POST
def settle(request: PersonRequest, code: str) -> HttpResponse:
    case = found(request, code)
    try:
        tool = tool_for(request.POST.get("tool", ""))
    except Tool.DoesNotExist:
        raise Http404 from None
    try:
        kept = commands.settle_match(case, tool=tool, by=request.actor)
    except Refused as refused:
        return show(request, found(request, code), refused.reasons, CONFLICT)
    if kept.pk != case.pk:
        messages.success(request, "Merged: the other request for this tool goes on.")
        return redirect("requests:detail", kept.code)
    messages.success(request, f"Settled: it is {period(tool.name)}")
    return redirect("requests:triage", code)


@triagers
@require_POST
def ask_privacy(request: PersonRequest, code: str) -> HttpResponse:
    """ "Ask Ada Park to decline it": what sourcing does where no path is open to them."""
    case = found(request, code)
    try:
        commands.ask_privacy(case, by=request.actor)
    except Refused as refused:
        return show(request, found(request, code), refused.reasons, CONFLICT)
    messages.success(request, "Asked. The privacy team has a mail, and it is in the history.")
    return redirect("requests:triage", code)


@triagers
@require_POST
def route(request: PersonRequest, code: str) -> HttpResponse:
    case = found(request, code)
    try:
        commands.route(
            case,
            path=request.POST.get("path", ""),
            by=request.actor,
            note=request.POST.get("note", ""),
            attested="attested" in request.POST,
        )
    except Refused as refused:
        return show(request, found(request, code), refused.reasons, CONFLICT)
    messages.success(request, "It is on its way.")
    return redirect("requests:detail", code)


@triagers
def ask(request: PersonRequest, code: str) -> HttpResponse:
    case = found(request, code)
    form = forms.QuestionForm(posted(request))
    return form_page(
        request,
        case,
        form,
        template=FORM,
        act=lambda: commands.ask_question(case, text=form.cleaned_data["text"], by=request.actor),
        done="The question is sent. Our clock stands still until it is answered.",
        title="Send back with a question",
        lead="Those who asked get your question by mail. The request waits for their answer.",
        button="Send the question",
    )


@deciders
def decline(request: PersonRequest, code: str) -> HttpResponse:
    case = found(request, code)
    form = forms.DeclineForm(posted(request))
    return while_open(
        request,
        case,
        "decline",
        lambda: form_page(
            request,
            case,
            form,
            template=FORM,
            act=lambda: commands.decline_request(case, by=request.actor, **form.cleaned_data),
            done="Not approved. Those who asked are told why.",
            title="Do not approve",
            lead="Everybody who searches for this tool reads the reason and what to use instead.",
            button="Do not approve it",
            danger=True,
        ),
    )


@deciders
def suspend(request: PersonRequest, code: str) -> HttpResponse:
    case = found(request, code)
    form = forms.SuspendForm(posted(request))
    return form_page(
        request,
        case,
        form,
        template=FORM,
        act=lambda: commands.suspend_tool(
            case, reason=form.cleaned_data["reason"], by=request.actor
        ),
        done="Suspended. The schools and those who asked are told.",
        title="Suspend the approval",
        lead="It leaves the list of tools you may use at once.",
        button="Suspend it",
        danger=True,
    )


@leads
def reinstate(request: PersonRequest, code: str) -> HttpResponse:
    case = found(request, code)
    form = forms.ReinstateForm(posted(request))
    return form_page(
        request,
        case,
        form,
        template=FORM,
        act=lambda: commands.reinstate_tool(case, by=request.actor, **form.cleaned_data),
        done="Reinstated. Those who asked are told.",
        title="Reinstate the approval",
        lead=case.suspend_reason if case.state == SUSPENDED else "",
        button="Reinstate it",
    )


def _decision_form(request: PersonRequest, case: ToolRequest) -> forms.DecisionForm:
    """What was asked for is what is proposed."""
    asked = {
        "purpose": " ".join(case.purpose.split())[:300],
        "schools": list(case.schools_concerned().values_list("pk", flat=True)),
        "grades": case.grades,
        "license": case.bought_how,
    }
    if case.district_wide:
        asked["schools"] = []
    rows = case.schedule.select_related("element")
    elements = {row.element_id: row.words for row in rows}
    return forms.DecisionForm(
        posted(request), district=case.district, elements=elements, initial=asked
    )


def _approval(form: forms.DecisionForm) -> commands.Approval:
    clean = form.cleaned_data
    return commands.Approval(
        kind=clean["kind"],
        purpose=clean["purpose"],
        license=clean["license"],
        conditions=clean["conditions"],
        schools=[school.pk for school in clean["schools"]],
        grades=clean["grades"],
        until=clean["until"],
        owner=clean["owner"].pk if clean["owner"] else None,
        reason=clean["reason"],
    )


@leads
def decide(request: PersonRequest, code: str) -> HttpResponse:
    """Approve, with or without some of the data."""
    case = found(request, code)
    form = _decision_form(request, case)
    blocked = _blocked(request, case)

    def act() -> ToolRequest:
        strike = [element.pk for element in form.cleaned_data["strike"]]
        approval = _approval(form)
        if strike:
            return commands.approve_without(
                case, approval=approval, strike=strike, by=request.actor
            )
        return commands.decide_approve(case, approval=approval, by=request.actor)

    return while_open(
        request,
        case,
        "approve",
        lambda: form_page(
            request,
            case,
            form,
            template="vetting/requests/decide.html",
            act=act,
            done="Approved. Those who asked are told.",
            blocked=blocked,
            limits=[] if blocked else reasons_against_full(case, request.actor),
            **_evidence(request, case),
        ),
    )


def _evidence(request: PersonRequest, case: ToolRequest) -> dict[str, Any]:
    """What the decision rests on, beside the form."""
    return {
        "schedule": case.schedule.select_related("element"),
        "held": held_data_of(case),
        "panels": drawn_panels(request, case),
    }


def _blocked(request: PersonRequest, case: ToolRequest) -> list[str]:
    options = options_for(case, request.actor)
    return [r for o in options if o.move.name == "approve" for r in o.reasons]


@triagers
def cover(request: PersonRequest, code: str) -> HttpResponse:
    """Approve at triage what an agreement in effect covers already."""
    case = found(request, code)
    form = _decision_form(request, case)
    return while_open(
        request,
        case,
        "approve_covered",
        lambda: form_page(
            request,
            case,
            form,
            template="vetting/requests/decide.html",
            act=lambda: commands.approve_covered(case, approval=_approval(form), by=request.actor),
            done="Approved under the agreement in effect. Those who asked are told.",
            covered=True,
            **_evidence(request, case),
        ),
    )
