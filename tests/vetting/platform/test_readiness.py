"""/readyz knows the oldest message and the last beat, and says nothing about anybody."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, connection
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from tests.factories import people, requests, troubles
from vetting import health
from workflows.clock.models import Beat
from workflows.outbox.drain import drain
from workflows.outbox.models import Message

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def migrated(monkeypatch: pytest.MonkeyPatch) -> None:
    """The tests' tables are made without migrations."""
    monkeypatch.setitem(health.FAULTS, "database", lambda: "")


def test_where_somebody_is_at_work_the_figures_stand_beside_ok(client: Client) -> None:
    requests.in_triage()
    drain()
    troubles.alive(sweep=timedelta(seconds=40), reconcile=timedelta(hours=3))
    answer = client.get("/readyz")
    said = answer.json()
    assert answer.status_code == 200
    beats = said.pop("last_beat_seconds")
    assert said == {
        "database": "ok", "messages": "ok", "worker": "ok",
        "oldest_message_seconds": 0, "oldest_message_limit": 90, "last_beat_limit": 120,
    }  # fmt: skip
    assert beats["drain"] in range(3, 10)
    assert beats["sweep"] in range(40, 50)
    assert beats["reconcile"] in range(10800, 10810)


def test_a_message_that_waits_too_long_is_a_sentence_and_503(
    client: Client, settings: Settings
) -> None:
    troubles.alive()
    waiting = troubles.message(send_after=timezone.now() - timedelta(seconds=200))
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["messages"] == "Messages have been waiting for 3 min; 90 s is the most."
    assert answer.json()["oldest_message_seconds"] in range(200, 210)
    settings.MOST_WAIT = timedelta(seconds=300)
    assert client.get("/readyz").status_code == 200
    Message.objects.filter(pk=waiting.pk).update(send_after=timezone.now() + timedelta(hours=1))
    assert client.get("/readyz").json()["oldest_message_seconds"] == 0


def test_a_silent_worker_is_a_sentence_and_503(client: Client, settings: Settings) -> None:
    said = client.get("/readyz").json()
    assert said["worker"].startswith("No worker has been here yet: run manage.py up")
    assert said["last_beat_seconds"] == {"drain": None, "sweep": None, "reconcile": None}
    troubles.alive(drain=timedelta(minutes=5))
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["worker"].startswith("No worker has been here for 5 min: run ")
    settings.MOST_SILENCE = timedelta(minutes=6)
    assert client.get("/readyz").status_code == 200


def test_no_person_district_or_case_is_in_it(client: Client) -> None:
    request = requests.in_triage()
    troubles.given_up(request)
    troubles.message(request, send_after=timezone.now() - timedelta(hours=1))
    text = client.get("/readyz").content.decode()
    names = (request.code, "Reading Ladder", people.district().code, "@", "Ben")
    assert [name for name in names if name in text] == []


def test_a_database_that_does_not_answer_is_said_and_nothing_of_its_words(client: Client) -> None:
    def away(*_: object) -> None:
        raise DatabaseError("connection to server at db.internal failed")

    with connection.execute_wrapper(away):
        answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json() == {
        "database": "ok",
        "messages": "The messages cannot be read.",
        "worker": "The worker's beat cannot be read.",
    }


def test_it_only_reads(client: Client) -> None:
    troubles.alive()
    before = list(Beat.objects.values())
    client.get("/readyz")
    assert list(Beat.objects.values()) == before
