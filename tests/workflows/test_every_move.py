"""From every state of the real machines, every role, every move: in the table and done, or refused.

A move that a role may make is made, and undone: it is refused in sentences, or writes one row.
"""

from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone

from contracts.agreements.models import AgreementVersion
from tests.factories import agreements, requests
from workflows import engine
from workflows.actors import Actor, Role, system
from workflows.clock.models import Deadline
from workflows.desk.models import Process, Task
from workflows.engine import Refused
from workflows.ledger.models import Entry
from workflows.outbox.models import Message
from workflows.providers import Ask
from workflows.stateful import Stateful
from workflows.triggers import drop_triggers

pytestmark = [pytest.mark.slow, pytest.mark.django_db]
PEOPLE = [role for role in Role if role is not Role.SYSTEM]


def written() -> list[int]:
    return [m.objects.count() for m in (Entry, Message, Deadline, Process, Task)]


def put(subject: Stateful, state: str) -> Any:
    """Into a state without the moves that lead there; the floor was taken away for it."""
    table = subject._meta.db_table
    extra = ", approval_kind = 'full', approved_on = '2026-11-01'" if table.endswith("est") else ""
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE {table} SET state = %s{extra}", [state])  # noqa: S608
    return type(subject)._base_manager.select_related("case__tenant").get(pk=subject.pk)


def actor(subject: Stateful, *roles: Role) -> Actor:
    kind = {(Role.VENDOR,): "contact", (Role.PUBLIC,): "public"}.get(roles, "membership")
    return Actor(kind, f"{kind}:0", "Max Poe", subject.case.tenant_id, frozenset(roles))


def given(subject: Stateful) -> dict[str, dict[str, Any]]:
    """What the commands hand to the bound methods; whether it suffices is for the guards."""
    day = subject.case.tenant.day_of(timezone.now())
    decision = {"kind": "full", "on": day, "purpose": "Reading", "license": "free"}
    return {
        **dict.fromkeys(("approve", "approve_without", "approve_covered"), decision),
        "join": {"into": subject.pk},
        "decline": {"reason": "other", "words": "Nobody needs it."},
        "suspend": {"reason": "The vendor was sold."},
        "reinstate": {"on": day, "until": None},
        "issue": {"version": AgreementVersion(agreement_id=subject.pk)},
        "accept_text": {"sha256": "0" * 64},
        "board_acted": {"item": "7.1", "acted_on": day},
        "execute": {"executed_at": timezone.now(), "effective_from": day, "ends_on": day},
        "terminate": {"grounds": "cause", "ended_on": day},
    }


def check_made(subject: Stateful, name: str, by: Actor) -> bool:
    """Whether the move was made; whatever it wrote is undone."""
    rows = Entry.objects.filter(case_id=subject.pk)
    before, arguments = rows.count(), given(subject).get(name)
    reasons: list[str] = []
    with transaction.atomic():
        try:
            engine.perform(subject, name, by=by, note="Why", given=arguments)
        except Refused as refused:
            reasons = refused.reasons
        made = rows.count() - before
        transaction.set_rollback(True)
    assert made == (0 if reasons else 1)
    assert all(reason.endswith(".") for reason in reasons)
    return made == 1


def check_every_move(subject: Stateful) -> set[tuple[str, str]]:
    """Each (move, actor) stands in the table, or is refused; nothing is written.

    Returns what a role alone could move from here: (state, move).

    Moves that do not start here are tried by whoever may do anything, and by the system.
    """
    before, tried, made = written(), set[str](), set[tuple[str, str]]()
    machine = subject.lifecycle
    each = [*(actor(subject, role) for role in PEOPLE), system("clock")]
    mighty = [actor(subject, *(role for role in PEOPLE if role is not Role.VENDOR)), each[-1]]
    for name in {row.name for row in machine.moves}:
        row = machine.row(name, subject.state)
        for by in each if row else mighty:
            if row is not None and not row.since and row.by & subject.roles_of(by):
                reasons = engine.reasons_against(subject, row, Ask(by, timezone.now(), "Why"))
                assert not any("is for:" in reason for reason in reasons)
                if name not in tried:
                    tried.add(name)
                    if check_made(subject, name, by):
                        made.add((subject.state, name))
            else:
                with pytest.raises(Refused) as refused:
                    engine.perform(subject, name, by=by, note="Why")
                assert all(reason.endswith(".") for reason in refused.value.reasons)
    assert written() == before
    return made


def made_from_every_state(subject: Stateful) -> dict[str, str]:
    """What a case that has its fields and nothing else (no screening, no papers) lets happen:
    {move: the states it left}. A guard that passes everything shows here."""
    drop_triggers(connection)
    made = {pair for s in subject.lifecycle.states for pair in check_every_move(put(subject, s))}
    moves = sorted({move for _, move in made})
    return {move: " ".join(sorted(s for s, name in made if name == move)) for move in moves}


def test_a_request() -> None:
    requests.tool()
    assert made_from_every_state(requests.draft()) == {
        "ask": "deciding screening triage",
        "decline": "awaiting_agreement deciding screening triage",
        "lapse": "returned",
        "pass_by": "with_school",
        "reroute": "awaiting_agreement deciding screening",
        "retire": "approved in_re_review suspended",
        "submit": "draft",
        "suspend": "approved in_re_review",
        "withdraw": "awaiting_agreement deciding draft returned screening triage with_school",
    }


def test_an_agreement() -> None:
    assert made_from_every_state(agreements.drafted()[1]) == {
        "abandon": "awaiting_board drafting legal_review out_for_signature with_vendor",
        "board_acted": "awaiting_board",
        "counter": "with_vendor",
        "recall": "out_for_signature",
        "revise": "awaiting_board legal_review with_vendor",
        "terminate": "in_force renewing signed",
    }
