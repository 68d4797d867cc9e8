"""The vendor's page: one personal link, no account, no cookie. GET changes nothing of the case."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from contracts.agreements.models import Agreement, VendorLink
from contracts.agreements.queries import actor_of_link, link_by_token
from contracts.signing import commands, queries, rules
from contracts.signing.commands import Act
from contracts.signing.forms import (
    AcceptForm,
    ChangesForm,
    DeclineForm,
    SignatoryForm,
    SignForm,
    SpokenForm,
)
from contracts.signing.models import SignatureRequest
from contracts.signing.views import words
from vetting import limits
from vetting.vault.models import StoredFile
from vetting.vault.views import hand_out
from workflows.actors import Actor
from workflows.engine import Refused

View = Callable[..., HttpResponse]
CONFLICT = 409


@dataclass(slots=True)
class Visit:
    """Who came by which link; `actor` is the contact, acting in this one agreement's district."""

    request: HttpRequest
    link: VendorLink
    token: str
    actor: Actor

    @property
    def agreement(self) -> Agreement:
        return self.link.agreement

    @property
    def is_signer(self) -> bool:
        return self.agreement.vendor_signer_id == self.link.contact_id

    def act(self, form: forms.Form | None = None) -> Act:
        typed = form.cleaned_data if form else {}
        return Act(
            typed_name=typed.get("typed_name", ""),
            consented=typed.get("consented", False),
            read=typed.get("read", False),
            sha256=typed.get("sha256", ""),
            address=limits.address_of(self.request),
            agent=limits.agent_of(self.request),
        )


def by_link(view: View) -> View:
    """Find the link behind the token; nothing, old, closed and foreign ones get the same answer.

    No CSRF token: a forger would have to know the address itself, and without a cookie there is
    nobody to be impersonated. (With "no-referrer" a browser sends `Origin: null`, too.)
    """

    @csrf_exempt
    @wraps(view)
    def shown(request: HttpRequest, token: str, *args: Any, **kwargs: Any) -> HttpResponse:
        address = limits.address_of(request)
        if not limits.within("visit", address, most=limits.VISITS_A_MINUTE):
            return _sealed_off(limits.too_many(request))
        link = link_by_token(token, timezone.now())
        if link is None:
            return _sealed_off(_missed(request, token, address))
        visit = Visit(request, link, token, actor_of_link(link))
        with timezone.override(ZoneInfo(link.agreement.case.tenant.zone)):
            return _sealed_off(view(visit, *args, **kwargs))

    return shown


def _missed(request: HttpRequest, token: str, address: str) -> HttpResponse:
    if not limits.within("miss", address, most=limits.MISSES_A_MINUTE):
        return limits.too_many(request)
    return _dead_end(request, token, **_why_closed(token))  # type: ignore[arg-type]


def _why_closed(token: str) -> dict[str, str]:
    """Whoever had this link, and no other reader, is told what they did by it, or that the text
    was taken from under it: what was typed meanwhile is no signature."""
    found = queries.last_deed(token)
    link = found[0] if found else queries.link_of(token)
    if link and (taken := queries.taken_back_since(link)):
        return {"taken": words.taken_back_in_words(link, taken)}
    return {"done": words.deed_in_words(*found)} if found else {}


def _dead_end(
    request: HttpRequest, token: str, *, asked: bool = False, done: str = "", taken: str = ""
) -> HttpResponse:
    context = {"token": token, "asked": asked, "done": done, "taken": taken, "csrf_token": ""}
    return render(request, "contracts/signing/closed.html", context, status=404)


def _sealed_off(answer: HttpResponse) -> HttpResponse:
    """The address is a secret: it must not leave by a referrer, a cache or a search engine."""
    answer["Referrer-Policy"] = "no-referrer"
    answer["Cache-Control"] = "no-store"
    answer["X-Robots-Tag"] = "noindex, nofollow"
    return answer


@require_http_methods(["GET", "HEAD"])
@by_link
def page(visit: Visit) -> HttpResponse:
    if visit.request.method == "GET":
        commands.note_visit(
            visit.link,
            address=limits.address_of(visit.request),
            agent=limits.agent_of(visit.request),
        )
    return show(visit)


def show(visit: Visit, *, status: int = 200, **bound: forms.Form) -> HttpResponse:
    """The page in its present stage; `bound` are forms sent back with what stands against them."""
    agreement, request = visit.agreement, visit.request
    turns = {turn.slot: turn for turn in queries.turns_of(agreement)}
    stage = _stage(visit, turns)
    if request.headers.get("HX-Request") and request.method == "GET":
        return _poll(stage)
    offered = words.offered_files(agreement)
    paper = offered.get("signed.pdf") or offered.get("agreement.pdf")
    context = {
        "csrf_token": "",
        "token": visit.token,
        "agreement": agreement,
        "district": agreement.district,
        "contact": words.district_contact(agreement),
        "me": visit.link.contact,
        "stage": stage,
        "seal_failed": stage == "sealing" and queries.seal_failed(agreement),
        "signer": agreement.vendor_signer,
        "district_signer": agreement.district_signer,
        "tools": words.tool_names(agreement),
        "elements": words.element_names(agreement),
        "returned": words.last_return(agreement) if stage == "closed" else None,
        "due": words.due_of(agreement) if stage in ("read", "sign") else None,
        "files": _listed(offered),
        "paper": paper,
        "pages": agreement.current.pages if agreement.current else None,
        "sha256": agreement.current.sha256 if agreement.current else "",
        "signatures": [turn for turn in turns.values() if turn.status != SignatureRequest.OPEN],
        "entries": words.history_for_vendor(agreement),
        "said": words.SAID.get(request.GET.get("said", "")),
        "forms": _forms(agreement, bound),
        "sent_back": list(bound.values()),
        "may_reassign": stage in ("read", "sign", "board") and visit.is_signer,
    }
    return render(request, "contracts/signing/vendor.html", context, status=status)


def _stage(visit: Visit, turns: dict[str, SignatureRequest]) -> str:
    status = {slot: turn.status for slot, turn in turns.items()}
    return rules.stage(
        visit.agreement.state,
        signer=visit.is_signer,
        vendor=status.get("vendor", ""),
        district=status.get("district", ""),
    )


def _poll(stage: str) -> HttpResponse:
    """While it waits for our own work the page asks again; then it is drawn anew as a whole."""
    if stage in ("sealing", "soon"):
        return HttpResponse(status=204)
    return HttpResponse(headers={"HX-Refresh": "true"})


def _forms(agreement: Agreement, bound: dict[str, forms.Form]) -> dict[str, forms.Form]:
    offered = {"sha256": agreement.current.sha256 if agreement.current else ""}
    return {
        "accept": AcceptForm(initial=offered),
        "sign": SignForm(initial=offered),
        "changes": ChangesForm(),
        "decline": DeclineForm(),
        "signatory": SignatoryForm(),
        **bound,
    }


def _listed(offered: dict[str, StoredFile]) -> list[tuple[str, str, int]]:
    return [(which, words.FILES[which], stored.size) for which, stored in offered.items()]


Deed = Callable[[Visit, forms.Form], Any]


def _deed(
    name: str, form_class: type[SpokenForm], said: str, *, parting: bool = False
) -> Callable[[Deed], View]:
    """A POST that calls one command, then shows the page; refused, it keeps what was typed.

    `parting`: the deed closes the very link it came by, so the answer is a page of its own.
    """

    def decorate(deed: Deed) -> View:
        @require_http_methods(["GET", "POST"])
        @by_link
        @wraps(deed)
        def pressed(visit: Visit) -> HttpResponse:
            here = reverse("signing:vendor", args=[visit.token])
            if visit.request.method == "GET":
                return redirect(here)  # a reload of a page that was sent back
            form = form_class(visit.request.POST)
            if form.is_valid():
                try:
                    deed(visit, form)
                except Refused as refused:
                    form.refuse(refused.reasons)
                else:
                    return _part(visit, said) if parting else redirect(f"{here}?said={said}")
            return show(_looked_up_again(visit), status=CONFLICT, **{name: form})

        return pressed

    return decorate


def _part(visit: Visit, said: str) -> HttpResponse:
    agreement = visit.agreement
    context = {
        "csrf_token": "",
        "agreement": agreement,
        "district": agreement.district,
        "contact": words.district_contact(agreement),
        "said": words.SAID[said],
    }
    return render(visit.request, "contracts/signing/parting.html", context)


def _looked_up_again(visit: Visit) -> Visit:
    """Whoever lost a race reads the page as it is now, not as it was when they pressed."""
    link = link_by_token(visit.token, timezone.now()) or visit.link
    return Visit(visit.request, link, visit.token, visit.actor)


@_deed("accept", AcceptForm, "accepted")
def accept(visit: Visit, form: forms.Form) -> None:
    commands.accept_offer(visit.link, by=visit.actor, sha256=form.cleaned_data["sha256"])


@_deed("changes", ChangesForm, "changes")
def changes(visit: Visit, form: forms.Form) -> None:
    commands.ask_for_changes(visit.link, by=visit.actor, note=form.cleaned_data["note"])


@_deed("decline", DeclineForm, "declined", parting=True)
def decline(visit: Visit, form: forms.Form) -> None:
    note = form.cleaned_data["note"]
    commands.decline(visit.link, by=visit.actor, note=note, act=visit.act())


@_deed("sign", SignForm, "signed")
def sign(visit: Visit, form: forms.Form) -> None:
    turn = queries.turn_of_contact(visit.agreement, visit.link.contact)
    if turn is None:
        raise Refused(["Nothing waits for your signature here."])
    commands.sign_document(turn, by=visit.actor, act=visit.act(form))


@_deed("signatory", SignatoryForm, "named", parting=True)
def signatory(visit: Visit, form: forms.Form) -> None:
    commands.name_signatory(visit.link, by=visit.actor, **form.cleaned_data)


@require_GET
@by_link
def file(visit: Visit, which: str) -> HttpResponse:
    """A file the vendor may have; another name, or one that is not theirs yet, is a dead end."""
    stored = words.offered_files(visit.agreement).get(which)
    if stored is None:
        return _dead_end(visit.request, visit.token)
    name = f"{visit.agreement.title} {visit.agreement.case.code} {which}"
    inline = "download" not in visit.request.GET and which.endswith(".pdf")
    return hand_out(
        visit.request,
        stored,
        name=name,
        inline=inline,
        away="contracts/signing/no_file.html",
        context={
            "csrf_token": "",
            "district": visit.agreement.district,
            "contact": words.district_contact(visit.agreement),
        },
    )


@csrf_exempt
@require_POST
def new_link(request: HttpRequest, token: str) -> HttpResponse:
    """ "Send me a new link": the answer is the same whatever became of it."""
    if not limits.within("new-link", limits.address_of(request), most=5, seconds=600):
        return _sealed_off(limits.too_many(request))
    commands.send_new_link(token)
    return _sealed_off(_dead_end(request, token, asked=True))
