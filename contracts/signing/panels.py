"""How far the signatures are, on the agreement's own page."""

from typing import Any

from django.urls import reverse

from contracts.agreements.models import Agreement
from contracts.agreements.queries import lacks_signatory
from contracts.signing import queries
from vetting.pages import Choice
from vetting.requests.panels import Panel, panel, parts
from workflows.actors import Actor, Role
from workflows.lifecycles.agreement import BEFORE_SIGNATURE, OUT_FOR_SIGNATURE, WITH_VENDOR

NOT_YET = tuple(s for s in BEFORE_SIGNATURE if s not in (WITH_VENDOR, OUT_FOR_SIGNATURE))


@parts(Agreement)
def signing(actor: Actor) -> list[Any]:
    return list(queries.PARTS)


@panel(Agreement, order=40)
def signatures(agreement: Agreement, actor: Actor) -> Panel | None:
    """Left away before anything was offered; the sender never sees a signer's link."""
    if agreement.state in NOT_YET or agreement.current is None:
        return None
    progress = queries.progress_of(agreement)
    sealed = sum(one.state == "sealed" for one in progress)
    return Panel(
        "Signatures",
        "contracts/signing/panel.html",
        {
            "progress": progress,
            "offered": queries.offer_in_words(agreement),
            "certificate_fault": queries.certificate_fault(agreement),
            "choices": _choices(agreement, actor),
        },
        count=sealed if progress else None,
        open=agreement.state in (WITH_VENDOR, OUT_FOR_SIGNATURE),
    )


def _choices(agreement: Agreement, actor: Actor) -> list[Choice]:
    """Signing itself is offered where the page says whose turn it is."""
    code = agreement.code
    choices: list[Choice] = []
    if not actor.has(Role.LEGAL, Role.PRIVACY):
        return choices
    if queries.stuck_of(agreement):
        choices.append(Choice("Try the seal again", reverse("signing:seal_again", args=[code])))
    asks = queries.next_turn(agreement) or agreement.state == WITH_VENDOR
    if asks and not lacks_signatory(agreement):
        again = reverse("signing:ask_again", args=[code])
        choices.append(Choice("Send the mail again", again, tone="plain"))
    return choices
