"""Races around agreements, thirty each: exactly one effect, counted to the deadlines."""

from collections import Counter
from datetime import date, datetime, time, timedelta
from functools import partial
from time import sleep
from zoneinfo import ZoneInfo

import pytest
from django.db import connection, transaction
from django.utils import timezone

from contracts.agreements import commands
from contracts.agreements.commands import term
from contracts.agreements.models import (
    Agreement,
    CoveredTool,
    Review,
    ScheduledElement,
    ServedRequest,
)
from tests.factories import agreements, catalog, people, plainly, requests
from tests.races import race
from vetting.people.queries import actor_of
from vetting.requests import commands as asking
from vetting.requests.models import ToolRequest
from workflows import engine
from workflows.actors import Role, system
from workflows.clock.models import Deadline
from workflows.desk.models import Task
from workflows.desk.queries import open_tasks_of
from workflows.engine import Refused
from workflows.invariants import registry
from workflows.ledger.models import Entry
from workflows.outbox.drain import drain
from workflows.outbox.models import Message
from workflows.triggers import drop_triggers, install_triggers

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]
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
    with transaction.atomic():
        term.expect_end(agreement, at=agreement.case.opened_at)
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
    approve = partial(asking.decide_approve, approval=requests.approval(), by=ada, at=NOON)
    assert approve(alone).state == "approved"
    for number, (request, agreement) in enumerate(pairs):
        approved, expired = race(partial(approve, request), partial(_expire, agreement, number % 5))
        assert not isinstance(expired, Exception), expired
        assert not isinstance(approved, Exception) or isinstance(approved, Refused), approved
        _assert_one_story(request, agreement, approved=not isinstance(approved, Exception))
    drain()
    for request, agreement in pairs:
        _assert_told_once(request, agreement)
    assert set(ToolRequest.objects.filter(state="approved")) == {alone}
    for kind in ("approved_without_basis", "live_products", "open_work", "task_per_node"):
        assert registry.faults(kind) == []


def _expire(agreement: Agreement, head_start: int) -> Agreement:
    """Approving reads more first; a few milliseconds let both come out ahead now and then."""
    sleep(head_start * 0.008)
    return term.end_agreement(agreement)


def _assert_told_once(request: ToolRequest, agreement: Agreement) -> None:
    """Once drained: ledger rows, mails, reactions, deadlines and tasks of one story, each once."""
    approved = Entry.objects.filter(case_id=request.pk, name="approve").count()
    assert Entry.objects.filter(case_id=request.pk, name="suspend").count() == approved
    assert Entry.objects.filter(case_id=agreement.pk, name="expire").count() == 1
    mails = Counter(
        Message.objects.filter(case__in=[request.case, agreement.case]).values_list(
            "topic", "status"
        )
    )
    assert mails["agreements.suspend_after_expiry", "done"] == 1
    assert mails["agreement_ended", "done"] == 1  # ada, the privacy team
    assert mails["request_approved", "done"] == approved
    assert mails["tool_suspended", "done"] == approved  # ben, who asked
    due = Counter(Deadline.objects.filter(case_id=request.pk).values_list("kind", flat=True))
    assert due["suspension"] == approved
    ends = Deadline.objects.filter(case_id=agreement.pk, kind="agreement_ends")
    assert [end.met_at is not None for end in ends] == [True]
    assert not Task.objects.filter(process__case=request.case).exists()


def test_two_people_give_the_last_verdict() -> None:
    """One agreement, thirty rounds: approved, sent, sent back by the vendor, approved again."""
    agreement = plainly.in_review()
    pat, quinn = people.pat(), people.person("Quinn Abara", Role.PRIVACY)
    cora, dee = actor_of(people.cora()), agreements.vendor_actor(agreement)
    drain()
    for number in range(1, 31):
        plainly.say(agreement, people.cora(), Role.LEGAL)
        before = _counted(agreement)
        outcomes = race(
            partial(plainly.say, agreement, pat, Role.PRIVACY),
            partial(plainly.say, agreement, quinn, Role.PRIVACY),
        )
        (won,) = [one for one in outcomes if isinstance(one, Review)]
        (lost,) = [one for one in outcomes if isinstance(one, Refused)]
        first = won.reviewer.user.name
        assert lost.reasons[0].startswith(f"{first} already approved this in your role on ")
        assert _counted(agreement) == before + Counter(reviews=1, verdicts=1, entries=1, done=1)
        assert [t.node for t in open_tasks_of(agreement.case)] == ["release_document"]
        commands.release_document(agreement, by=cora)
        commands.ask_for_changes(agreement, by=dee, note="Once more.")
        assert Review.objects.filter(voided_at=None).count() == 0
        assert Review.objects.count() == 2 * number


def _counted(agreement: Agreement) -> Counter[str]:
    entries = Entry.objects.filter(case_id=agreement.pk)
    tasks = Task.objects.filter(process__case=agreement.case, flow_task_type="HUMAN")
    return Counter(
        reviews=Review.objects.count(),
        entries=entries.count(),
        verdicts=entries.filter(name="verdict_given").count(),
        messages=Message.objects.filter(case=agreement.case).count(),
        deadlines=Deadline.objects.filter(case=agreement.case).count(),
        done=tasks.filter(status="DONE").count(),
    )


def _assert_one_story(request: ToolRequest, agreement: Agreement, *, approved: bool) -> None:
    """Approved only before the end was written, and each of the two at most once."""
    ended = Entry.objects.get(case_id=agreement.pk, name="expire")
    approvals = Entry.objects.filter(case_id=request.pk, name="approve")
    assert [entry.pk < ended.pk for entry in approvals] == [True] * approved
    mails = Message.objects.filter(case_id=request.pk, topic="request_approved")
    assert mails.count() == int(approved)
    assert ToolRequest.objects.get(pk=request.pk).state == ("approved" if approved else "deciding")
