"""Legal review: the very bytes beside the verdicts, and sending what was approved."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from contracts.agreements import commands, queries, rules
from contracts.agreements.forms import VerdictForm
from contracts.agreements.models import Agreement
from contracts.agreements.views import sheets
from contracts.agreements.views.answering import found
from contracts.library import queries as library
from vetting.pages import CONFLICT, UNPROCESSABLE, add_reasons, posted
from vetting.people.access import roles_required
from vetting.people.middleware import PersonRequest
from vetting.worklist.queries import holdings_of
from workflows.actors import Actor, Role
from workflows.desk.queries import open_tasks_of
from workflows.engine import Refused, options_for
from workflows.ledger.queries import history_of
from workflows.lifecycles.agreement import LEGAL_REVIEW

reviewers = roles_required(Role.LEGAL, Role.PRIVACY)
SENDS = "release_document"


@reviewers
def review(request: PersonRequest, code: str) -> HttpResponse:
    """A POST is one role's verdict on exactly the fingerprint that was shown."""
    agreement = found(request, code)
    form = _form(request, agreement)
    if request.method != "POST":
        return show(request, agreement, form)
    if form.is_valid():
        try:
            _give(request, agreement, form)
        except Refused as refused:
            add_reasons(form, refused)
            return show(request, found(request, code), form, CONFLICT)
        messages.success(request, "Your verdict is on record.")
        return redirect("agreements:review", code)
    return show(request, agreement, form, UNPROCESSABLE)


@reviewers
@require_POST
def send(request: PersonRequest, code: str) -> HttpResponse:
    agreement = found(request, code)
    try:
        commands.release_document(agreement, by=request.actor)
    except Refused as refused:
        form = VerdictForm(roles=_roles(request, agreement))
        return show(request, found(request, code), form, CONFLICT, refused.reasons)
    messages.success(request, "Sent. The vendor gets a mail with a personal link.")
    return redirect("agreements:detail", code)


@reviewers
@require_POST
def withdraw_verdict(request: PersonRequest, code: str) -> HttpResponse:
    """One's own word, taken back: the others keep theirs."""
    agreement = found(request, code)
    try:
        commands.withdraw_verdict(agreement, by=request.actor, reviewer=request.membership)
    except Refused as refused:
        form = VerdictForm(roles=_roles(request, agreement))
        return show(request, found(request, code), form, CONFLICT, refused.reasons)
    messages.success(request, "Your verdict is taken back. You can give another one.")
    return redirect("agreements:review", code)


def _roles(request: PersonRequest, agreement: Agreement) -> list[tuple[str, str]]:
    mine = agreement.roles_of(request.actor)
    return [(role, name) for role, name in sheets.ROLES.items() if Role(role) in mine]


def _form(request: PersonRequest, agreement: Agreement) -> VerdictForm:
    """With the roles nobody has spoken in, or all of one's own where only an objection is left."""
    version = agreement.current
    sha256 = version.sha256 if version else ""
    spoken = {review.role for review in version.standing_reviews()} if version else set()
    roles = _roles(request, agreement)
    if request.method != "POST":
        roles = [row for row in roles if row[0] not in spoken] or roles
    return VerdictForm(posted(request), roles=roles, initial={"sha256": sha256})


def _give(request: PersonRequest, agreement: Agreement, form: VerdictForm) -> None:
    typed = form.cleaned_data
    role = typed["role"] or form.fields["role"].initial
    commands.give_verdict(
        agreement,
        by=request.actor,
        reviewer=request.membership,
        role=Role(role or Role.REQUESTER),
        verdict=typed["verdict"],
        sha256=typed["sha256"],
        comment=typed["comment"],
        heard=typed["heard"],
    )


def show(
    request: PersonRequest,
    agreement: Agreement,
    form: VerdictForm,
    status: int = 200,
    problems: list[str] | None = None,
) -> HttpResponse:
    version = agreement.current
    tasks = open_tasks_of(agreement.case, agreement)
    sender = next((task for task in tasks if task.node == SENDS), None)
    here = reverse("agreements:review", args=[agreement.code])
    standing = list(version.standing_reviews()) if version else []
    sends = sender is not None and bool(sender.roles & agreement.roles_of(request.actor))
    context: dict[str, Any] = {
        "agreement": agreement,
        "nobody_signs": _nobody_signs(agreement),
        "against": _against_sending(agreement, request.actor) if sends else [],
        "tone": rules.tone_of(agreement.state),
        "version": version,
        "shown": rules.fingerprint(version.sha256) if version else "",
        "opinions": [_opinion(role, name, standing) for role, name in sheets.ROLES.items()],
        "wishes": sheets.wishes_of(agreement, history_of(agreement)),
        "history": sheets.versions_of(agreement),
        "form": form,
        "open": agreement.state == LEGAL_REVIEW,
        "heard": queries.words_heard(version),
        "mine": next((r for r in standing if r.reviewer_id == request.membership.pk), None),
        "objecting": not {role for role, _ in _roles(request, agreement)}
                     - {r.role for r in standing},
        "may_send": sends,
        "holdings": holdings_of(agreement, request.actor, tasks, back=here),
        "clauses": library.clauses_required(agreement.district.state),
        "problems": [{"text": reason} for reason in problems or ()],
    }  # fmt: skip
    return render(request, "contracts/agreements/review.html", context, status=status)


def _nobody_signs(agreement: Agreement) -> str:
    if agreement.state != LEGAL_REVIEW or not queries.lacks_signatory(agreement):
        return ""
    return rules.nobody_to_sign(queries.who_is_gone(agreement))


def _against_sending(agreement: Agreement, actor: Actor) -> list[str]:
    """What pressing would answer, read before it is pressed."""
    options = (one for one in options_for(agreement, actor) if one.move.name == "send")
    return [reason for one in options for reason in one.reasons]


def _opinion(role: str, name: str, standing: list[Any]) -> dict[str, Any]:
    """A role's word: a wish for changes before any approval, as for the quorum; else open."""
    mine = [review for review in standing if review.role == role]
    said = next((r for r in mine if r.verdict == "changes"), mine[-1] if mine else None)
    tone = "plain" if said is None else "success" if said.verdict == "approved" else "warning"
    words = "No word yet" if said is None else said.get_verdict_display()
    return {"name": name, "reviews": mine, "tone": tone, "words": words}
