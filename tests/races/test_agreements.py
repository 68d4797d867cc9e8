"""Agreements: the last verdicts on the review's page, an approval against the end of the term."""

import re
from collections.abc import Callable, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection, transaction
from django.utils import timezone

from contracts.agreements.commands import term
from contracts.agreements.models import Agreement, CoveredTool, ScheduledElement, ServedRequest
from contracts.agreements.queries import words_heard
from tests.factories import agreements, people, plainly, requests
from tests.races.copying import copies_of
from tests.races.harness import Race, Round, drain_all
from tests.races.pages import press, signed_in
from tests.races.test_requests import own_tool
from vetting.catalog.models import Tool
from vetting.people.models import Membership
from vetting.people.queries import actor_of
from vetting.requests import commands as asking
from vetting.requests.models import ToolRequest
from workflows import engine
from workflows.actors import Role, system
from workflows.ledger.models import Entry
from workflows.outbox.drain import drain
from workflows.refusals import Refused
from workflows.triggers import drop_triggers, install_triggers

pytestmark = pytest.mark.django_db(transaction=True)
DENVER = ZoneInfo("America/Denver")
ENDED = datetime.now(DENVER).date() - timedelta(days=1)
NOON = datetime.combine(ENDED, time(12), tzinfo=DENVER)
MEANWHILE = r"(Cora Lind|Pat Quill) approved it for .+ while this page was open\. Read that first"
SPOKEN = r"already approved this in your role on \w{3}, \w{3} \d+"
Both = tuple[ToolRequest, Agreement]


def reviewing(person: Membership, role: Role, *, again: bool = False) -> Callable[[Any], object]:
    """Approve on the page as it was just loaded; `again`: read what was said meanwhile, and then
    approve all the same."""
    client = signed_in(person)

    def press_once(agreement: Agreement) -> None:
        version = agreements.fresh(agreement).current
        assert version is not None
        typed = {"role": str(role), "verdict": "approved", "sha256": version.sha256}
        typed["heard"] = words_heard(version)
        press(client, f"/agreements/{agreement.code}/review/", typed)

    def approve(agreement: Agreement) -> None:
        try:
            press_once(agreement)
        except Refused as refused:
            if not again or not re.search(MEANWHILE, refused.reasons[0]):
                raise
            press_once(agreement)

    return approve


def test_legal_and_privacy_approve_at_once_and_it_can_be_sent() -> None:
    """The two last branches of a real join. Nobody approves past a word they have not read."""
    pattern = plainly.in_review()
    Race(
        "a join's two last branches (pages)",
        lambda times: copies_of([pattern], times).of(pattern),
        {
            "legal": reviewing(people.cora(), Role.LEGAL, again=True),
            "privacy": reviewing(people.pat(), Role.PRIVACY, again=True),
        },
        once=(
            "Task release_document NEW", "Task legal_opinion DONE", "Task privacy_opinion DONE",
        ),
        in_tests=20,
    ).run()  # fmt: skip


def test_two_people_give_the_last_verdict_of_one_role() -> None:
    pattern = plainly.in_review()
    plainly.say(pattern, people.cora(), Role.LEGAL)
    quinn = people.person("Quinn Abara", Role.PRIVACY)
    Race(
        "one verdict, two people (pages)",
        lambda times: copies_of([pattern], times).of(pattern),
        {
            "Pat": reviewing(people.pat(), Role.PRIVACY),
            "Quinn": reviewing(quinn, Role.PRIVACY),
        },
        says=f"(Pat Quill|Quinn Abara) {SPOKEN}",
        once=("Task release_document NEW", "Task privacy_opinion DONE"),
        in_tests=20,
    ).run()


def ready_to_decide() -> Both:
    """A request that rests on an agreement whose last day was yesterday.

    Written into its place instead of being led there: a signed document would take seconds.
    """
    tool = requests.tool()
    request = requests.submit(requests.draft())
    agreement = engine.open_case(
        Agreement, tenant=request.case.tenant, by=system("test"), district=request.district,
        vendor=tool.vendor, title=tool.name, effective_from=date(2025, 1, 1), ends_on=ENDED,
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
    """Approved only before the end was written, and then stopped by it: each of it once."""
    people.sol()
    ada = actor_of(people.ada())

    def pairs(times: int) -> list[Both]:
        drop_triggers(connection)
        request, agreement = ready_to_decide()
        install_triggers(connection)
        drain()
        assert request.tool is not None
        found = copies_of([request, agreement, request.tool], times, {Tool: own_tool})
        return list(zip(found.of(request), found.of(agreement), strict=True))

    def in_order(subjects: Sequence[Both], rounds: Sequence[Round]) -> list[str]:
        rows = Entry.objects.filter(name__in=("approve", "expire", "suspend"))
        at = {(case, name): pk for case, name, pk in rows.values_list("case", "name", "pk")}
        faults = []
        for request, agreement in subjects:
            end, last = at[(agreement.pk, "expire")], at.get((request.pk, "suspend"), 0)
            if not 0 <= at.get((request.pk, "approve"), 0) < end:
                faults.append(f"{request} was approved after the end")
            if bool(last) != ((request.pk, "approve") in at) or 0 < last < end:
                faults.append(f"{request}: approved, ended and stopped in the rows {at}")
        return faults

    Race(
        "approve against expire",
        pairs,
        {
            "Ada": lambda both: asking.decide_approve(
                both[0], approval=requests.approval(), by=ada, at=NOON
            ),
            "end": lambda both: term.end_agreement(both[1]),
        },
        says=r"agreement|in effect",
        settle=drain_all,
        also=in_order,
        once=(
            r"2\. Entry expire", r"2\. Message mail agreement_ended done",
            r"2\. Message reaction agreements\.suspend_after_expiry done",
            r"2\. Deadline agreement_ends \d with-met .*",
        ),
        in_tests=30,
        kinds=("approved_without_basis", "live_products", "open_work", "task_per_node"),
    ).run()  # fmt: skip
