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
