"""What is known here about signed files."""

from contracts.agreements.models import Agreement, AgreementVersion
from contracts.signing.models import SignatureEvent, SignatureRequest
from contracts.signing.verifying import Expected


def expected_for(code: str) -> Expected | None:
    """The sealed file and the typed names of an agreement; None where no agreement has it."""
    agreement = Agreement.objects.filter(case__code=code).first()
    if agreement is None:
        return None
    version = (
        AgreementVersion.objects.filter(agreement=agreement, sealed__isnull=False, voided_at=None)
        .select_related("sealed")
        .order_by("-number")
        .first()
    )
    if version is None or version.sealed is None:
        return Expected(set())
    return Expected({version.sealed.sha256}, typed_names(version))


def typed_names(version: AgreementVersion) -> tuple[tuple[str, str], ...]:
    """(slot, name) of each sealed signature, in the order of signing."""
    signed = SignatureEvent.objects.filter(
        request__version=version, request__status=SignatureRequest.SEALED, kind="signed"
    )
    return tuple(
        signed.order_by("request__position", "at").values_list("request__slot", "typed_name")
    )
