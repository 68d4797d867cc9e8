"""What binds approvals, agreements and signatures is broken by raw SQL, and named."""

import pytest
from django.db import connection

from contracts.agreements import commands
from tests.factories import agreements, people, plainly, requests
from vetting.people.queries import actor_of, today_in
from vetting.requests.models import ToolRequest
from workflows.invariants import registry
from workflows.invariants.registry import Fault
from workflows.outbox.drain import drain
from workflows.outbox.models import Message
from workflows.triggers import drop_triggers

pytestmark = pytest.mark.django_db


def sql(statement: str, *values: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def named() -> list[tuple[str, str]]:
    return [(f.kind, f.case) for f in registry.faults() if f.kind != "trigger"]


def test_an_approval_without_its_basis_is_named_unless_a_reaction_is_on_its_way() -> None:
    request = requests.approved()
    drain()
    assert named() == []
    sql("UPDATE vetting_toolrequest SET exempt_attested = %s", False)
    assert registry.faults() == [
        Fault(
            "approved_without_basis",
            request.case.code,
            "It is approved without an agreement in effect, and without an exception.",
        )
    ]
    pilot = "SET approval_kind = 'pilot', approved_until = '2027-01-31', approval_owner_id = %s"
    sql("UPDATE vetting_toolrequest " + pilot, people.ada().pk)
    assert named() == []
    sql("UPDATE vetting_toolrequest SET approval_kind = 'full', approved_until = NULL")
    assert named() == [("approved_without_basis", request.case.code)]
    at = request.case.opened_at
    entry = request.case.entries.latest("seq")
    Message.objects.create(
        channel=Message.REACTION, topic="x", case=request.case, dedupe_key="later",
        payload={"entry": entry.pk}, created_at=at, send_after=at,
    )  # fmt: skip
    assert named() == []


def test_an_approval_rests_on_any_agreement_for_its_tool_until_that_one_has_suspended_it() -> None:
    """Found by random lives: reinstated on an agreement that serves somebody else's request."""
    agreement = plainly.executed()
    request = plainly.approved_under(agreement)
    drain()
    sql("DELETE FROM contracts_servedrequest WHERE request_id = %s", request.pk)
    assert named() == []
    commands.terminate(
        agreement, by=actor_of(people.cora()), grounds="notice", note="No need.",
        ended_on=today_in(agreement.district),
    )  # fmt: skip
    assert named() == []
    told = Message.objects.filter(
        pk__in=list(Message.objects.filter(status="queued").values_list("pk", flat=True))
    )
    told.update(status="done")
    assert named() == [("approved_without_basis", request.case.code)]
    told.update(status="queued")
    drain()
    assert named() == []
    assert ToolRequest.objects.get(pk=request.pk).state == "suspended"


def test_a_case_of_another_district_is_named() -> None:
    request, agreement = agreements.drafted()
    assert named() == []
    other = people.eve().district
    for table, case in (("vetting_toolrequest", request), ("contracts_agreement", agreement)):
        sql(f"UPDATE {table} SET district_id = %s WHERE case_id = %s", other.pk, case.pk)  # noqa: S608
        assert ("foreign_district", case.code) in named()
        sql(
            f"UPDATE {table} SET district_id = %s WHERE case_id = %s",  # noqa: S608
            *(people.ada().district.pk, case.pk),
        )
    assert named() == []


def test_an_executed_agreement_is_sound_and_each_lack_is_named() -> None:
    """The last one, signatures over other bytes, needs the floor taken away."""
    agreement = agreements.executed()
    assert named() == []
    if connection.vendor == "postgresql":
        sql("SET CONSTRAINTS ALL IMMEDIATE")
    drop_triggers(connection)
    code = agreement.case.code

    sql("UPDATE contracts_agreementversion SET sealed_id = NULL")
    assert named() == [("executed_without_signatures", code)]
    sealed = agreement.signature_requests.latest("position").sealed_id
    sql("UPDATE contracts_agreementversion SET sealed_id = %s", sealed)
    assert named() == []

    sql("UPDATE contracts_signaturerequest SET status = 'signed' WHERE slot = 'vendor'")
    assert named() == [("executed_without_signatures", code)]
    sql("UPDATE contracts_signaturerequest SET status = 'sealed' WHERE slot = 'vendor'")

    sql("UPDATE contracts_coveredtool SET live = %s", False)
    assert named() == [("live_products", code)]
    sql("UPDATE contracts_coveredtool SET live = %s", True)

    sql("UPDATE contracts_agreement SET ends_on = NULL")
    assert named() == [("in_force_without_dates", code)]
    sql("UPDATE contracts_agreement SET ends_on = '2030-01-01'")

    sql("UPDATE contracts_signature SET sha256 = %s", "0" * 64)
    assert named() == [("executed_without_signatures", code)]


def test_two_in_effect_for_one_tool_and_an_end_that_nobody_expects_are_named() -> None:
    agreement = plainly.executed()
    other = agreements.another(agreement, "Other")
    assert named() == []
    if connection.vendor == "postgresql":
        sql("SET CONSTRAINTS ALL IMMEDIATE")
    drop_triggers(connection)

    sql("UPDATE workflows_deadline SET met_at = due_at WHERE kind = 'agreement_ends'")
    assert [f.says for f in registry.faults("end_not_expected")] == [
        "It is in effect, but no deadline expects its end."
    ]
    assert named() == [("end_not_expected", agreement.code)]
    sql("UPDATE workflows_deadline SET met_at = NULL WHERE kind = 'agreement_ends'")

    tool = agreement.products.get().tool_id
    sql("UPDATE contracts_coveredtool SET tool_id = %s", tool)
    sql("UPDATE contracts_agreement SET state = 'in_force' WHERE case_id = %s", other.pk)
    both = [fault.case for fault in registry.faults("two_agreements_in_force")]
    assert sorted(both) == sorted([agreement.code, other.code])


def test_an_approval_that_ends_and_that_nobody_looks_after_is_named() -> None:
    request = requests.approved()
    assert named() == []
    if connection.vendor == "postgresql":
        sql("SET CONSTRAINTS ALL IMMEDIATE")
        gone = "DROP CONSTRAINT an_approval_with_an_end_has_an_owner"
        sql(f"ALTER TABLE vetting_toolrequest {gone}")
    else:
        sql("PRAGMA ignore_check_constraints = ON")
    try:
        sql("UPDATE vetting_toolrequest SET approved_until = '2030-01-01'")
    finally:
        if connection.vendor == "sqlite":
            sql("PRAGMA ignore_check_constraints = OFF")
    assert ("end_without_owner", request.code) in named()
