"""Approve against expire, thirty times: never approved on an agreement that had already ended."""

from datetime import date, datetime, time, timedelta
from functools import partial
from time import sleep
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.utils import timezone

from contracts.agreements.models import Agreement, CoveredTool, ScheduledElement, ServedRequest
from tests.factories import catalog, people, requests
from tests.races import race
from vetting.people.queries import actor_of
from vetting.requests import commands
from vetting.requests.models import ToolRequest
from workflows import engine
from workflows.actors import system
from workflows.engine import Refused
from workflows.invariants import registry
from workflows.ledger.models import Entry
from workflows.outbox.drain import drain
from workflows.outbox.models import Message
from workflows.triggers import drop_triggers, install_triggers

pytestmark = pytest.mark.django_db(transaction=True)
DENVER = ZoneInfo("America/Denver")
ENDED = datetime.now(DENVER).date() - timedelta(days=1)
NOON = datetime.combine(ENDED, time(12), tzinfo=DENVER)


def ready_to_decide(number: int) -> tuple[ToolRequest, Agreement]:
    """A request that rests on an agreement whose last day was yesterday.

    Written into its place instead of being led there: thirty signed documents would take minutes.
    """
    name, site = f"Race {number}", f"https://race{number}.example"
    tool = catalog.tool(name, of=catalog.vendor("Ladder Labs"), website=site)
    request = requests.submit(requests.draft(tool_name=name, website=site))
    agreement = engine.open_case(
        Agreement, tenant=request.case.tenant, by=system("test"), district=request.district,
        vendor=tool.vendor, title=name, effective_from=date(2025, 1, 1), ends_on=ENDED,
        executed_at=timezone.now(),
    )  # fmt: skip
    product = CoveredTool.objects.create(
        agreement=agreement, tool=tool, district=request.district, live=True
    )
    ScheduledElement.objects.create(product=product, element=requests.element())
    ServedRequest.objects.create(agreement=agreement, request=request)
    put(agreement, "in_force")
    put(request, "deciding", relationship="contract")
    return request, agreement


def put(subject: ToolRequest | Agreement, state: str, **fields: str) -> None:
    changes = {"state": state} | fields
    names = ", ".join(f"{name} = %s" for name in changes)
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {subject._meta.db_table} SET {names} WHERE case_id = %s",  # noqa: S608
            [*changes.values(), subject.pk],
        )


def test_approve_against_expire() -> None:
    people.sol()
    ada = actor_of(people.ada())
    drop_triggers(connection)
    (alone, _), *pairs = [ready_to_decide(number) for number in range(31)]
    install_triggers(connection)
    drain()
    approve = partial(commands.decide_approve, approval=requests.approval(), by=ada, at=NOON)
    assert approve(alone).state == "approved"
    for number, (request, agreement) in enumerate(pairs):
        approved, expired = race(partial(approve, request), partial(_expire, agreement, number % 5))
        assert not isinstance(expired, Exception), expired
        assert not isinstance(approved, Exception) or isinstance(approved, Refused), approved
        _assert_one_story(request, agreement, approved=not isinstance(approved, Exception))
    drain()
    assert set(ToolRequest.objects.filter(state="approved")) == {alone}
    assert registry.faults("approved_without_basis") == []


def _expire(agreement: Agreement, head_start: int) -> Agreement:
    """Approving reads more first; a few milliseconds let both come out ahead now and then."""
    sleep(head_start * 0.008)
    return engine.perform(agreement, "expire", by=system("clock"))


def _assert_one_story(request: ToolRequest, agreement: Agreement, *, approved: bool) -> None:
    """Approved only before the end was written, and each of the two at most once."""
    ended = Entry.objects.get(case_id=agreement.pk, name="expire")
    approvals = Entry.objects.filter(case_id=request.pk, name="approve")
    assert [entry.pk < ended.pk for entry in approvals] == [True] * approved
    mails = Message.objects.filter(case_id=request.pk, topic="request_approved")
    assert mails.count() == int(approved)
    assert ToolRequest.objects.get(pk=request.pk).state == ("approved" if approved else "deciding")
