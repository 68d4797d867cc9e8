"""A recall's reaction that is given up and tried again days later judges its own text only, and
until it has run nobody is taken for the signer of a text that was taken back."""

import pytest

from contracts.agreements import commands as agreement_commands
from contracts.agreements.models import Agreement
from contracts.agreements.views.turns import who_waits
from contracts.signing import queries
from contracts.signing.invariants import executed_means_signed_sealed_and_stored
from contracts.signing.models import SignatureRequest
from tests.factories import agreements, people, plainly
from vetting.people.queries import actor_of
from workflows.actors import Role
from workflows.outbox import commands as outbox
from workflows.outbox.drain import drain
from workflows.outbox.models import Message
from workflows.providers import recipients

pytestmark = pytest.mark.django_db
OPEN = [(1, "vendor", "open"), (1, "district", "open")]


def out_for_signature(agreement: Agreement) -> Agreement:
    assert agreement.current is not None
    by = agreements.vendor_actor(agreement)
    agreement_commands.accept_text(agreement, by=by, sha256=agreement.current.sha256)
    drain()
    return agreements.fresh(agreement)


def recalled_with_a_dead_reaction() -> tuple[Agreement, Message]:
    """The recall has happened, and what follows it was given up."""
    agreement = out_for_signature(plainly.with_vendor())
    agreement_commands.take_back(agreement, by=actor_of(people.cora()), note="Wrong term.")
    dead = Message.objects.filter(topic="signing.revoke_after_recall")
    assert dead.update(status=Message.FAILED, send_after=None) == 1
    drain()
    return agreements.fresh(agreement), dead.get()


def offered_again(agreement: Agreement) -> Agreement:
    again = plainly.issue(agreement)
    return agreements.release(again, people.pat(), people.cora())


def turns() -> list[tuple[int, str, str]]:
    rows = SignatureRequest.objects.order_by("pk")
    return list(rows.values_list("version__number", "slot", "status"))


def test_a_late_recall_leaves_the_signatures_of_an_agreement_in_force() -> None:
    agreement, dead = recalled_with_a_dead_reaction()
    agreement = plainly.executed(offered_again(agreement))
    sealed = [(2, "vendor", "sealed"), (2, "district", "sealed")]
    assert (agreement.state, turns()) == ("in_force", [*OPEN, *sealed])

    assert outbox.retry(dead.pk)
    drain()

    closed = [(1, "vendor", "revoked"), (1, "district", "revoked")]
    assert turns() == [*closed, *sealed]
    assert agreements.fresh(agreement).state == "in_force"
    assert list(executed_means_signed_sealed_and_stored()) == []


def test_a_late_recall_finds_nothing_to_close_where_its_text_was_closed_by_the_next_one() -> None:
    """The second recall's reaction came first; the agreement is out a third time."""
    agreement, dead = recalled_with_a_dead_reaction()
    agreement = out_for_signature(offered_again(agreement))
    agreement_commands.take_back(agreement, by=actor_of(people.cora()), note="Wrong price.")
    drain()
    agreement = out_for_signature(offered_again(agreements.fresh(agreement)))
    closed = [(n, slot, "revoked") for n in (1, 2) for slot in ("vendor", "district")]
    third = [(3, "vendor", "open"), (3, "district", "open")]
    assert turns() == [*closed, *third]

    assert outbox.retry(dead.pk)
    drain()

    assert turns() == [*closed, *third]


def test_while_it_waits_the_open_turns_of_the_old_text_are_nobodys() -> None:
    agreement, _ = recalled_with_a_dead_reaction()
    agreement = out_for_signature(offered_again(agreement))
    agreement = plainly.signed_by_vendor(agreement)
    assert turns() == [*OPEN, (2, "vendor", "sealed"), (2, "district", "open")]

    signer = queries.next_turn(agreement)
    assert signer is not None
    assert signer.slot == "district"
    assert [one.name for one in recipients(agreement, "next_signer")] == ["Gwen Hart"]
    assert who_waits(agreement) == "Gwen Hart"
    assert Role.SIGNATORY in agreement.roles_of(actor_of(people.gwen()))
