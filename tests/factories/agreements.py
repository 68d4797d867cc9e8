"""Agreements at every stage, made through the engine."""

from django.utils import timezone

from contracts.agreements import commands, queries
from contracts.agreements.models import Agreement, AgreementVersion, CoveredTool
from contracts.signing.commands import Act, sign_document
from contracts.signing.models import SignatureRequest
from tests.factories import catalog, people, requests
from tests.factories.remembered import remembered
from vetting.people.models import Membership, SigningAuthority
from vetting.people.queries import actor_of
from vetting.reference import load_all
from vetting.requests.models import ToolRequest
from workflows import engine
from workflows.actors import Actor, Role
from workflows.outbox.drain import drain


@remembered
def drafted() -> tuple[ToolRequest, Agreement]:
    """A request in screening and the agreement that its routing drafted."""
    load_all()
    request = requests.in_screening()
    return request, draft_of(request)


def draft_of(request: ToolRequest) -> Agreement:
    drain()
    agreement = queries.agreement_of(request)
    assert agreement is not None
    return agreement


def district_with_letterhead() -> None:
    district = people.district()
    district.contact_name, district.contact_email = "Ada Park", "ada@juniper.example"
    district.contact_phone, district.address = "303-555-0100", "1 School Road, Juniper, CO 80000"
    district.save()


def signer() -> Membership:
    gwen = people.gwen()
    SigningAuthority.objects.get_or_create(
        district=gwen.district, membership=gwen, defaults={"delegated_on": "2020-01-01"}
    )
    return gwen


@remembered
def settled() -> Agreement:
    """Exhibits captured and confirmed, signers named: ready to be written."""
    return settle(drafted()[1])


def settle(agreement: Agreement) -> Agreement:
    district_with_letterhead()
    vendor = agreement.vendor
    vendor.address = "2 Ladder Lane, Denver, CO 80200"
    vendor.save()
    dee = catalog.dee(vendor)
    return commands.settle_exhibits(
        agreement,
        by=actor_of(people.pat()),
        services="Reading Ladder, the reading practice service",
        frameworks=["nist-csf"],
        subprocessors=commands.Subprocessors(none=True),
        vendor_signer=dee,
        district_signer=signer(),
    )


@remembered
def in_review() -> Agreement:
    return commands.issue_document(settled(), by=actor_of(people.pat()))


@remembered
def approved() -> Agreement:
    agreement = in_review()
    approve(agreement, people.pat(), people.cora())
    return fresh(agreement)


def approve(agreement: Agreement, pat: Membership, cora: Membership) -> None:
    assert agreement.current is not None
    for person, role in ((cora, Role.LEGAL), (pat, Role.PRIVACY)):
        commands.give_verdict(
            agreement,
            by=actor_of(person),
            reviewer=person,
            role=role,
            verdict="approved",
            sha256=agreement.current.sha256,
        )


@remembered
def with_vendor() -> Agreement:
    agreement = approved()
    commands.release_document(agreement, by=actor_of(people.cora()))
    return fresh(agreement)


def fresh(agreement: Agreement) -> Agreement:
    rows = Agreement.objects.select_related("case__tenant", "vendor", "district", "current")
    return rows.get(pk=agreement.pk)


def vendor_actor(agreement: Agreement) -> Actor:
    """dee, as the link she got makes her."""
    contact = agreement.vendor_signer
    assert contact is not None
    tenant = agreement.case.tenant_id
    return Actor("vendor", contact.ref, contact.name, tenant, frozenset({Role.VENDOR}))


@remembered
def out_for_signature() -> Agreement:
    agreement = with_vendor()
    assert agreement.current is not None
    commands.accept_text(agreement, by=vendor_actor(agreement), sha256=agreement.current.sha256)
    drain()
    return fresh(agreement)


def turn(agreement: Agreement, slot: str) -> SignatureRequest:
    rows = SignatureRequest.objects.select_related("agreement__case__tenant", "version__pdf")
    return rows.exclude(status="revoked").get(agreement=agreement, slot=slot)


def act(agreement: Agreement, name: str) -> Act:
    assert agreement.current is not None
    return Act(typed_name=name, consented=True, read=True, sha256=agreement.current.sha256)


def vendor_signs(agreement: Agreement) -> Agreement:
    dee = vendor_actor(agreement)
    sign_document(turn(agreement, "vendor"), by=dee, act=act(agreement, dee.name))
    drain()
    return fresh(agreement)


@remembered
def executed() -> Agreement:
    """Signed by both, sealed, in force, with its certificate."""
    agreement = vendor_signs(out_for_signature())
    gwen = actor_of(signer())
    sign_document(turn(agreement, "district"), by=gwen, act=act(agreement, gwen.name))
    drain()
    return fresh(agreement)


def another(first: Agreement, name: str) -> Agreement:
    """One more draft beside `first`, for another product of its vendor."""
    product = catalog.tool(name, of=first.vendor, website=f"https://{name.split()[-1]}.example.com")
    opened = engine.open_case(
        Agreement,
        tenant=first.case.tenant,
        by=catalog.BY,
        district=first.district,
        vendor=first.vendor,
        title=f"{name} by {first.vendor.name}",
    )
    CoveredTool.objects.create(agreement=opened, tool=product, district=first.district)
    return opened


def another_in_review(like: Agreement, name: str) -> Agreement:
    """One more agreement of the same people over the same bytes, for another tool: no new PDF."""
    by, agreement = actor_of(people.pat()), another(like, name)
    product = agreement.products.get()
    commands.set_schedule(agreement, by=by, product=product, elements={"student-name": "Reading"})
    agreement = commands.settle_exhibits(
        agreement,
        by=by,
        services=like.exhibit_services,
        frameworks=like.exhibit_security,
        subprocessors=commands.Subprocessors(none=True),
        vendor_signer=like.vendor_signer,
        district_signer=like.district_signer,
    )
    assert like.current is not None
    version = AgreementVersion.objects.create(
        agreement=agreement,
        number=1,
        document=like.current.document,
        pdf=like.current.pdf,
        pages=like.current.pages,
        template=like.current.template,
        made_at=timezone.now(),
    )
    return fresh(engine.perform(agreement, "issue", by=by, given={"version": version}))


def another_with_vendor(like: Agreement, name: str) -> Agreement:
    return release(another_in_review(like, name), people.pat(), people.cora())


def release(agreement: Agreement, pat: Membership, cora: Membership) -> Agreement:
    approve(agreement, pat, cora)
    commands.release_document(agreement, by=actor_of(cora))
    return fresh(agreement)
