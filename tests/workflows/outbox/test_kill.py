from datetime import timedelta

import pytest
from django.utils import timezone

from tests.workflows.outbox import doomed
from tests.workflows.toy.models import Errand
from tests.workflows.toy.story import errand
from workflows.ledger.queries import verify
from workflows.outbox import commands, jobs, reactions
from workflows.outbox.drain import drain
from workflows.outbox.models import Message

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def registered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reactions, "_reactions", {})
    monkeypatch.setattr(jobs, "_jobs", {})
    doomed.register(dies=False)


def acts(subject: Errand) -> list[str]:
    return list(subject.case.entries.values_list("name", flat=True))


def test_a_worker_killed_inside_a_reaction_leaves_no_trace_of_it() -> None:
    subject = errand()
    assert doomed.run_and_be_killed() == -9
    row = Message.objects.get()
    assert (row.status, row.attempts) == (Message.QUEUED, 0)
    assert acts(subject) == ["opened", "begin"]
    assert drain() == {"done": 1}
    assert acts(subject) == ["opened", "begin", "noticed"]
    assert drain() == {}
    assert verify() == []


def test_a_worker_killed_inside_a_job_is_followed_when_its_lease_ends() -> None:
    subject = errand(begun=False)
    row = commands.message(channel=Message.JOB, topic="seal", dedupe_key="s", case=subject.case)
    commands.post([row])
    assert doomed.run_and_be_killed() == -9
    row = Message.objects.get()
    assert (row.status, row.attempts, row.claimed_by) == (Message.INFLIGHT, 1, "doomed")
    assert drain() == {}
    assert drain(timezone.now() + timedelta(seconds=61)) == {"done": 1}
    assert acts(subject) == ["opened", "sealed"]
    assert Message.objects.get().attempts == 2
