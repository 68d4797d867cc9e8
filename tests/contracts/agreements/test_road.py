"""From a routed request to a text that the vendor accepts."""

import pytest

from contracts.agreements import commands, rules
from contracts.agreements.models import Agreement, AgreementVersion, Review
from tests.factories import agreements, catalog, people, requests
from vetting.people.queries import actor_of
from vetting.reference import load_all
from vetting.requests.commands import route
from workflows import engine
from workflows.actors import Actor, Role
from workflows.engine import Refused
from workflows.ledger.models import Entry

pytestmark = pytest.mark.django_db


def dee(agreement: Agreement) -> Actor:
    contact = agreement.vendor_signer
    assert contact is not None
    tenant = agreement.case.tenant_id
    return Actor("vendor", contact.ref, contact.name, tenant, frozenset({Role.VENDOR}))


def test_routing_to_the_contract_path_drafts_the_agreement_with_its_schedule() -> None:
    request, agreement = agreements.drafted()

    assert agreement.state == "drafting"
    assert agreement.title == "Reading Ladder by Ladder Labs"
    (product,) = agreement.products.all()
    assert [row.element.slug for row in product.schedule.all()] == ["student-name"]
    assert agreement.serves.get().request_id == request.pk


@pytest.mark.parametrize(
    ("tool", "vendor", "title"),
    [
        ("Reading Ladder", "Ladder Labs", "Reading Ladder by Ladder Labs"),
        ("R" * 160, "L" * 36, f"{'R' * 160} by {'L' * 36}"),
        ("R" * 160, "L" * 160, f"{'R' * 97}… by {'L' * 97}…"),
        ("Ladder", "L" * 200, f"Ladder by {'L' * 189}…"),
        ("R" * 160, "Ladder Labs of Juniper, Colorado, Inc.", f"{'R' * 157}… by Ladder Labs of "
                                                             "Juniper, Colorado, Inc."),
    ],
)  # fmt: skip
def test_a_title_of_long_names_keeps_the_beginning_of_both(
    tool: str, vendor: str, title: str
) -> None:
    assert rules.title_of(tool, vendor) == title
    assert len(title) <= 200


def test_a_tool_and_a_vendor_with_the_longest_names_get_their_agreement() -> None:
    load_all()
    names = {"tool_name": "Reading " + "x" * 152, "vendor_name": "Ladder " + "y" * 153}
    sent = requests.submit(requests.draft(**names))
    requested = route(sent, path="contract", by=actor_of(people.sol()))
    agreement = agreements.draft_of(requested)
    assert agreement.title == f"Reading {'x' * 89}… by Ladder {'y' * 90}…"


def test_issue_writes_a_document_whose_fingerprint_both_roles_approve() -> None:
    agreement = agreements.with_vendor()

    assert agreement.state == "with_vendor"
    version = AgreementVersion.objects.get()
    assert {(r.role, r.sha256) for r in Review.objects.all()} == {
        ("legal", version.sha256),
        ("privacy", version.sha256),
    }


def test_the_vendor_accepts_exactly_the_approved_bytes() -> None:
    agreement = agreements.with_vendor()
    before = Entry.objects.count()

    with pytest.raises(Refused, match="The document changed since you opened it"):
        commands.accept_text(agreement, by=dee(agreement), sha256="0" * 64)
    assert Entry.objects.count() == before

    assert agreement.current is not None
    accepted = commands.accept_text(agreement, by=dee(agreement), sha256=agreement.current.sha256)
    assert accepted.state == "out_for_signature"


def test_it_is_not_sent_before_both_roles_approved() -> None:
    agreement = agreements.in_review()

    with pytest.raises(Refused):
        commands.release_document(agreement, by=actor_of(people.cora()))

    assert agreements.fresh(agreement).state == "legal_review"


def test_another_vendors_contact_can_do_nothing() -> None:
    agreement = agreements.with_vendor()
    stranger = catalog.dee(catalog.vendor("Other Works"))
    tenant = agreement.case.tenant_id
    actor = Actor("vendor", stranger.ref, stranger.name, tenant, frozenset({Role.VENDOR}))

    with pytest.raises(Refused, match="is for"):
        commands.ask_for_changes(agreement, by=actor, note="More time, please.")


@pytest.mark.parametrize("ref", ["membership:1", "system:sweep", "contact:", "contact:dee", "dee"])
def test_the_vendors_role_alone_makes_nobody_the_vendor(ref: str) -> None:
    _, agreement = agreements.drafted()
    tenant = agreement.case.tenant_id
    actor = Actor("person", ref, "Dee Vance", tenant, frozenset({Role.VENDOR}))

    assert agreement.roles_of(actor) == frozenset()
    assert engine.options_for(agreement, actor) == []
