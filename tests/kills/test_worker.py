"""The worker dies five deaths, and everything happens once all the same."""

import email
import signal
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from django.conf import settings
from django.utils import timezone

from contracts.signing.commands import sign_document
from contracts.signing.models import SignatureRequest
from tests.factories import agreements
from tests.factories import requests as make
from tests.forks import end
from tests.kills import points
from tests.kills.programs import doomed, wait
from vetting.vault.models import StoredFile
from vetting.vault.queries import read
from workflows.clock.models import Deadline
from workflows.invariants import registry
from workflows.ledger.models import Entry
from workflows.ledger.queries import verify
from workflows.outbox import commands
from workflows.outbox.models import Message

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


def a_turn_to_seal() -> SignatureRequest:
    """The vendor has signed; the seal is promised and not made yet."""
    agreement = agreements.out_for_signature()
    dee = agreements.vendor_actor(agreement)
    turn = agreements.turn(agreement, "vendor")
    sign_document(turn, by=dee, act=agreements.act(agreement, dee.name))
    return turn


def a_letter() -> Message:
    row = commands.message(
        channel=Message.MAIL, topic="hello", to="ben@juniper.example", subject="Hello",
        body="Hello Ben", dedupe_key="hello",
    )  # fmt: skip
    commands.post([row])
    return Message.objects.get(dedupe_key="hello")


def letters() -> list[str]:
    """The Message-ID of each copy of the letter that went out."""
    files = (Path(settings.DATA) / "mailbox").glob("*.eml")
    sent = [email.message_from_bytes(file.read_bytes()) for file in files]
    return [letter["Message-ID"] for letter in sent if letter["Subject"] == "Hello"]


def test_a_worker_that_dies_at_every_turn_does_everything_once(tmp_path: Path) -> None:
    turn = a_turn_to_seal()
    with time_machine.travel(timezone.now() - timedelta(days=45)):
        late = make.in_triage(tool_name="Quiz Quarry", website="https://quiz.example")
    letter, folder = a_letter(), tmp_path / "points"
    due = Deadline.objects.filter(case_id=late.pk, next_at__lte=timezone.now())
    assert due.exists()
    points.plant(folder, "sweep", "after", "INSERT INTO workflows_message .*deadline_rung")
    points.plant(folder, "swept", "before", "workflows_beat.*sweep")
    points.plant(folder, "handler", "after", 'INSERT INTO "?workflows_entry.*deadline_fired')
    points.plant(folder, "file", "before", 'INSERT INTO "?vetting_storedfile')
    # The key stands between its worker's name and the states: alone it could be a day or a minute.
    its_end = f"UPDATE.*workflows_message.*'done'.*', {letter.pk}, '{Message.PENDING[0]}'"
    points.plant(folder, "mail", "before", its_end)
    log = tmp_path / "log"
    while points.left(folder):
        worker = doomed("worker", folder, log)
        worker.join(60)
        assert worker.exitcode == -signal.SIGKILL, log.read_text(errors="replace")[-3000:]
    worker = doomed("worker", folder, log)
    rest = Message.objects.filter(status__in=Message.PENDING, send_after__lte=timezone.now())
    wait(lambda: not rest.exists() and not due.exists(), log, 60)
    end(worker)

    assert not Message.objects.filter(status=Message.FAILED).exists()
    fired = Counter(
        (facts["kind"], facts["rung"])
        for facts in Entry.objects.filter(name="deadline_fired").values_list("facts", flat=True)
    )
    assert fired
    assert set(fired.values()) == {1}
    turn.refresh_from_db()
    assert turn.status == SignatureRequest.SEALED
    assert Entry.objects.filter(case_id=turn.agreement_id, name="signature_sealed").count() == 1
    assert all(read(stored) for stored in StoredFile.objects.all())
    # Outside it happens at least once, and under one name.
    assert (len(letters()), len(set(letters()))) == (2, 1)
    assert registry.faults() == []
    assert verify() == []
