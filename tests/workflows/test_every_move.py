"""From every state of the real machines, every role, every move: in the table and done, or refused.

A move that a role may make is made, and undone: it is refused in sentences, or writes one row.
"""

import re
from dataclasses import replace
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

# Of a move with its ledger row, deadlines, mails and work, as docs/benchmarks.md says; the most
# seen are 8 (a withdrawal) and 10 (a counter).
MOST_STATEMENTS = {"postgresql": 8, "sqlite": 10}
pytestmark = [pytest.mark.slow, pytest.mark.django_db]


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


class OurStatements:
    """What reached the engine's tables and the case's own; not what a room reads for its mails."""

    def __init__(self, subject: Stateful) -> None:
        self.texts: list[str] = []
        self.ours = re.compile(rf'(FROM|INTO|UPDATE) "?(workflows_|{subject._meta.db_table}\b)')

    def __call__(self, execute: Any, text: str, *rest: Any) -> Any:
        if self.ours.search(text):
            self.texts.append(text)
        return execute(text, *rest)


def check_made(subject: Stateful, name: str, by: Actor) -> bool:
    """Whether the move was made; whatever it wrote is undone."""
    rows = Entry.objects.filter(case_id=subject.pk)
    before, arguments = rows.count(), given(subject).get(name)
    reasons: list[str] = []
    with transaction.atomic():
        with connection.execute_wrapper(seen := OurStatements(subject)):
            try:
                engine.perform(subject, name, by=by, note="Why", given=arguments)
            except Refused as refused:
                reasons = refused.reasons
        made = rows.count() - before
        transaction.set_rollback(True)
    assert len(seen.texts) <= MOST_STATEMENTS[connection.vendor], "\n".join(seen.texts)
    assert made == (0 if reasons else 1)
    assert all(reason.endswith(".") for reason in reasons)
    return made == 1


def check_every_move(subject: Stateful) -> set[tuple[str, str]]:
    """Each (move, actor) stands in the table, or is refused; nothing is written.

    Returns what a role alone could move from here: (state, move).

    Moves that do not start here are tried by somebody who has every role.
    """
    before, made, machine = written(), set[tuple[str, str]](), subject.lifecycle
    each = [*(actor(subject, role) for role in Role if role != Role.SYSTEM), system("clock")]
    standing = {by: subject.roles_of(by) for by in each}
    mighty = replace(system("clock"), roles=frozenset(Role))
    for name in {row.name for row in machine.moves}:
        row = machine.row(name, subject.state)
        if row is None or row.since:
            check_refused(subject, name, mighty)
            continue
        right = [by for by in each if row.by & standing[by]]
        for wrong in together(subject, [by for by in each if by not in right]):
            check_refused(subject, name, wrong)
        for by in right:
            reasons = engine.reasons_against(subject, row, Ask(by, timezone.now(), "Why"))
            assert not any("is for:" in reason for reason in reasons)
        if right and check_made(subject, name, right[0]):
            made.add((subject.state, name))
    assert written() == before
    return made


def together(subject: Stateful, several: list[Actor]) -> list[Actor]:
    """One of each kind, with the roles of all: who has them all may no less than who has one."""
    people = [role for by in several if by.kind == "membership" for role in by.roles]
    return [actor(subject, *people), *(by for by in several if by.kind != "membership")]


def check_refused(subject: Stateful, name: str, by: Actor) -> None:
    with pytest.raises(Refused) as refused:
        engine.perform(subject, name, by=by, note="Why")
    assert all(reason.endswith(".") for reason in refused.value.reasons)


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
