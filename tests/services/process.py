"""Starting a server of our own: a free port, a folder, and no survivor when the tests die."""

import ctypes
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

PR_SET_PDEATHSIG = 1
NOT_CHECKED = "NOT CHECKED: "
# `./dev` knows these words too: such a line is printed as loudly and fails nothing.
OPTIONAL = "optional program: "


class Missing(Exception):
    """The service cannot be had here; the message says why and how to get it."""


@dataclass(slots=True)
class Server:
    """A running server: where it answers, and how to end it.

    Its data is thrown away, so it is killed; only PostgreSQL must be asked, or it would leave its
    shared memory behind.
    """

    name: str
    url: str
    folder: Path
    process: subprocess.Popen[bytes] | None = None
    extra: dict[str, str] = field(default_factory=dict)
    ends_on: signal.Signals = signal.SIGKILL

    def stop(self) -> None:
        if self.process and self.process.poll() is None:
            self.process.send_signal(self.ends_on)
            try:
                self.process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)


def free_ports(count: int) -> list[int]:
    """All held at once while choosing, so that no two are the same."""
    with ExitStack() as held:
        probes = [held.enter_context(socket.socket()) for _ in range(count)]
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [int(probe.getsockname()[1]) for probe in probes]


def free_port() -> int:
    return free_ports(1)[0]


def new_folder(name: str) -> Path:
    return Path(tempfile.mkdtemp(prefix=f"countersign-{name}-"))


def _die_with_parent() -> None:
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def launch(
    command: Sequence[str | Path], *, log: IO[bytes], user: str | None = None, cwd: Path
) -> subprocess.Popen[bytes]:
    """Starts a server that the kernel kills when we die, also by kill -9 (Linux)."""
    linux = os.uname().sysname == "Linux"
    return subprocess.Popen(
        [str(part) for part in command],
        stdin=subprocess.DEVNULL,
        stdout=log,
        stderr=log,
        cwd=cwd,
        user=user,
        group=user and "nogroup",
        extra_groups=[] if user else None,
        start_new_session=True,
        preexec_fn=_die_with_parent if linux else None,
    )


def wait_until(
    ready: Callable[[], object], process: subprocess.Popen[bytes], log: Path, *, seconds: float = 30
) -> None:
    deadline = time.monotonic() + seconds
    while process.poll() is None and time.monotonic() < deadline:
        try:
            ready()
            return
        except Exception:
            # Whatever a server that is still starting makes the probe raise, it is asked again.
            time.sleep(0.05)
    process.kill()
    tail = log.read_text(errors="replace")[-600:]
    raise Missing(f"it did not answer within {seconds:.0f} s: {tail}")
