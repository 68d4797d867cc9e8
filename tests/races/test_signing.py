"""Signing: one link pressed twice, two workers with one seal, a recall against a signature."""

from collections.abc import Callable, Sequence
from itertools import count
from typing import Any

import pytest

from contracts.agreements import commands as agreement_commands
from contracts.agreements.models import Agreement, VendorLink
from contracts.agreements.rules import token_hash
from contracts.signing import commands, queries
from contracts.signing.commands import sign_document
from contracts.signing.models import SignatureRequest
from contracts.signing.reactions import ask_for_signatures
from tests.factories import agreements, people, plainly
from tests.factories.remembered import remembered
from tests.factories.visits import good_signature, visitor
from tests.races.copying import copies_of
from tests.races.harness import FIRST, Race, Round, drain_all
from tests.races.pages import press, signed_in
from vetting.people.queries import actor_of
from vetting.vault.commands import store
from vetting.vault.models import StoredFile
from workflows.outbox.drain import drain, event_of
from workflows.outbox.models import Message

pytestmark = pytest.mark.django_db(transaction=True)
SIGNED = r"(Dee Vance|Gwen Hart) already signed this on \w{3}, \w{3} \d+, \d+:\d\d [AP]M \w+\."
ONCE = (
    "Entry signature_given", "Signature", "SignatureEvent consented", "SignatureEvent signed",
    "Message job seal_signature queued",
)  # fmt: skip


def paper(words: str) -> StoredFile:
    return store(words.encode(), name=f"{words}.pdf", content_type="application/pdf")


@remembered
def offered() -> Agreement:
    return plainly.with_vendor()


@remembered
def asked() -> Agreement:
    """Out for signature, its turns opened; what else the move promised stays in the outbox."""
    agreement = offered()
    assert agreement.current is not None
    dee = agreements.vendor_actor(agreement)
    agreement_commands.accept_text(agreement, by=dee, sha256=agreement.current.sha256)
    commands.open_signature_requests(agreement)
    return agreements.fresh(agreement)


@remembered
def countersigning() -> Agreement:
    """The vendor's signature is sealed, so the district's pen is free."""
    agreement = asked()
    vendor, dee = agreements.turn(agreement, "vendor"), agreements.vendor_actor(agreement)
    sign_document(vendor, by=dee, act=agreements.act(agreement, dee.name))
    commands.keep_seal(vendor, paper("sealed"), as_of=None)
    # That seal is made; the next one is counted by itself.
    Message.objects.filter(topic="seal_signature").update(status=Message.DONE, send_after=None)
    return agreements.fresh(agreement)


def copied(pattern: Agreement, *, token: str = "") -> Callable[[int], Sequence[Agreement]]:
    """With `token` each copy's link is opened by that word and its number."""

    def subjects(times: int) -> Sequence[Agreement]:
        found = copies_of([pattern], times, {VendorLink: link} if token else None).of(pattern)
        return [agreements.fresh(one) for one in found]

    def link(row: VendorLink, number: int) -> None:
        row.token_hash = token_hash(f"{token}-{number}-{row.pk}")

    return subjects


def pressing(slot: str) -> Callable[[Agreement], object]:
    def press_pen(agreement: Agreement) -> object:
        turn = agreements.turn(agreement, slot)
        by = agreements.vendor_actor(agreement) if slot == "vendor" else actor_of(turn.membership)  # type: ignore[arg-type]
        return sign_document(turn, by=by, act=agreements.act(agreement, by.name))

    return press_pen


def test_one_link_signs_once() -> None:
    pen = pressing("vendor")
    both = {"once": pen, "twice": pen}
    Race("one signing link twice", copied(asked()), both, SIGNED, ONCE, in_tests=30).run()


def test_one_link_signs_once_on_its_page() -> None:
    address = (f"10.{n // 65536 % 256}.{n // 256 % 256}.{n % 256}" for n in count(1))

    def sign(agreement: Agreement) -> None:
        link = VendorLink.objects.filter(agreement=agreement, revoked_at=None).latest("pk")
        number = numbers[agreement.pk]
        typed = good_signature(agreement, "Dee Vance")
        path = f"/vendor/page-{number}-{link.pk}/sign/"
        press(visitor(), path, typed, REMOTE_ADDR=next(address))

    numbers: dict[int, int] = {}

    def numbered(times: int) -> Sequence[Agreement]:
        found = copied(pattern, token="page")(times)
        numbers.update({agreement.pk: n for n, agreement in enumerate(found)})
        return found

    pattern = asked()
    Race(
        "one signing link twice (pages)",
        numbered,
        {"once": sign, "twice": sign},
        f"{SIGNED}|Nothing waits for your signature here",
        ONCE,
        in_tests=20,
    ).run()


def test_the_district_signs_once() -> None:
    pattern, gwen = countersigning(), signed_in(agreements.signer())

    def on_the_page(agreement: Agreement) -> None:
        typed = good_signature(agreement, "Gwen Hart")
        press(gwen, f"/agreements/{agreement.code}/sign/", typed)

    Race(
        "the district's pen twice, once on the page",
        copied(pattern),
        {"page": on_the_page, "other": pressing("district")},
        SIGNED,
        (r"SignatureRequest district signed .*", "Message job seal_signature queued"),
        in_tests=20,
    ).run()


def test_two_workers_keep_one_last_seal_and_execute_once() -> None:
    pattern = countersigning()
    pressing("district")(pattern)

    def keeping(which: str) -> Callable[[Agreement], object]:
        def keep(agreement: Agreement) -> None:
            turn, file = agreements.turn(agreement, "district"), files[which]
            commands.keep_seal(turn, file, as_of=None)

        return keep

    files = {which: paper(f"{which} seal") for which in ("first", "second")}
    Race(
        "two workers, one seal",
        copied(agreements.fresh(pattern)),
        {which: keeping(which) for which in files},
        once=(
            "Entry execute", "Agreement signed", "SignatureRequest district sealed with-sealed",
        ),
        in_tests=30,
    ).run()  # fmt: skip


def test_an_acceptance_against_a_take_back_leaves_nothing_to_sign() -> None:
    cora = actor_of(people.cora())

    def accept(agreement: Agreement) -> object:
        assert agreement.current is not None
        dee, sha256 = agreements.vendor_actor(agreement), agreement.current.sha256
        return agreement_commands.accept_text(agreement, by=dee, sha256=sha256)

    def take_back(agreement: Agreement) -> object:
        return agreement_commands.take_back(agreement, by=cora, note="Wrong term.")

    def open_still(subjects: Sequence[Agreement], rounds: Sequence[Round]) -> list[str]:
        """The reactions to what happened, and to it once more: at least once is promised."""
        for agreement in subjects:
            react(agreement)
        mine = {"agreement__in": [agreement.pk for agreement in subjects]}
        turns = SignatureRequest.objects.filter(**mine).exclude(status="revoked")
        links = VendorLink.objects.filter(**mine, revoked_at=None)
        return [f"{row} stands" for row in (*turns, *links)]

    Race(
        "accept against take back",
        copied(offered()),
        {"accept": accept, "take back": take_back},
        once=("Agreement drafting", "Entry (revise|recall)"),
        also=open_still,
        in_tests=30,
    ).run()


def test_a_signature_against_a_recall_is_never_sealed() -> None:
    cora, file = actor_of(people.cora()), paper("late")

    def take_back(agreement: Agreement) -> object:
        return agreement_commands.take_back(agreement, by=cora, note="Wrong term.")

    def sealed(subjects: Sequence[Agreement], rounds: Sequence[Round]) -> list[str]:
        """The worker may have finished the seal before the recall's reaction runs."""
        for agreement in subjects:
            turn = SignatureRequest.objects.get(agreement=agreement, slot="vendor")
            commands.keep_seal(turn, file, as_of=None)
            react(agreement)
        rows = SignatureRequest.objects.filter(agreement__in=[a.pk for a in subjects])
        asked = Message.objects.filter(topic="please_sign_district").count()
        waits = [a for a in subjects if queries.next_turn(agreements.fresh(a))]
        return [
            *(f"{row} is sealed" for row in rows.exclude(sealed=None)),
            *(f"{a} can be signed" for a in waits),
            *([f"{asked} mails ask the district"] if asked else []),
        ]

    Race(
        "a signature against a recall",
        copied(asked()),
        {"sign": pressing("vendor"), "recall": take_back},
        says=rf"{FIRST}|This document is not out for signature: it is “Preparing the DPA”\.",
        once=("Agreement drafting", "Entry recall"),
        also=sealed,
        in_tests=30,
    ).run()


def react(agreement: Agreement) -> None:
    for _ in range(2):
        for event in events_of(agreement):
            if event.target == "out_for_signature":
                ask_for_signatures(event)
            if event.target == "drafting" and event.source:
                commands.revoke_signature_requests(
                    agreement, seq=event.seq, at=event.at, recorded_at=event.recorded_at
                )


def events_of(agreement: Agreement) -> list[Any]:
    topics = ("signing.ask_for_signatures", "signing.revoke_after_recall")
    rows = Message.objects.filter(case_id=agreement.pk, topic__in=topics).order_by("pk")
    return [event_of(message) for message in rows]


def test_two_turns_are_opened_once() -> None:
    pattern = offered()
    assert pattern.current is not None
    dee = agreements.vendor_actor(pattern)
    agreement_commands.accept_text(pattern, by=dee, sha256=pattern.current.sha256)
    Race(
        "two turns are opened once",
        copied(agreements.fresh(pattern)),
        {
            which: lambda agreement: commands.open_signature_requests(agreement)
            for which in ("first", "second")
        },
        once=(
            "SignatureRequest vendor open .*", "SignatureRequest district open .*",
            "Entry signatures_requested", "Message mail please_sign_vendor queued",
        ),
        in_tests=30,
    ).run()  # fmt: skip


def test_two_drains_ask_for_signatures_once() -> None:
    """Real reactions and real mails; the personal link is minted by whoever sends."""
    pattern = offered()
    assert pattern.current is not None
    dee = agreements.vendor_actor(pattern)
    agreement_commands.accept_text(pattern, by=dee, sha256=pattern.current.sha256)
    Race(
        "two drains, one agreement's signatures",
        copied(agreements.fresh(pattern)),
        {which: lambda agreement: drain(limit=4) for which in ("first", "second")},
        won=lambda answer: sum(answer.values()),
        settle=drain_all,
        once=(
            "SignatureRequest vendor open .*", "SignatureRequest district open .*",
            "Entry signatures_requested", "Message mail please_sign_vendor done",
        ),
        in_tests=30,
    ).run()  # fmt: skip
