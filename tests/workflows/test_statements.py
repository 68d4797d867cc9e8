"""How many statements an event costs: engine, ledger, clock, outbox and worklist together.

BEGIN, COMMIT and SAVEPOINT are not counted, nor what a room reads for a mail of its own. A word on
record that also ends a piece of work is two rows of the ledger in one transaction, which on SQLite
costs two statements more than the ten that one row may.
"""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection, transaction

from tests.workflows.deals.lifecycle import IN_FORCE
from tests.workflows.deals.models import Deal
from tests.workflows.parcels import story
from workflows import engine
from workflows.actors import Actor, Role
from workflows.cases import Case
from workflows.clock.models import Deadline
from workflows.desk import commands as desk
from workflows.desk.models import Process, Task
from workflows.ledger.models import Entry
from workflows.outbox.models import Message

pytestmark = pytest.mark.django_db(transaction=True)
FRAMING = re.compile(r"^(BEGIN|COMMIT|SAVEPOINT|RELEASE|ROLLBACK)")
ROOMS = re.compile(r'\bFROM "?vetting_')
POSTGRESQL = {
    "submit": 5, "screen": 6, "legal": 4, "security": 7, "vendor_sign": 3, "district_sign": 4,
}  # fmt: skip
SQLITE = {
    "submit": 8, "screen": 9, "legal": 6, "security": 12, "vendor_sign": 5, "district_sign": 5,
}  # fmt: skip


def person(role: Role) -> Actor:
    return story.person(f"{role} Poe", role)


def give_word(deal: Deal, name: str, by: Actor) -> None:
    """As a room does it: the word on record, then the act is done."""
    with transaction.atomic():
        engine.record(
            deal, "word_given", by=by, change=lambda subject: setattr(subject, f"{name}_ok", True)
        )
        desk.complete(Case(pk=deal.pk, machine="deal"), f"{name}_word", by=by)


def six_events(deal: Deal) -> dict[str, Callable[[], object]]:
    case = Case(pk=deal.pk, machine="deal")
    who = {role: person(role) for role in story.PEOPLE}
    return {
        "submit": lambda: engine.perform(deal, "submit", by=who[Role.REQUESTER]),
        "screen": lambda: desk.complete(case, "check_deal", by=who[Role.PRIVACY]),
        "legal": lambda: give_word(deal, "legal", who[Role.LEGAL]),
        "security": lambda: give_word(deal, "security", who[Role.IT_SECURITY]),
        "vendor_sign": lambda: engine.perform(deal, "vendor_sign", by=who[Role.VENDOR]),
        "district_sign": lambda: engine.perform(deal, "district_sign", by=who[Role.SIGNATORY]),
    }


def statements(event: Callable[[], object]) -> list[str]:
    seen: list[str] = []

    def note(execute: Callable[..., Any], text: str, *rest: Any) -> Any:
        seen.append(text)
        return execute(text, *rest)

    with connection.execute_wrapper(note):
        event()
    return [text for text in seen if not FRAMING.match(text) and not ROOMS.search(text)]


def test_six_events_cost_what_they_are_allowed_to() -> None:
    allowed = POSTGRESQL if connection.vendor == "postgresql" else SQLITE
    deal = engine.open_case(Deal, tenant=story.district(), by=person(Role.REQUESTER))
    events = six_events(Deal(pk=deal.pk))
    cost = {name: len(statements(event)) for name, event in events.items()}
    assert cost == allowed
    assert max(POSTGRESQL.values()) <= 8
    assert max(n for name, n in SQLITE.items() if name != "security") <= 10
    assert Deal.objects.get().state == IN_FORCE


def test_nothing_was_left_out_to_be_cheap() -> None:
    deal = engine.open_case(Deal, tenant=story.district(), by=person(Role.REQUESTER))
    for event in six_events(Deal(pk=deal.pk)).values():
        event()
    assert Entry.objects.count() == 8
    assert {d.kind: d.is_open for d in Deadline.objects.all()} == {
        "screening": False, "review": False, "vendor": False, "district": False,
    }  # fmt: skip
    assert Message.objects.count() == 3
    assert [p.status for p in Process.objects.all()] == ["DONE", "DONE"]
    assert Task.objects.count() == 11
    assert Task.previous.through.objects.count() == 10


def test_a_refusal_costs_a_lock_and_nothing_else() -> None:
    deal = engine.open_case(Deal, tenant=story.district(), by=person(Role.REQUESTER))

    ada = person(Role.PRIVACY)

    def refused() -> None:
        with pytest.raises(engine.Refused):
            engine.perform(deal, "submit", by=ada)

    assert len(statements(refused)) == 1
