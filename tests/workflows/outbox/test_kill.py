from datetime import timedelta

import pytest
from django.utils import timezone

from tests.workflows.outbox import doomed
from tests.workflows.toy.models import Errand
from tests.workflows.toy.story import errand
from workflows.ledger.queries import verify
from workflows.outbox import commands, jobs, reactions
from workflows.outbox.drain import drain, release_leases
from workflows.outbox.models import Message

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def registered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reactions, "_reactions", {})
    monkeypatch.setattr(jobs, "_jobs", {})
    doomed.register(dies=False)


def acts(subject: Errand) -> list[str]:
    return list(subject.case.entries.values_list("name", flat=True))


def test_a_worker_killed_inside_a_reaction_leaves_only_the_count_of_it() -> None:
    subject = errand()
    assert doomed.run_and_be_killed() == -9
    row = Message.objects.get()
    assert (row.status, row.attempts, row.claimed_by) == (Message.INFLIGHT, 1, "doomed")
    assert acts(subject) == ["opened", "begin"]
    assert drain() == {}
    assert drain(timezone.now() + timedelta(seconds=61)) == {"done": 1}
    assert (Message.objects.get().attempts, Message.objects.get().deaths) == (2, 1)
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


def test_a_reaction_that_ends_its_worker_every_time_is_given_up_where_people_look() -> None:
    subject = errand()
    for _ in range(3):
        assert release_leases("doomed") in (0, 1)
        assert doomed.run_and_be_killed(exits=True) == 7
    assert release_leases("doomed") == 1
    # The fourth worker lives: it writes the message off and goes on with the others.
    assert drain() == {Message.FAILED: 1}
    (dead,) = Message.objects.filter(status=Message.FAILED)
    assert dead.last_error == "Its worker ended in the midst of it 3 times."
    assert (dead.attempts, dead.deaths, dead.send_after) == (3, 3, None)
    assert acts(subject) == ["opened", "begin"]
    assert commands.retry(dead.pk)
    assert drain() == {"done": 1}
    assert acts(subject) == ["opened", "begin", "noticed"]
    assert verify() == []
