"""The rooms' models, gathered where Django looks for them."""

from contracts.agreements.models import (
    Agreement,
    AgreementVersion,
    CoveredTool,
    Review,
    ScheduledElement,
    ServedRequest,
    VendorLink,
)
from contracts.library.models import AgreementTemplate, Clause
from contracts.signing.models import Signature, SignatureEvent, SignatureRequest

__all__ = [
    "Agreement",
    "AgreementTemplate",
    "AgreementVersion",
    "Clause",
    "CoveredTool",
    "Review",
    "ScheduledElement",
    "ServedRequest",
    "Signature",
    "SignatureEvent",
    "SignatureRequest",
    "VendorLink",
]
