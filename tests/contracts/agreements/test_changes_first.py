"""After "Changes needed" the thing to do is to settle the changes, and every page says so."""

import pytest

from contracts.agreements import commands
from contracts.agreements.models import Agreement
from tests.factories import agreements, people, plainly
from tests.factories.visits import signed_in
from vetting.people.models import Membership
from vetting.people.queries import actor_of
from workflows.actors import Role

pytestmark = pytest.mark.django_db
SETTLE = "Settle the changes asked for: Reading Ladder by Ladder Labs"


def say(agreement: Agreement, person: Membership, role: Role, verdict: str) -> None:
    assert agreement.current is not None
    commands.give_verdict(
        agreement,
        by=actor_of(person),
        reviewer=person,
        role=role,
        verdict=verdict,
        sha256=agreement.current.sha256,
        comment="Name the schools.",
    )


def test_nobody_is_offered_to_approve_while_changes_are_wanted() -> None:
    agreement = plainly.in_review()
    pat, cora = people.pat(), people.cora()
    say(agreement, pat, Role.PRIVACY, "changes")
    for person in (pat, cora, people.ada()):
        for page in ("/", agreement.get_absolute_url()):
            shown = signed_in(person).get(page).text
            assert SETTLE in shown
            assert "Read and approve" not in shown

    commands.withdraw_verdict(agreement, by=actor_of(pat), reviewer=pat)
    assert "Read and approve for privacy" in signed_in(pat).get("/").text


def test_a_vendors_wish_for_changes_comes_first_too() -> None:
    agreement = plainly.with_vendor()
    vendor = agreements.vendor_actor(agreement)
    commands.ask_for_changes(agreement, by=vendor, note="Twelve months, please.")
    shown = signed_in(people.cora()).get("/").text
    assert "Answer the vendor&#x27;s wish for changes: Reading Ladder" in shown
    assert "Read and approve" not in shown
