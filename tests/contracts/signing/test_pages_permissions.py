"""Who may open what: every role, a stranger, another district, and a wrong link."""

from collections.abc import Callable

import pytest
from django.core.cache import cache
from django.test import Client

from contracts.agreements.models import Agreement
from contracts.signing.models import Signature
from tests.factories import agreements, letters, people
from vetting.people.models import Membership
from workflows.actors import Role
from workflows.ledger.models import Entry
from workflows.outbox.models import Message

pytestmark = pytest.mark.django_db

# status of: sign GET, sign POST, document, ask again, seal again
NOTHING = (404, 404, 404, 404, 404)
READS = (200, 422, 200, 302, 302)
WHO: dict[str, tuple[Callable[[], Membership], tuple[int, ...]]] = {
    "requester": (people.ben, NOTHING),
    "school leader": (people.lee, NOTHING),
    "sourcing": (people.sol, READS),
    "privacy": (people.pat, READS),
    "privacy lead": (people.ada, READS),
    "legal": (people.cora, READS),
    "it security": (people.ivy, READS),
    "administrator": (people.max, READS),
    "another signatory": (lambda: people.person("Hal Stone", Role.SIGNATORY), READS),
    "the signatory": (agreements.signer, READS),
    "superintendent": (lambda: people.person("Sue Lake", Role.SUPERINTENDENT), NOTHING),
    "another district": (people.eve, NOTHING),
}
MAY_ASK = {"privacy", "privacy lead", "legal"}
STAFF_PAGES = (
    ("get", "sign/"),
    ("post", "sign/"),
    ("get", "sign/document.pdf"),
    ("post", "ask-again/"),
    ("post", "seal-again/"),
)
LINK_PAGES = (
    ("get", ""),
    ("get", "files/agreement.pdf"),
    ("get", "files/signed.pdf"),
    ("get", "accept/"),
    ("post", "accept/"),
    ("post", "changes/"),
    ("post", "decline/"),
    ("post", "sign/"),
    ("post", "signatory/"),
)


@pytest.fixture(autouse=True)
def nobody_came_before() -> None:
    cache.clear()


def answers(client: Client, agreement: Agreement) -> tuple[int, ...]:
    base = f"/agreements/{agreement.code}/"
    return tuple(getattr(client, how)(base + part).status_code for how, part in STAFF_PAGES)


def test_every_role_on_every_staff_page() -> None:
    agreement = agreements.vendor_signs(agreements.out_for_signature())
    Message.objects.update(created_at="2020-01-01T00:00:00Z")
    entries = Entry.objects.filter(case_id=agreement.pk).count()
    found = {}
    for name, (person, _) in WHO.items():
        client = Client()
        client.force_login(person().user)
        found[name] = answers(client, agreement)

    assert found == {name: expected for name, (_, expected) in WHO.items()}
    assert answers(Client(), agreement) == (302, 302, 302, 302, 302)
    assert answers(Client(), agreement) == answers(Client(), Agreement(case=type(agreement.case)()))
    # Of all who pressed, one asked again (then ten minutes of quiet) and nobody signed.
    assert Signature.objects.filter(request__slot="district").count() == 0
    assert Entry.objects.filter(case_id=agreement.pk).count() == entries + 1
    by = Entry.objects.get(name="asked_again").actor_ref
    assert by in {WHO[name][0]().ref for name in MAY_ASK}


def test_a_wrong_link_opens_nothing_for_anybody() -> None:
    agreements.with_vendor()
    staff = Client()
    staff.force_login(people.cora().user)
    for client in (Client(enforce_csrf_checks=True), staff):
        for how, part in LINK_PAGES:
            cache.clear()
            answer = getattr(client, how)(f"/vendor/wrong-link/{part}")
            assert (answer.status_code, part) == (404, part)
            assert "This link does not open anything" in answer.text


def test_a_link_opens_its_own_agreement_only() -> None:
    first = agreements.with_vendor()
    mine = letters.link_for()
    second = agreements.another_with_vendor(first, "Other Tool")
    other = letters.link_for()

    assert mine != other
    assert first.code in Client().get(mine).text
    assert second.code not in Client().get(mine).text
    assert second.code in Client().get(other).text


def test_methods_that_are_not_offered_are_refused() -> None:
    agreements.with_vendor()
    path = letters.link_for()

    assert Client().post(path).status_code == 405
    assert Client().delete(path).status_code == 405
    assert Client().get(f"{path}new-link/").status_code == 405
    assert Client().get(f"{path}accept/").status_code == 302
