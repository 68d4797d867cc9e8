"""A timestamp server over HTTP: one that works, and each way in which one does not."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from asn1crypto import tsp
from cryptography.hazmat.primitives import serialization
from pytest_django import Settings

from contracts.signing import authority, sealing, timestamps, verifying
from contracts.signing.sealing import SealFailed
from tests.services.process import free_port

from .conftest import DEE

REPLY = "application/timestamp-reply"
Answer = Callable[[bytes], tuple[int, str, bytes]]


@dataclass
class TimeServer:
    url: str
    root_pem: str
    questions: list[bytes] = field(default_factory=list)


@contextmanager
def served(answer: Answer, root_pem: str = "") -> Iterator[TimeServer]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            question = self.rfile.read(int(self.headers["Content-Length"]))
            server.questions.append(question)
            status, kind, body = answer(question)
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: object) -> None:
            return

    http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server = TimeServer(f"http://127.0.0.1:{http.server_port}/tsa", root_pem)
    thread = Thread(target=http.serve_forever)
    thread.start()
    try:
        yield server
    finally:
        http.shutdown()
        thread.join()
        http.server_close()


@pytest.fixture
def foreign_time(settings: Settings, tmp_path: Path) -> Iterator[TimeServer]:
    """Somebody else's timestamp authority, with a root of its own."""
    ours, settings.KEY_DIR = settings.KEY_DIR, tmp_path / "theirs"
    root = authority.root()
    clock = timestamps.LocalTime(authority.timestamp_identity(root))
    settings.KEY_DIR = ours

    def answer(question: bytes) -> tuple[int, str, bytes]:
        asked = tsp.TimeStampReq.load(question)
        return 200, REPLY, clock.request_tsa_response(asked).dump()

    pem = root.certificate.public_bytes(serialization.Encoding.PEM).decode()
    with served(answer, pem) as server:
        yield server


def sign(pdf: bytes) -> bytes:
    return sealing.sign(pdf, slot="vendor", signer=DEE, reason="I agree")


def test_a_timestamp_server_gives_the_time(
    foreign_time: TimeServer, settings: Settings, prepared: bytes
) -> None:
    settings.TIMESTAMP_URL = foreign_time.url
    settings.TIMESTAMP_CERT = foreign_time.root_pem
    signed = sign(prepared)
    assert verifying.newest(signed).timestamped
    # The installation sealed by its own clock before this server was set.
    clocks = [report.clock for report in verifying.verify(signed).signatures]
    assert clocks == ["", "Countersign local time"]
    # One sample to learn the answer's size, one for the signature; later only the latter.
    assert len(foreign_time.questions) == 2
    sign(prepared)
    assert len(foreign_time.questions) == 3


def test_a_time_that_we_would_not_believe_later_is_refused_at_once(
    foreign_time: TimeServer, settings: Settings, prepared: bytes
) -> None:
    settings.TIMESTAMP_URL = foreign_time.url
    with pytest.raises(SealFailed, match="TIMESTAMP_CERT must hold the root"):
        sign(prepared)


def test_a_server_that_is_down_leaves_the_file_unsigned(
    settings: Settings, prepared: bytes
) -> None:
    settings.TIMESTAMP_URL = f"http://127.0.0.1:{free_port()}/tsa"
    before = bytes(prepared)
    with pytest.raises(SealFailed, match=r"gave no time: it did not answer .* Nothing was sealed"):
        sign(prepared)
    assert prepared == before
    assert sealing.signed_slots(prepared) == {"seal"}


def test_a_server_that_refuses_seals_nothing(settings: Settings, prepared: bytes) -> None:
    status = tsp.PKIStatusInfo({"status": "rejection"}).dump()
    refusal = bytes([0x30, len(status)]) + status
    with served(lambda _: (200, REPLY, refusal)) as server:
        settings.TIMESTAMP_URL = server.url
        with pytest.raises(SealFailed, match="gave no time: its answer is not a timestamp"):
            sign(prepared)


@pytest.mark.parametrize(
    ("status", "kind", "body"),
    [(500, "text/plain", b"no"), (200, "text/html", b"<p>Hello"), (200, REPLY, b"garbage")],
)
def test_an_answer_that_is_no_timestamp_seals_nothing(
    status: int, kind: str, body: bytes, settings: Settings, prepared: bytes
) -> None:
    with served(lambda _: (status, kind, body)) as server:
        settings.TIMESTAMP_URL = server.url
        with pytest.raises(SealFailed, match="gave no time"):
            sign(prepared)


def test_an_old_answer_played_again_seals_nothing(
    foreign_time: TimeServer, settings: Settings, prepared: bytes
) -> None:
    settings.TIMESTAMP_URL = foreign_time.url
    settings.TIMESTAMP_CERT = foreign_time.root_pem
    kept: list[bytes] = []

    def replay(question: bytes) -> tuple[int, str, bytes]:
        if not kept:
            ask = timestamps.ServerTime(foreign_time.url)
            kept.append(ask._ask(question).dump())
        return 200, REPLY, kept[0]

    with served(replay) as server:
        settings.TIMESTAMP_URL = server.url
        with pytest.raises(SealFailed, match="not a timestamp for this file"):
            sign(prepared)


def test_only_web_addresses_are_asked_for_the_time(settings: Settings, prepared: bytes) -> None:
    settings.TIMESTAMP_URL = "file:///etc/passwd"
    with pytest.raises(SealFailed, match="must begin with https"):
        sign(prepared)
