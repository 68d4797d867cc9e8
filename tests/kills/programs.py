"""The product's own programs as processes of a test: web and worker, on the test's database.

`running` starts a command line as the product does; `doomed` forks, for programs that die often.
"""

import os
import runpy
import signal
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from multiprocessing.context import ForkProcess
from pathlib import Path
from subprocess import Popen, TimeoutExpired

from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart

from tests import forks
from tests.kills import points
from tests.services.process import free_port, launch, new_folder
from vetting.management.commands.up import commands
from vetting.people.models import Membership

HOUSE = Path(__file__).resolve().parents[2]


def environment(**more: str) -> dict[str, str]:
    """What makes a process of ours read this test's database, key and files."""
    kept = connection.settings_dict
    if connection.vendor == "sqlite":
        address = f"sqlite:///{kept['NAME']}"
    else:
        where = f"{kept['HOST']}:{kept['PORT']}/{kept['NAME']}"
        address = f"postgresql://{kept['USER']}:{kept['PASSWORD']}@{where}"
    named = {"DJANGO_SETTINGS_MODULE": "tests.settings", "DATABASE_URL": address}
    return {**os.environ, "PYTHONWARNINGS": "ignore", **named, **more}


@contextmanager
def running(command: list[str], **more: str) -> Iterator[Path]:
    """A process group that ends with the block; gives the path of what it printed."""
    folder = new_folder("program")
    log = folder / "log"
    told = [f"{name}={value}" for name, value in environment(**more).items() if "\n" not in value]
    with log.open("wb") as out:
        process = launch(["env", "-i", *told, *command], log=out, cwd=HOUSE)
    try:
        yield log
    finally:
        _end(process)


def _end(process: "Popen[bytes]") -> None:
    """Asked first: a supervisor takes its children along. Then the whole session of it."""
    process.terminate()
    with suppress(TimeoutExpired):
        process.wait(timeout=15)
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def doomed(part: str, folder: Path, log: Path, port: int = 0) -> ForkProcess:
    """The command of `manage.py up`, which dies where a point of the folder says so."""
    (child,) = commands([part], host="127.0.0.1", port=port, processes=1)
    _, dash_m, module, *words = child.command
    assert dash_m == "-m"

    def program() -> None:
        points.lie_in_wait(folder)
        sys.argv = [module, *words]
        runpy.run_module(module, run_name="__main__", alter_sys=True)

    return forks.fork(program, log)


@dataclass(frozen=True, slots=True)
class Site:
    port: int
    log: Path

    def answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/healthz", timeout=2):
                return True
        except OSError:
            return False


@contextmanager
def web(**more: str) -> Iterator[Site]:
    """gunicorn as `manage.py up` starts it, with one process."""
    port = free_port()
    (child,) = commands(["web"], host="127.0.0.1", port=port, processes=1)
    with running(list(child.command), **more) as log:
        site = Site(port, log)
        wait(site.answers, log)
        yield site


@contextmanager
def doomed_web(folder: Path) -> Iterator[Site]:
    port = free_port()
    site = Site(port, new_folder("program") / "log")
    process = doomed("web", folder, site.log, port)
    try:
        wait(site.answers, site.log)
        yield site
    finally:
        forks.end(process)


def wait(until: Callable[[], object], log: Path, seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while not until():
        assert time.monotonic() < deadline, log.read_text(errors="replace")[-3000:]
        time.sleep(0.02)


@dataclass(frozen=True, slots=True)
class Answer:
    """`status` 0: the connection ended without an answer."""

    status: int
    text: str
    seconds: float


class Visitor:
    """Somebody who is signed in, with a browser of their own."""

    def __init__(self, person: Membership | None, site: Site) -> None:
        client, self.site = Client(), site
        if person:
            client.force_login(person.user)
        kept = client.cookies.get(settings.SESSION_COOKIE_NAME)
        session = f"; {settings.SESSION_COOKIE_NAME}={kept.value}" if kept else ""
        token = "t" * 32
        self.headers = {"Cookie": f"csrftoken={token}{session}", "X-CSRFToken": token}

    def get(self, path: str) -> Answer:
        return self._ask(path, None)

    def press(self, path: str, typed: dict[str, str] | None = None) -> Answer:
        return self._ask(path, urllib.parse.urlencode(typed or {}).encode())

    def upload(self, path: str, typed: Mapping[str, object]) -> Answer:
        """A form with files among its values."""
        data = encode_multipart(BOUNDARY, dict(typed))
        return self._ask(path, data, {"Content-Type": MULTIPART_CONTENT})

    def _ask(self, path: str, data: bytes | None, more: Mapping[str, str] | None = None) -> Answer:
        address = f"http://127.0.0.1:{self.site.port}{path}"
        asked = urllib.request.Request(address, data=data, headers=self.headers | dict(more or {}))
        began = time.monotonic()
        try:
            with urllib.request.urlopen(asked, timeout=30) as answer:  # noqa: S310
                status, text = answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            status, text = error.code, error.read().decode()
        except (TimeoutError, OSError) as error:
            status, text = 0, str(error)
        return Answer(status, text, time.monotonic() - began)
