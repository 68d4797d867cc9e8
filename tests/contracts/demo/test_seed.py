"""The demo's story, told once into a test database and then looked at from many sides."""

import io
import json
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import transaction
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoDbBlocker

from contracts.agreements.models import Agreement, AgreementVersion
from contracts.demo import mailbox, places
from contracts.demo.products import PRODUCTS
from contracts.demo.seeding import seed
from contracts.demo.telling import UNSENT
from contracts.signing.models import Signature
from vetting.catalog.models import Listing, Tool
from vetting.demo import sign_ins
from vetting.people.models import District, Membership
from vetting.policy.explained import as_json, case_with_code
from vetting.requests.models import ToolRequest
from workflows.actors import Role
from workflows.cases import Case
from workflows.clock.models import Deadline
from workflows.clock.proving import faults_of
from workflows.invariants import registry
from workflows.ledger.models import Entry
from workflows.ledger.queries import verify
from workflows.lifecycles.agreement import AGREEMENT
from workflows.lifecycles.request import REQUEST
from workflows.outbox.models import Message

# `./dev demo` runs on SQLite and nowhere else, so its story is told there once; what it is told
# with (commands, engine, papers, seals) has tests of its own on both databases.
pytestmark = [pytest.mark.slow, pytest.mark.django_db, pytest.mark.database("sqlite")]

# States whose rooms come later (lifecycles.md, `since=`).
NOT_YET = {
    "request": {"in_re_review"},
    "agreement": {"renewing", "disposing", "disposed", "closed_out", "superseded"},
}


@pytest.fixture(scope="module", autouse=True)
def told(
    django_db_setup: None,
    django_db_blocker: DjangoDbBlocker,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Path]:
    """The folder of the demo's mails; everything in the database is gone afterwards."""
    folder = tmp_path_factory.mktemp("mailbox")
    around = transaction.atomic()
    # As Django marks the one it puts around a test: what the house begins inside is then its own.
    around._from_testcase = True  # type: ignore[attr-defined]
    with pytest.MonkeyPatch.context() as patch, django_db_blocker.unblock(), around:
        patch.setattr(settings, "EMAIL_BACKEND", "workflows.outbox.mailbox.Mailbox")
        patch.setattr(settings, "EMAIL_FILE_PATH", str(folder), raising=False)
        patch.setattr(settings, "DEMO", True)
        seed(stdout=io.StringIO())
        yield folder
        transaction.set_rollback(True)


def test_no_invariant_is_broken_and_no_chain() -> None:
    assert registry.faults() == []
    assert verify() == []


def test_requests_stand_in_every_state_there_is() -> None:
    found = Counter(ToolRequest.objects.values_list("state", flat=True))

    assert set(found) == set(REQUEST.states) - NOT_YET["request"]
    assert sum(found.values()) >= 35
    kinds = set(
        ToolRequest.objects.filter(state="approved").values_list("approval_kind", flat=True)
    )
    assert kinds == {"full", "pilot", "one_class"}


def test_no_draft_reads_as_late_for_a_review_it_waits_for() -> None:
    clocks = Deadline.objects.filter(kind="drafting", met_at=None)

    def requests_of(rows: Iterable[Deadline]) -> set[str]:
        return {row.case.agreement.serves.get().request.state for row in rows}

    assert requests_of(clocks.exclude(paused_at=None)) == {"screening", "returned"}
    late = clocks.filter(paused_at=None, due_at__lt=timezone.now())
    assert not requests_of(late) & {"triage", "screening", "returned"}


def test_agreements_stand_in_every_state_there_is() -> None:
    found = Counter(Agreement.objects.values_list("state", flat=True))

    assert set(found) == set(AGREEMENT.states) - NOT_YET["agreement"]
    assert found["in_force"] >= 6


def test_each_signed_agreement_was_really_signed_by_both_and_sealed() -> None:
    signed = Agreement.objects.exclude(executed_at=None)

    for agreement in signed:
        slots = agreement.signature_requests.filter(status="sealed").order_by("position")
        assert [turn.slot for turn in slots] == ["vendor", "district"]
    versions = AgreementVersion.objects.filter(agreement__in=signed, voided_at=None)
    assert {bool(v.sealed_id and v.certificate_id) for v in versions} == {True}
    # The story is told in the past; a seal is not: it says when it was made.
    assert Signature.objects.order_by("signed_at").first().signed_at < long_ago(300)  # type: ignore[union-attr]
    sealed = signed.order_by("executed_at")[0].signature_requests.first()
    assert sealed.sealed_at > long_ago(1)


def long_ago(days: int) -> datetime:
    return timezone.now() - timedelta(days=days)


def test_the_story_spans_more_than_a_year_and_nothing_lies_in_the_future() -> None:
    instants = Entry.objects.order_by("at").values_list("at", flat=True)

    assert instants[0] < long_ago(400)
    assert instants.last() <= timezone.now()


def test_nobody_decides_their_own_request_and_each_role_has_done_its_part() -> None:
    approvals = Entry.objects.filter(name__in=["approve", "approve_without"])
    ada = Membership.objects.get(user__email=f"ada@{places.MAIL}")
    assert set(approvals.values_list("actor_ref", flat=True)) == {ada.ref}
    assert not ada.asked.exists()
    assert Entry.objects.values("actor_ref").distinct().count() > 25


def test_there_is_somebody_for_every_role_and_they_sign_in(client: Client) -> None:
    held = set(Membership.objects.values_list("grants__role", flat=True))
    outside = {Role.VENDOR, Role.PUBLIC, Role.SYSTEM, Role.CONSORTIUM_AGENT}
    assert held == {role.value for role in Role if role not in outside}

    ben = sign_ins()[0]
    answer = client.post("/sign-in/", {"login": ben.email, "password": ben.password})
    assert (answer.status_code, answer.headers["Location"]) == (302, "/")


def test_real_products_carry_facts_and_no_verdict() -> None:
    invented = {product.vendor for product in PRODUCTS.values()}
    real = Tool.objects.exclude(vendor__name__in=invented)

    assert real.count() == Listing.objects.count() == 40
    assert not ToolRequest.objects.filter(tool__in=real).exists()
    assert {product.domain.rpartition(".")[2] for product in PRODUCTS.values()} == {"example"}


def test_every_date_can_be_reckoned_again_from_what_its_page_publishes() -> None:
    """With a pencil: anchor, amount, the days named as skipped, pauses, zone, and nothing else."""
    counted: Counter[str] = Counter()
    for code in Case.objects.values_list("code", flat=True):
        subject = case_with_code(code)
        assert subject is not None
        for date in as_json(subject)["dates"]:
            assert faults_of(json.loads(json.dumps(date))) == [], (code, date["name"])
            counted[date["method"], date["standing"]] += 1
    assert Deadline.objects.count() <= sum(counted.values())
    assert {"business_days", "calendar_days", "set"} <= {method for method, _ in counted}
    assert {"open", "stands still", "met"} <= {standing for _, standing in counted}


def test_the_registry_lists_what_may_be_used_today(client: Client) -> None:
    tools = client.get("/registry/tools.json").json()["tools"]

    assert sorted(tool["name"] for tool in tools) == [
        "CodeBurrow", "Fernwood LMS", "Kestrel Gradebook", "Marble Physics", "NumberNook",
        "Openleaf Reader", "Palaver", "QuillCoach", "Reading Ladder", "Tidepool Notes",
        "Wayfinder Maps",
    ]  # fmt: skip
    assert {tool["domain"] for tool in tools} <= {p.domain for p in PRODUCTS.values()}


def test_old_mails_are_kept_unsent_and_late_ones_lie_in_the_mailbox(told: Path) -> None:
    mails = Message.objects.filter(channel=Message.MAIL)
    statuses = Counter(mails.values_list("status", flat=True))

    assert set(statuses) == {Message.DONE, Message.WITHHELD}
    assert set(mails.filter(status="withheld").values_list("last_error", flat=True)) == {UNSENT}
    heads = mailbox.heads(told)
    assert len(heads) == statuses[Message.DONE]
    to_sign = next(head for head in heads if head.to.startswith("yara@"))
    mail = mailbox.mail_named(told, to_sign.name)
    assert mail is not None
    assert "/vendor/" in mail.text


def test_nothing_waits_or_failed_in_the_outbox() -> None:
    assert not Message.objects.filter(status__in=[*Message.PENDING, Message.FAILED]).exists()


def test_it_is_told_only_in_the_demo_and_only_once(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(CommandError, match="a district already"):
        call_command("seed_demo")
    monkeypatch.setattr(settings, "DEMO", False)
    with pytest.raises(CommandError, match="Only in the demo"):
        call_command("seed_demo", "--sign-ins")
    assert District.objects.count() == 1
