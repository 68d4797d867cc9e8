"""The district's signing page: signed in, and only the person whom the document names."""

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from contracts.agreements.models import Agreement
from contracts.agreements.queries import agreement_for
from contracts.signing import commands, queries, rules
from contracts.signing.commands import Act
from contracts.signing.forms import QuestionForm, SignForm
from contracts.signing.models import SignatureRequest
from contracts.signing.views import words
from vetting import limits
from vetting.pages import UNPROCESSABLE, posted
from vetting.people.access import sign_in_required
from vetting.people.middleware import PersonRequest
from vetting.vault.models import StoredFile
from vetting.vault.views import hand_out
from workflows.engine import Refused
from workflows.lifecycles.agreement import OUT_FOR_SIGNATURE
from workflows.refusals import moment


def found(request: PersonRequest, code: str) -> Agreement:
    """The same 404 for nothing, for another district's, and for people who may not read it."""
    try:
        return agreement_for(request.actor, code)
    except Agreement.DoesNotExist:
        raise Http404 from None


@never_cache
@sign_in_required
@require_http_methods(["GET", "HEAD", "POST"])
def page(request: PersonRequest, code: str) -> HttpResponse:
    agreement = found(request, code)
    turn = queries.turn_of_person(agreement, request.actor)
    form = SignForm(posted(request), initial={"sha256": _fingerprint(agreement)})
    if request.method == "POST":
        return _sign(request, agreement, turn, form)
    stage = _stage(agreement, turn)
    if request.headers.get("HX-Request"):
        return _poll(stage)
    if stage == "sign" and turn and request.method == "GET":
        _note_opened(request, turn)
    return show(request, agreement, turn, form)


def _sign(
    request: PersonRequest, agreement: Agreement, turn: SignatureRequest | None, form: SignForm
) -> HttpResponse:
    complete = form.is_valid()
    try:
        if turn is None:
            raise Refused([_nothing_of_mine(request, agreement)])
        if complete:
            commands.sign_document(turn, by=request.actor, act=_act(request, form))
            messages.success(request, "You signed. The seal is being made.")
            return redirect("signing:sign", agreement.code)
    except Refused as refused:
        form.refuse(refused.reasons)
    # The loser of a race reads the page as it is now.
    agreement = found(request, agreement.code)
    turn = queries.turn_of_person(agreement, request.actor)
    return show(request, agreement, turn, form, status=UNPROCESSABLE)


@never_cache
@sign_in_required
@require_POST
def question(request: PersonRequest, code: str) -> HttpResponse:
    """The signatory says why not; the document stays where it is until counsel acts."""
    agreement = found(request, code)
    turn = queries.turn_of_person(agreement, request.actor)
    form, asked = SignForm(initial={"sha256": _fingerprint(agreement)}), QuestionForm(request.POST)
    try:
        if turn is None:
            raise Refused([_nothing_of_mine(request, agreement)])
        note = asked.cleaned_data["note"] if asked.is_valid() else ""
        commands.question_signing(turn, by=request.actor, note=note)
    except Refused as refused:
        asked.is_valid()
        asked.refuse(refused.reasons)
        return show(request, agreement, turn, form, asked=asked, status=UNPROCESSABLE)
    messages.success(request, "Counsel and the privacy team have your words. Nothing is signed.")
    return redirect("signing:sign", agreement.code)


def _nothing_of_mine(request: PersonRequest, agreement: Agreement) -> str:
    """To the named signatory: that it was recalled meanwhile, by whom and when."""
    signer = agreement.district_signer
    if signer is None or signer.ref != request.actor.ref:
        return "Only the person named as signatory can sign here."
    back = words.last_return(agreement)
    if agreement.state == OUT_FOR_SIGNATURE or back is None:
        return "Nothing waits for your signature here now."
    return f"{back.sentence} on {moment(back.at, agreement)}. Nothing of yours was signed."


def show(
    request: PersonRequest,
    agreement: Agreement,
    turn: SignatureRequest | None,
    form: forms.Form,
    *,
    asked: QuestionForm | None = None,
    status: int = 200,
) -> HttpResponse:
    context = {
        "agreement": agreement,
        "district": agreement.district,
        "contact": words.district_contact(agreement),
        "stage": _stage(agreement, turn),
        "seal_failed": queries.seal_failed(agreement),
        "against": _against(agreement, turn),
        "progress": queries.progress_of(agreement),
        "me": request.membership,
        "signer": agreement.district_signer,
        "tools": words.tool_names(agreement),
        "pages": agreement.current.pages if agreement.current else None,
        "sha256": _fingerprint(agreement),
        "form": form,
        "asked": asked or QuestionForm(),
    }
    return render(request, "contracts/signing/sign.html", context, status=status)


def _stage(agreement: Agreement, turn: SignatureRequest | None) -> str:
    following = queries.next_turn(agreement)
    mine = bool(turn and following and following.pk == turn.pk)
    return rules.district_stage(
        agreement.state, turn=turn.status if turn else "", next_is_mine=mine
    )


def _against(agreement: Agreement, turn: SignatureRequest | None) -> list[str]:
    """Read before signing, so that a signature never ends in a refusal."""
    if turn is None or turn.status != SignatureRequest.OPEN:
        return []
    return queries.reasons_without_authority(agreement, timezone.now())


def _poll(stage: str) -> HttpResponse:
    if stage == "sealing":
        return HttpResponse(status=204)
    return HttpResponse(headers={"HX-Refresh": "true"})


def _act(request: PersonRequest, form: SignForm) -> Act:
    typed = form.cleaned_data
    return Act(
        typed_name=typed["typed_name"],
        consented=typed["consented"],
        read=typed["read"],
        sha256=typed["sha256"],
        address=limits.address_of(request),
        agent=limits.agent_of(request),
    )


def _note_opened(request: PersonRequest, turn: SignatureRequest) -> None:
    if limits.within("opened", str(turn.pk), most=1):
        commands.note_opened(
            turn, address=limits.address_of(request), agent=limits.agent_of(request)
        )


def _fingerprint(agreement: Agreement) -> str:
    return agreement.current.sha256 if agreement.current else ""


def _paper(agreement: Agreement) -> StoredFile | None:
    """With the vendor's signature in it, once that is sealed."""
    version = agreement.current
    return (version.sealed or version.pdf) if version else None


@never_cache
@sign_in_required
@require_GET
def document(request: PersonRequest, code: str) -> HttpResponse:
    agreement = found(request, code)
    paper = _paper(agreement)
    if paper is None:
        raise Http404
    name = f"{agreement.title} {agreement.case.code}.pdf"
    return hand_out(
        request,
        paper,
        name=name,
        inline="download" not in request.GET,
        away="contracts/agreements/no_file.html",
        context={"agreement": agreement},
    )
