"""How signing reads in the agreement's timeline, after the name of whoever did it."""

from collections.abc import Mapping
from typing import Any

from workflows.grammar import Lifecycle
from workflows.ledger.telling import tells, told

tells("agreement", {"signatures_requested": "asked for the signatures, one after the other"})
SIDES = {"vendor": "for the vendor", "district": "for the district"}


@told("signature_given", machine="agreement")
def signature_given(facts: Mapping[str, Any], lifecycle: Lifecycle) -> str:
    fingerprint = str(facts.get("sha256", ""))[:12]
    return f"signed {SIDES.get(str(facts.get('slot')), '')}, fingerprint {fingerprint}…"


@told("signature_sealed", machine="agreement")
def signature_sealed(facts: Mapping[str, Any], lifecycle: Lifecycle) -> str:
    return f"sealed the signature {SIDES.get(str(facts.get('slot')), '')}"


@told("signatory_changed", machine="agreement")
def _signatory_changed(facts: Mapping[str, Any], lifecycle: Lifecycle) -> str:
    return "named somebody else to sign for the vendor"


@told("asked_again", machine="agreement")
def _asked_again(facts: Mapping[str, Any], lifecycle: Lifecycle) -> str:
    return f"asked the {facts.get('slot', 'signatory')} once more"


tells("agreement", {"signing_questioned": "said why they do not sign it as it is"})
tells("agreement", {"seal_retried": "had the failed seal tried again"})
