"""Agreements at every stage with papers that are stand-ins: every move runs through the engine, but
no PDF is made and none is sealed. Quick, for tests that do not read the documents."""

from django.utils import timezone

from contracts.agreements import commands
from contracts.agreements.models import Agreement, AgreementVersion, Review
from contracts.signing.models import Signature, SignatureRequest
from tests.factories import agreements, people, requests
from tests.factories.remembered import remembered
from vetting.people.models import Membership
from vetting.people.queries import actor_of
from vetting.requests import commands as asking
from vetting.requests.models import ToolRequest
from vetting.vault import commands as vault
from vetting.vault.models import StoredFile
from workflows import engine
from workflows.actors import Role
from workflows.outbox.drain import drain


@remembered
def in_review() -> Agreement:
    return issue(agreements.settled())


def issue(agreement: Agreement) -> Agreement:
    number = agreement.versions.count() + 1
    file = stand_in(f"document {number} of {agreement.code}")
    version = AgreementVersion.objects.create(
        agreement=agreement, number=number, document=file, pdf=file, pages=1, template="by hand",
        made_at=timezone.now(),
    )  # fmt: skip
    pat = actor_of(people.pat())
    return agreements.fresh(engine.perform(agreement, "issue", by=pat, given={"version": version}))


# One empty page; a reader finds the objects although no table says where they are.
PAPER = """%PDF-1.4
%{}
1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj
2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj
3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]>>endobj
trailer<</Root 1 0 R>>
%%EOF
"""


def stand_in(text: str) -> StoredFile:
    data = PAPER.format(text).encode()
    return vault.store(data, name=f"{text}.pdf", content_type="application/pdf")


def say(agreement: Agreement, person: Membership, role: Role, verdict: str = "approved") -> Review:
    assert agreement.current is not None
    return commands.give_verdict(
        agreement, by=actor_of(person), reviewer=person, role=role, verdict=verdict,
        sha256=agreement.current.sha256, comment="" if verdict == "approved" else "Article 4.",
    )  # fmt: skip


@remembered
def with_vendor() -> Agreement:
    agreement = in_review()
    say(agreement, people.cora(), Role.LEGAL)
    say(agreement, people.pat(), Role.PRIVACY)
    commands.release_document(agreement, by=actor_of(people.cora()))
    drain()
    return agreements.fresh(agreement)


def executed(agreement: Agreement | None = None) -> Agreement:
    """Signed by both; in force at once unless its start lies ahead."""
    offered = agreement or with_vendor()
    assert offered.current is not None
    version, by = offered.current, agreements.vendor_actor(offered)
    commands.accept_text(offered, by=by, sha256=version.sha256)
    drain()
    signed = stand_in(f"signed {offered.code}")
    for row in version.signature_requests.all():
        _sign(row, signed)
    AgreementVersion.objects.filter(pk=version.pk).update(sealed=signed, certificate=signed)
    commands.execute_agreement(offered, signed_at=timezone.now())
    drain()
    return agreements.fresh(offered)


def signed_by_vendor(agreement: Agreement) -> Agreement:
    """Out for signature, and now it is the district's turn."""
    signed = stand_in(f"signed by the vendor {agreement.code}")
    assert agreement.current is not None
    _sign(agreement.current.signature_requests.get(slot="vendor", status="open"), signed)
    AgreementVersion.objects.filter(pk=agreement.current_id).update(sealed=signed)
    return agreements.fresh(agreement)


def _sign(row: SignatureRequest, signed: StoredFile) -> None:
    now = timezone.now()
    Signature.objects.create(
        request=row, sha256=row.version.sha256, consented_at=now, signed_at=now
    )
    SignatureRequest.objects.filter(pk=row.pk).update(status="sealed", sealed=signed)


def approved_under(agreement: Agreement) -> ToolRequest:
    """Another request for the same tool, approved because the agreement covers it."""
    first = ToolRequest.objects.get(served_by__agreement=agreement)
    asking.withdraw_request(first, by=actor_of(people.ben()))
    again = requests.submit(requests.draft(district_wide=True))
    pat, ada = actor_of(people.pat()), actor_of(people.ada())
    facts = {
        "primarily_k12": True,
        "staff_directed": True,
        "student_data": True,
        "terms": "negotiated",
    }
    asking.classify(again, facts=facts, by=pat)
    asking.route(again, path="covered", by=pat)
    drain()
    return asking.decide_approve(again, approval=requests.approval(), by=ada)
