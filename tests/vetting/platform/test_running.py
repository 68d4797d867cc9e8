import logging
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client, RequestFactory
from django.utils import timezone

from vetting import health
from vetting.celery import FromTheStart, app
from vetting.logs import NoPaths

HOUSE = Path(__file__).parents[3]
SUPERVISED = """
import sys
from vetting.supervisor import Child, Supervisor
command = [sys.executable, "-c", sys.argv[1]]
sys.exit(Supervisor([Child("child", command)], say=lambda text: print(text, flush=True)).run())
"""


def supervise(child: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", SUPERVISED, child], cwd=HOUSE, stdout=subprocess.PIPE, text=True
    )


def is_running(pid: int) -> bool:
    try:
        return "Z" not in Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False


def wait_for_end(pid: int) -> bool:
    deadline = time.monotonic() + 10
    while is_running(pid) and time.monotonic() < deadline:
        time.sleep(0.05)
    return not is_running(pid)


SLEEPER = "import os, time; print(os.getpid(), flush=True); time.sleep(60)"


@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_no_child_outlives_the_supervisor(ending: signal.Signals) -> None:
    with supervise(SLEEPER) as supervisor:
        assert supervisor.stdout
        child = int(supervisor.stdout.readline())
        supervisor.send_signal(ending)
        assert supervisor.wait(timeout=15) == (-9 if ending == signal.SIGKILL else 0)
        assert wait_for_end(child)


def test_a_killed_child_is_started_again() -> None:
    with supervise(SLEEPER) as supervisor:
        assert supervisor.stdout
        first = int(supervisor.stdout.readline())
        os.kill(first, signal.SIGKILL)
        said = supervisor.stdout.readline()
        second = int(supervisor.stdout.readline())
        supervisor.terminate()
        assert said == "child ended with status -9, starting it again\n"
        assert second != first


def test_a_child_that_cannot_stay_up_ends_the_supervisor() -> None:
    with supervise("raise SystemExit(3)") as supervisor:
        assert supervisor.wait(timeout=60) == 1
        assert supervisor.stdout
        assert "ended 6 times in a minute, giving up" in supervisor.stdout.read()


def test_without_a_broker_sending_from_the_web_raises_instead_of_losing_the_message() -> None:
    assert settings.EMBEDDED
    with pytest.raises(RuntimeError, match="write an outbox row"):
        app.send_task("workflows.tasks.drain")


def test_beat_has_three_entries() -> None:
    assert set(app.conf.beat_schedule) == {"drain", "sweep", "reconcile"}


def test_dates_are_looked_at_once_when_the_machine_starts_and_then_each_minute() -> None:
    pace, started = FromTheStart(60.0), timezone.now()
    assert pace.is_due(started) == (True, 60.0)
    due, wait = pace.is_due(started)
    assert (due, 58 < wait <= 60) == (False, True)
    assert isinstance(app.conf.beat_schedule["sweep"]["schedule"], FromTheStart)


def test_a_live_process_says_so(client: Client) -> None:
    assert client.get("/healthz").content == b"ok"


@pytest.mark.django_db
def test_readiness_names_what_is_missing(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(health.FAULTS, "database", lambda: "The database does not answer.")
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["database"]) == (503, "The database does not answer.")


def test_the_log_names_a_route_and_never_a_personal_link(caplog: pytest.LogCaptureFixture) -> None:
    request = RequestFactory().get("/sign/a-personal-token/")
    record = logging.LogRecord(
        "django.request", 30, "", 1, "%s: %s", ("Not Found", request.path), None
    )
    record.request = request
    assert NoPaths().filter(record)
    assert record.getMessage() == "Not Found: a path we do not have"
