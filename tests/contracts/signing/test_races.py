"""Two presses at the same instant: exactly one effect, and the loser reads a sentence.

Thirty rounds each, on a SQLite file and on PostgreSQL. Everything that a press writes is counted,
not only the state. The rounds share one document, and the tests share how they begin: only the rows
race.
"""

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from contracts.agreements import commands as agreement_commands
from contracts.agreements.models import Agreement, AgreementVersion, VendorLink
from contracts.signing import commands, queries
from contracts.signing.commands import sign_document
from contracts.signing.models import Signature, SignatureEvent, SignatureRequest
from contracts.signing.reactions import ask_for_signatures
from tests.factories import agreements, people
from tests.factories.remembered import remembered
from tests.races import race
from vetting.people.queries import actor_of
from vetting.vault.commands import store
from vetting.vault.models import StoredFile
from workflows.clock.models import Deadline
from workflows.desk.models import Task
from workflows.engine import Refused
from workflows.invariants import registry
from workflows.ledger.models import Entry
from workflows.outbox.drain import event_of
from workflows.outbox.models import Message

# In one group, so that one worker makes the beginnings and not two.
pytestmark = [
    pytest.mark.slow,
    pytest.mark.django_db(transaction=True),
    pytest.mark.xdist_group("signing races"),
]
ROUNDS = 30


def paper(words: str) -> StoredFile:
    return store(words.encode(), name=f"{words}.pdf", content_type="application/pdf")


@remembered
def with_the_vendor() -> list[Agreement]:
    """Agreements over one document."""
    first = agreements.with_vendor()
    return [agreements.another_with_vendor(first, f"Tool {number}") for number in range(ROUNDS)]


@remembered
def all_asked() -> list[Agreement]:
    return [asked(agreement) for agreement in with_the_vendor()]


@remembered
def all_countersigning() -> list[Agreement]:
    return [countersigning(agreement) for agreement in all_asked()]


def asked(agreement: Agreement) -> Agreement:
    """Out for signature, its turns opened; what else the move promised stays in the outbox."""
    assert agreement.current is not None
    dee = agreements.vendor_actor(agreement)
    agreement_commands.accept_text(agreement, by=dee, sha256=agreement.current.sha256)
    commands.open_signature_requests(agreement)
    return agreements.fresh(agreement)


def countersigning(agreement: Agreement) -> Agreement:
    """The vendor's signature is sealed, so the district's pen is free."""
    vendor = agreements.turn(agreement, "vendor")
    dee = agreements.vendor_actor(agreement)
    sign_document(vendor, by=dee, act=agreements.act(agreement, dee.name))
    commands.keep_seal(vendor, paper(f"sealed {agreement.pk}"), as_of=None)
    return agreements.fresh(agreement)


def everything(agreement: Agreement) -> dict[str, int]:
    """Rows of every kind that one press could double."""
    turns = SignatureRequest.objects.filter(agreement=agreement)
    case = {"case_id": agreement.pk}
    return {
        "entries": Entry.objects.filter(**case).count(),
        "turns": turns.count(),
        "signatures": Signature.objects.filter(request__in=turns).count(),
        "events": SignatureEvent.objects.filter(request__in=turns).count(),
        "messages": Message.objects.filter(**case).count(),
        "mails": Message.objects.filter(**case, channel="mail").count(),
        "jobs": Message.objects.filter(**case, channel="job").count(),
        "files": turns.filter(sealed__isnull=False).count(),
        "deadlines": Deadline.objects.filter(**case).count(),
        "open deadlines": Deadline.objects.filter(**case, met_at=None).count(),
        "open tasks": Task.objects.filter(process__case_id=agreement.pk, finished=None).count(),
    }


def gained(agreement: Agreement, *calls: Callable[[], Any]) -> tuple[list[Any], dict[str, int]]:
    """What each call came to, and by how much each kind of row grew."""
    before = everything(agreement)
    outcomes = race(*calls)
    after = everything(agreement)
    return outcomes, {
        name: after[name] - before[name] for name in after if after[name] != before[name]
    }


def one_loser(outcomes: list[Any]) -> str:
    refused = [o for o in outcomes if isinstance(o, Refused)]
    assert len(refused) == 1, outcomes
    assert not [o for o in outcomes if isinstance(o, Exception) and o not in refused], outcomes
    (sentence,) = refused[0].reasons
    return str(sentence)


def test_one_link_signs_once() -> None:
    for agreement in all_asked():
        turn, dee = agreements.turn(agreement, "vendor"), agreements.vendor_actor(agreement)
        act = agreements.act(agreement, dee.name)
        press = partial(sign_document, turn, by=dee, act=act)

        outcomes, grown = gained(agreement, press, press)

        assert one_loser(outcomes).startswith("Dee Vance already signed this on ")
        assert grown == {"entries": 1, "signatures": 1, "events": 2, "messages": 1, "jobs": 1}
    assert registry.faults() == []


def test_the_district_signs_once() -> None:
    ready = all_countersigning()
    gwen = actor_of(agreements.signer())
    for agreement in ready:
        turn, act = agreements.turn(agreement, "district"), agreements.act(agreement, gwen.name)
        press = partial(sign_document, turn, by=gwen, act=act)

        outcomes, grown = gained(agreement, press, press)

        assert one_loser(outcomes).startswith("Gwen Hart already signed this on ")
        assert grown == {"entries": 1, "signatures": 1, "events": 2, "messages": 1, "jobs": 1}
    assert registry.faults() == []


def test_two_workers_keep_one_last_seal_and_execute_once() -> None:
    ready = all_countersigning()
    gwen = actor_of(agreements.signer())
    for agreement in ready:
        turn = agreements.turn(agreement, "district")
        sign_document(turn, by=gwen, act=agreements.act(agreement, gwen.name))
        seals = [
            partial(commands.keep_seal, turn, paper(f"{one} {agreement.pk}"), as_of=None)
            for one in ("first", "second")
        ]

        outcomes, grown = gained(agreement, *seals)

        assert outcomes == [None, None]
        # signature_sealed and execute; two mails, two reactions; the signing clock is met.
        assert grown == {
            **{"entries": 2, "files": 1, "messages": 4, "mails": 2, "open deadlines": -1}
        }
        executed = agreements.fresh(agreement)
        assert executed.state == "signed"
        version = AgreementVersion.objects.get(agreement=agreement)
        assert version.sealed_id == SignatureRequest.objects.get(pk=turn.pk).sealed_id
    assert registry.faults() == []


def test_an_acceptance_against_a_take_back_leaves_nothing_to_sign() -> None:
    ready = with_the_vendor()
    cora = actor_of(people.cora())
    for agreement in ready:
        dee = agreements.vendor_actor(agreement)
        assert agreement.current is not None
        sha256 = agreement.current.sha256
        calls = (
            partial(agreement_commands.accept_text, agreement, by=dee, sha256=sha256),
            partial(agreement_commands.take_back, agreement, by=cora, note="Wrong term."),
        )

        (accepted, taken), grown = gained(agreement, *calls)

        # Taken back in either order; an acceptance that came first is in the ledger once.
        assert not isinstance(taken, Exception), taken
        first = not isinstance(accepted, Exception)
        if not first:
            assert accepted.reasons[0].startswith("Cora Lind was first: since ")
        assert grown["entries"] == (2 if first else 1)
        settle(agreement)
        assert agreements.fresh(agreement).state == "drafting"
        assert not SignatureRequest.objects.filter(agreement=agreement).exclude(status="revoked")
        assert not VendorLink.objects.filter(agreement=agreement, revoked_at=None)
    assert registry.faults() == []


def test_a_signature_against_a_recall_is_never_sealed() -> None:
    ready = all_asked()
    cora = actor_of(people.cora())
    for agreement in ready:
        turn, dee = agreements.turn(agreement, "vendor"), agreements.vendor_actor(agreement)
        act = agreements.act(agreement, dee.name)
        calls = (
            partial(sign_document, turn, by=dee, act=act),
            partial(agreement_commands.take_back, agreement, by=cora, note="Wrong term."),
        )

        (signed, taken), grown = gained(agreement, *calls)

        assert not isinstance(taken, Exception), taken
        if isinstance(signed, Exception):
            assert signed.reasons == [
                "This document is not out for signature: it is “Preparing the DPA”."
            ]
        assert (
            grown.get("signatures", 0) == grown.get("jobs", 0) == int(isinstance(signed, Signature))
        )
        # The worker may have finished the seal before the recall's reaction runs.
        commands.keep_seal(turn, paper(f"late {agreement.pk}"), as_of=None)
        settle(agreement)
        assert everything(agreement)["files"] == 0
        assert queries.next_turn(agreements.fresh(agreement)) is None
        assert not Message.objects.filter(case_id=agreement.pk, topic="please_sign_district")
    assert registry.faults() == []


def settle(agreement: Agreement) -> None:
    """The reactions to what happened, and to it once more: at least once is what is promised."""
    for _ in range(2):
        for event in events_of(agreement):
            if event.target == "out_for_signature":
                ask_for_signatures(event)
            if event.target == "drafting" and event.source:
                commands.revoke_signature_requests(
                    agreement, at=event.at, recorded_at=event.recorded_at
                )


def events_of(agreement: Agreement) -> list[Any]:
    topics = ("signing.ask_for_signatures", "signing.revoke_after_recall")
    rows = Message.objects.filter(case_id=agreement.pk, topic__in=topics).order_by("pk")
    return [event_of(message) for message in rows]


def test_two_turns_are_opened_once() -> None:
    for agreement in with_the_vendor():
        assert agreement.current is not None
        dee = agreements.vendor_actor(agreement)
        agreement_commands.accept_text(agreement, by=dee, sha256=agreement.current.sha256)
        press = partial(commands.open_signature_requests, agreement)

        outcomes, grown = gained(agreement, press, press)

        assert outcomes == [None, None]
        assert grown == {"entries": 1, "turns": 2, "messages": 1, "mails": 1}
    assert registry.faults() == []
