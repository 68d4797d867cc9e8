"""The broker is wiped, fills, hangs and dies while people press: real web, worker and Valkey."""

import os
import signal
import socket
import sys
from collections.abc import Iterator

import pytest

from tests.factories import people
from tests.factories import requests as make
from tests.kills.programs import Site, Visitor, running, wait, web
from tests.services import valkey
from tests.services.fixtures import not_checked
from tests.services.process import Missing, Server
from vetting.requests.models import ToolRequest
from workflows.invariants import registry
from workflows.ledger.queries import verify
from workflows.outbox.models import Message

# Its subject is Valkey and the outbox, so one database is enough: the one that goes with a broker.
pytestmark = [
    pytest.mark.django_db(transaction=True), pytest.mark.slow, pytest.mark.database("postgresql"),
]  # fmt: skip
NAMES = ("Quiz Quarry", "Globe Trotter", "Violin Valley", "Robot Rally", "Poem Pond")
# What a faulty broker may add to a page. The client's own habit is five seconds and more, and a
# hung server's is for ever.
ADDED = 1.5
CELERY = [sys.executable, "-m", "celery", "-q", "-A", "vetting.celery", "worker", "-B"]
WORKER = [*CELERY, "-c", "1", "-S", "celery.beat:Scheduler", "--loglevel", "WARNING"]


@pytest.fixture
def broker() -> Iterator[Server]:
    """One of its own: it is not the same afterwards."""
    try:
        server = valkey.start()
    except Missing as missing:
        not_checked("Valkey (a broker that is wiped, full and gone)", str(missing))
        raise
    yield server
    server.stop()


def tell(broker: Server, *words: str) -> None:
    port = int(broker.url.rpartition(":")[2].partition("/")[0])
    with socket.create_connection(("127.0.0.1", port), timeout=2) as peer:
        peer.sendall((" ".join(words) + "\r\n").encode())
        assert peer.recv(64).startswith(b"+OK")


def pending(request: ToolRequest) -> list[str]:
    rows = Message.objects.filter(case_id=request.pk, status__in=Message.PENDING)
    return list(rows.values_list("topic", flat=True))


def withdraw(site: Site, request: ToolRequest) -> float:
    """Ben presses: his press is written with what it promises. The seconds it took."""
    path = f"/requests/{request.code}/"
    answer = Visitor(people.ben(), site).press(f"{path}withdraw/", {"note": "Not now"})
    assert answer.status == 200, (answer, site.log.read_text()[-3000:])
    assert list(request.case.entries.filter(name="withdraw").values_list("name")) == [("withdraw",)]
    assert Message.objects.filter(case_id=request.pk, topic__icontains="withdr").exists()
    return answer.seconds


def sign_in(site: Site) -> float:
    """It counts attempts in the cache, which is the broker's server."""
    typed = {"login": "nobody@juniper.example", "password": "wrong"}
    answer = Visitor(None, site).press("/sign-in/", typed)
    assert answer.status == 200, site.log.read_text()[-3000:]
    return answer.seconds


def test_a_broker_that_is_wiped_full_hung_or_gone_loses_nothing(broker: Server) -> None:
    asked = [
        make.in_triage(tool_name=name, website=f"https://{name.split()[0].lower()}.example")
        for name in NAMES
    ]
    address = {"BROKER_URL": broker.url}
    with web(**address) as site, running(WORKER, **address) as log:

        def drained(request: ToolRequest) -> None:
            wait(lambda: not pending(request), log)

        withdraw(site, asked[0])
        drained(asked[0])
        signed_in = sign_in(site)

        tell(broker, "FLUSHALL")
        pressed = withdraw(site, asked[1])
        drained(asked[1])

        tell(broker, "CONFIG", "SET", "maxmemory", "1")
        assert withdraw(site, asked[2]) < pressed + ADDED
        assert sign_in(site) < signed_in + ADDED
        tell(broker, "CONFIG", "SET", "maxmemory", "0")
        drained(asked[2])

        assert broker.process
        os.kill(broker.process.pid, signal.SIGSTOP)
        assert withdraw(site, asked[3]) < pressed + ADDED
        assert sign_in(site) < signed_in + ADDED
        broker.process.kill()
        broker.process.wait()
        assert withdraw(site, asked[4]) < pressed + ADDED
        assert sign_in(site) < signed_in + ADDED
        assert pending(asked[4])
        port = int(broker.url.rpartition(":")[2].partition("/")[0])
        broker.process = valkey.start(port).process
        drained(asked[3])
        drained(asked[4])
    assert registry.faults() == []
    assert verify() == []
