"""Leased work of signing: sealing and the certificate. Each may run twice and seals once."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings

from contracts.agreements import papermaking
from contracts.agreements.models import AgreementVersion
from contracts.library import queries as library
from contracts.library import rules as documents
from contracts.papers import pdf, rendering
from contracts.signing import commands, rules, sealing, verifying
from contracts.signing.models import SignatureEvent, SignatureRequest
from vetting.vault import commands as vault
from vetting.vault.queries import read
from workflows.outbox.jobs import job
from workflows.outbox.models import Message

PDF = "application/pdf"
# A signed agreement is evidence for as long as a claim may be brought; no statute is cited here,
# so this is a default that a district changes, counted from the last day of the term.
KEEP_YEARS = 7


@job("seal_signature", title="The seal of a signature")
def seal_signature(message: Message) -> Callable[[], None] | None:
    """Seal one party's signature on top of the bytes sealed before it."""
    turn = _turn(message.payload["request"])
    if turn.status != SignatureRequest.SIGNED:
        return None
    signed = sealing.sign(
        _bytes_before(turn),
        slot="vendor" if turn.slot == "vendor" else "district",
        signer=_signer(turn),
        reason=papermaking.name_in_words(turn.agreement),
    )
    name = f"{turn.agreement.title} {turn.agreement.case.code} signed {turn.slot}.pdf"
    stored = vault.store(signed, name=name, content_type=PDF)
    as_of = message.payload.get("as_of")
    when = datetime.fromisoformat(as_of) if as_of else None
    return lambda: commands.keep_seal(turn, stored, as_of=when)


def _turn(pk: int) -> SignatureRequest:
    rows = SignatureRequest.objects.select_related(
        "agreement__case__tenant",
        "agreement__district",
        "agreement__vendor",
        "version__pdf",
        "version__sealed",
        "contact__vendor",
        "membership__user",
        "signature",
    )
    return rows.get(pk=pk)


def _bytes_before(turn: SignatureRequest) -> bytes:
    """The file of the party that signed before, or the approved bytes, made ready for signing."""
    before = turn.version.signature_requests.filter(
        status=SignatureRequest.SEALED, position__lt=turn.position
    )
    last = before.select_related("sealed").order_by("-position").first()
    return read(last.sealed) if last and last.sealed else sealing.prepare(read(turn.version.pdf))


def _signer(turn: SignatureRequest) -> sealing.SignerFacts:
    signed = turn.events.filter(kind="signed").latest("at")
    party = turn.agreement.vendor.name if turn.contact else turn.agreement.district.name
    return sealing.SignerFacts(
        name=signed.typed_name,
        title=turn.signer.title,
        organization=party,
        # The district's day, as on every page; the seal beside it prints UTC and says so.
        signed_at=turn.signature.signed_at.astimezone(ZoneInfo(turn.agreement.case.tenant.zone)),
    )


@job("make_certificate", title="The certificate of the signatures")
def make_certificate(message: Message) -> Callable[[], None] | None:
    """The certificate of an executed version: a file of its own, sealed, kept beside the other."""
    rows = AgreementVersion.objects.select_related(
        "agreement__case__tenant", "agreement__district", "agreement__vendor", "pdf", "sealed"
    )
    version = rows.get(pk=message.payload["version"])
    template = library.active_template("certificate", version.agreement.case.tenant)
    if version.certificate_id or version.sealed is None:
        return None
    if template is None:
        raise sealing.SealFailed("No template for the certificate is active: activate one first.")
    context = documents.context_of(certificate_fields(version))
    page = pdf.convert(rendering.render(library.template_bytes(template), context)).bytes
    title = papermaking.name_in_words(version.agreement, documents.TITLES["certificate"])
    sealed = sealing.seal_certificate(sealing.titled(page, title))
    name = f"{version.agreement.title} {version.agreement.case.code} certificate.pdf"
    stored = vault.store(sealed, name=name, content_type=PDF)
    if ends_on := version.agreement.ends_on:
        vault.lock(version.sealed, until=_kept_until(ends_on))
        vault.lock(stored, until=_kept_until(ends_on))
    return lambda: commands.keep_certificate(version, stored)


def _kept_until(ends_on: date) -> date:
    return ends_on + timedelta(days=365 * KEEP_YEARS + KEEP_YEARS // 4)


def certificate_fields(version: AgreementVersion) -> documents.CertificateFields:
    agreement, sealed = version.agreement, version.sealed
    assert sealed is not None  # noqa: S101  (make_certificate returned for an unsigned version)
    zone = ZoneInfo(agreement.case.tenant.zone)
    turns = version.signature_requests.filter(status=SignatureRequest.SEALED).order_by("position")
    return documents.CertificateFields(
        title=documents.TITLES["certificate"],
        agreement=agreement.title,
        code=agreement.case.code,
        completed_at=_instant(agreement.executed_at or version.made_at, zone),
        district=documents.NamedParty(agreement.district.name),
        vendor=documents.NamedParty(agreement.vendor.name),
        documents=(
            documents.SignedFile("Document as approved", version.pdf.sha256),
            documents.SignedFile("Document as signed", sealed.sha256),
        ),
        signers=tuple(_signed_by(_turn(turn.pk), zone) for turn in turns),
        timestamp=rules.time_in_words(
            report.clock for report in verifying.verify(read(sealed)).signatures
        ),
        verification="Open the signed file in a PDF reader that checks signatures, or have it "
        f"checked against the fingerprint above at {settings.SITE_URL}/verify/",
    )


def _signed_by(turn: SignatureRequest, zone: ZoneInfo) -> documents.SignedBy:
    event: SignatureEvent = turn.events.filter(kind="signed").latest("at")
    how = "personal link sent to the e-mail address" if turn.contact else "signed-in account"
    return documents.SignedBy(
        role="For the vendor" if turn.slot == "vendor" else "For the district",
        name=event.typed_name,
        title=turn.signer.title,
        email=rules.masked(turn.signer.email),
        method=f"Typed name, {how}",
        consented_at=_instant(turn.signature.consented_at, zone),
        signed_at=_instant(turn.signature.signed_at, zone),
        network="The network address was noted and is kept by the district."
        if event.address
        else "No network address was noted.",
    )


def _instant(when: datetime, zone: ZoneInfo) -> str:
    local = when.astimezone(zone)
    return f"{local:%a, %b} {local.day}, {local:%Y, %H:%M:%S %Z}"
