"""From every state of the real machines, every role, every move: in the table, or refused."""

from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

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

pytestmark = pytest.mark.django_db
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


def check_every_move(subject: Stateful) -> None:
    """Each (move, actor) stands in the table, or is refused; nothing is written.

    Moves that do not start here are tried by whoever may do anything, and by the system.
    """
    before = written()
    machine = subject.lifecycle
    each = [*(actor(subject, role) for role in PEOPLE), system("clock")]
    mighty = [actor(subject, *(role for role in PEOPLE if role is not Role.VENDOR)), each[-1]]
    for name in {row.name for row in machine.moves}:
        row = machine.row(name, subject.state)
        for by in each if row else mighty:
            if row is not None and not row.since and row.by & subject.roles_of(by):
                reasons = engine.reasons_against(subject, row, Ask(by, timezone.now(), "Why"))
                assert not any("is for:" in reason for reason in reasons)
            else:
                with pytest.raises(Refused) as refused:
                    engine.perform(subject, name, by=by, note="Why")
                assert all(reason.endswith(".") for reason in refused.value.reasons)
    assert written() == before


def check_from_every_state(subject: Stateful) -> None:
    drop_triggers(connection)
    for state in subject.lifecycle.states:
        check_every_move(put(subject, state))


def test_a_request() -> None:
    requests.tool()
    check_from_every_state(requests.draft())


def test_an_agreement() -> None:
    check_from_every_state(agreements.drafted()[1])
