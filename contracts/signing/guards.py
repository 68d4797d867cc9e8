"""What stands against an agreement's moves around its signatures."""

from contracts.agreements.models import Agreement
from contracts.agreements.queries import is_signatory
from contracts.agreements.rules import signatory_is_gone
from contracts.signing import queries
from contracts.signing.models import SignatureRequest
from workflows.lifecycles.agreement import AGREEMENT
from workflows.providers import Ask, guard

SLOTS = ("vendor", "district")


@guard(AGREEMENT, "last_signer_has_not_signed")
def last_signer_has_not_signed(agreement: Agreement, ask: Ask) -> list[str]:
    if _signed(agreement) >= set(SLOTS):
        return ["Both parties have signed: it can only be ended, not taken back."]
    return []


@guard(AGREEMENT, "nobody_has_countersigned")
def nobody_has_countersigned(agreement: Agreement, ask: Ask) -> list[str]:
    if "district" in _signed(agreement):
        return ["The district has countersigned: it can only be ended, not given up."]
    return []


@guard(AGREEMENT, "every_signature_is_valid")
def every_signature_is_valid(agreement: Agreement, ask: Ask) -> list[str]:
    """Each party signed the current bytes, and each signature is sealed."""
    version = agreement.current
    if version is None:
        return ["There is no document that could have been signed."]
    rows = SignatureRequest.objects.filter(version=version, status=SignatureRequest.SEALED)
    sealed = set(rows.filter(signature__sha256=version.sha256).values_list("slot", flat=True))
    names = {"vendor": "The vendor", "district": "The district"}
    return [
        f"{names[slot]} has not signed these bytes yet." for slot in SLOTS if slot not in sealed
    ]


@guard(AGREEMENT, "signatory_has_authority")
def signatory_has_authority(agreement: Agreement, ask: Ask) -> list[str]:
    """The authority table says who may sign for the district: kind, amount, term, and the board.

    Asked when the document names its signatory, before it leaves the district, and again when they
    sign. Once they have signed, what counts is the authority of that instant. Of a signatory who is
    gone another guard speaks.
    """
    signer = agreement.district_signer
    if signer is None or queries.signed_with_authority(agreement):
        return []
    reasons = queries.reasons_without_authority(agreement, ask.now)
    if reasons and ask.by.kind == "vendor":
        return [signatory_is_gone(signer.user.name, to_vendor=True)] if is_signatory(signer) else []
    return reasons


def _signed(agreement: Agreement) -> set[str]:
    given = (SignatureRequest.SIGNED, SignatureRequest.SEALED)
    turns = (t for t in agreement.signature_requests.all() if t.version_id == agreement.current_id)
    return {turn.slot for turn in turns if turn.status in given}
