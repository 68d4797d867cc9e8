"""Keeps a few child processes running: restarts what dies, ends with all of them.

Standard library only, Linux first: the kernel ends the children when this process is killed.
"""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

HOUSE = Path(__file__).resolve().parent.parent
PR_SET_PDEATHSIG = 1
GRACE_SECONDS = 10.0
CRASH_LOOP, WITHIN_SECONDS = 5, 60.0


@dataclass(slots=True)
class Child:
    """A command to keep alive; `deaths` are the times (monotonic) at which it ended by itself."""

    name: str
    command: Sequence[str]
    process: subprocess.Popen[bytes] | None = None
    deaths: list[float] = field(default_factory=list)

    def start(self) -> None:
        parent = os.getpid()
        # Its own session, so that Ctrl-C reaches us alone and children end in our order.
        self.process = subprocess.Popen(  # noqa: S603  our own commands, no shell
            self.command,
            cwd=HOUSE,
            start_new_session=True,
            preexec_fn=(lambda: _end_with(parent)) if sys.platform == "linux" else None,
        )

    @property
    def has_ended(self) -> bool:
        return self.process is None or self.process.poll() is not None

    def crashes_in_a_loop(self, now: float) -> bool:
        self.deaths = [at for at in self.deaths if now - at < WITHIN_SECONDS] + [now]
        return len(self.deaths) > CRASH_LOOP


def _end_with(parent: int) -> None:
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != parent:
        # The parent died between fork and prctl, so the signal would never come.
        os._exit(1)


class Supervisor:
    """Runs children until told to stop; `run` returns the exit status."""

    def __init__(self, children: Sequence[Child], *, say: Callable[[str], None]) -> None:
        self.children, self.say, self.stopping = children, say, False

    def run(self) -> int:
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._stop)
        for child in self.children:
            child.start()
        try:
            return self._watch()
        finally:
            self._end_all()

    def _stop(self, number: int, frame: FrameType | None) -> None:
        self.stopping = True

    def _watch(self) -> int:
        while not self.stopping:
            for child in self.children:
                if child.has_ended and not self._restart(child):
                    return 1
            time.sleep(0.2)
        return 0

    def _restart(self, child: Child) -> bool:
        status = child.process.returncode if child.process else "none"
        if child.crashes_in_a_loop(time.monotonic()):
            self.say(f"{child.name} ended {CRASH_LOOP + 1} times in a minute, giving up")
            return False
        self.say(f"{child.name} ended with status {status}, starting it again")
        time.sleep(min(0.2 * 2 ** len(child.deaths), 1))
        if not self.stopping:
            child.start()
        return True

    def _end_all(self) -> None:
        running = [child.process for child in self.children if child.process]
        for process in running:
            if process.poll() is None:
                # Only the parent: a prefork pool whose members get the signal too loses its work.
                process.terminate()
        deadline = time.monotonic() + GRACE_SECONDS
        for process in running:
            try:
                process.wait(timeout=max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
