"""What the vendor, the board and the parties do to an agreement."""

from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from contracts.agreements.commands.links import revoke_links
from contracts.agreements.commands.review import void_verdicts, void_version
from contracts.agreements.commands.term import close_products
from contracts.agreements.models import Agreement
from workflows import engine
from workflows.actors import Actor


def accept_text(
    agreement: Agreement, *, by: Actor, sha256: str, at: datetime | None = None
) -> Agreement:
    """The vendor takes the approved bytes as they are; `sha256` names what was read."""
    return engine.perform(
        agreement, "accept_text", by=by, given={"sha256": sha256}, facts={"sha256": sha256}, at=at
    )


def ask_for_changes(
    agreement: Agreement, *, by: Actor, note: str, at: datetime | None = None
) -> Agreement:
    """The vendor says what must change. Verdicts on these bytes are void, and stay as history;
    the reviewers may speak again on the same bytes, or the document is taken back."""
    now = at or timezone.now()
    with transaction.atomic():
        locked = engine.lock(agreement)
        # Before the move: entering legal review opens the acts whose verdicts do not stand.
        void_verdicts(locked.current, at=now)
        # The link stays: its page now shows no text, only that the note has arrived. Sending the
        # next text shuts it.
        return engine.perform(locked, "counter", by=by, note=note, at=at)


def decline_to_sign(
    agreement: Agreement, *, by: Actor, note: str, at: datetime | None = None
) -> Agreement:
    """The vendor's own link is shut by the reaction, after the page has said so."""
    with transaction.atomic():
        locked = engine.lock(agreement)
        moved = engine.perform(locked, "refuse", by=by, note=note, at=at)
        void_version(locked.current, at=at or timezone.now())
    return moved


def abandon(agreement: Agreement, *, by: Actor, note: str, at: datetime | None = None) -> Agreement:
    return _withdraw_text(agreement, "abandon", by=by, note=note, at=at)


def take_back(
    agreement: Agreement, *, by: Actor, note: str, at: datetime | None = None
) -> Agreement:
    """Back to drafting; whatever was approved or offered is void and says so."""
    with transaction.atomic():
        locked = engine.lock(agreement)
        move = "recall" if locked.state == "out_for_signature" else "revise"
        return _withdraw_text(locked, move, by=by, note=note, at=at)


def _withdraw_text(
    agreement: Agreement, move: str, *, by: Actor, note: str, at: datetime | None
) -> Agreement:
    now = at or timezone.now()
    with transaction.atomic():
        locked = engine.lock(agreement)
        moved = engine.perform(locked, move, by=by, note=note, at=at)
        void_version(locked.current, at=now)
        revoke_links(moved, at=now)
    return moved


def record_board_action(
    agreement: Agreement,
    *,
    by: Actor,
    item: str,
    acted_on: date | None,
    minutes: str = "",
    at: datetime | None = None,
) -> Agreement:
    given = {"item": item.strip(), "acted_on": acted_on, "minutes": minutes}
    return engine.perform(agreement, "board_acted", by=by, given=given, at=at)


def terminate(
    agreement: Agreement,
    *,
    by: Actor,
    grounds: str,
    ended_on: date | None,
    note: str,
    at: datetime | None = None,
) -> Agreement:
    now = at or timezone.now()
    with transaction.atomic():
        given = {"grounds": grounds, "ended_on": ended_on}
        facts = {"grounds": grounds}
        moved = engine.perform(
            agreement, "terminate", by=by, given=given, facts=facts, note=note, at=at
        )
        close_products(moved, at=now)
        revoke_links(moved, at=now)
    return moved
