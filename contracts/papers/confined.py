"""A process of its own for work on hostile files: killed when late, with no more than it is given.

`run` starts `python -m MODULE ARGUMENTS… FOLDER MEMORY_MB SECONDS`; the module calls `confine`
before it opens anything. The standard library alone: the child loads neither Django nor settings.
"""

import ctypes
import os
import resource
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CLONE_NEWUSER, CLONE_NEWNET = 0x10000000, 0x40000000
MAX_FILE_BYTES = 200 * 1024 * 1024


class TookTooLong(Exception):
    """Killed by the wall clock."""


class Crashed(Exception):
    """Ended by a signal; its name is the message."""


class Stopped(Exception):
    """Ended by itself; the last line it said is the message, empty when it said nothing."""


def run(
    module: str,
    folder: Path,
    *,
    arguments: Sequence[str] = (),
    environment: Mapping[str, str] | None = None,
    memory_mb: int,
    seconds: float,
) -> None:
    """Returns when the child ended well; what it made is in `folder`. Kills the group when late."""
    limits = [str(folder), str(memory_mb), str(max(1, int(seconds) + 1))]
    child = subprocess.Popen(  # noqa: S603  # our own module, no shell
        [sys.executable, "-m", module, *arguments, *limits],
        cwd=ROOT,
        env={**bare(folder), **(environment or {})},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        _, said = child.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        os.killpg(child.pid, signal.SIGKILL)
        child.communicate()
        raise TookTooLong from None
    if child.returncode < 0:
        raise Crashed(signal.Signals(-child.returncode).name)
    if child.returncode:
        raise Stopped("".join(said.strip().splitlines()[-1:]))


def bare(folder: Path) -> dict[str, str]:
    """Nothing of ours is inherited: settings in the environment hold secrets."""
    return {
        "PATH": os.defpath,
        "HOME": str(folder),
        "TMPDIR": str(folder),
        "LANG": "C.UTF-8",
        "TZ": "UTC",
    }


def confine(memory_mb: int, seconds: int) -> None:
    """No more memory, time or disk than given, no core file, no network where we may forbid it."""
    limits = {
        resource.RLIMIT_AS: memory_mb * 1024 * 1024,
        resource.RLIMIT_CPU: seconds,
        resource.RLIMIT_FSIZE: MAX_FILE_BYTES,
        resource.RLIMIT_CORE: 0,
    }
    for what, limit in limits.items():
        # macOS refuses some of these; the wall clock in the parent still stands.
        with suppress(ValueError, OSError):
            resource.setrlimit(what, (limit, limit))
    with suppress(AttributeError, OSError):
        ctypes.CDLL(None).unshare(CLONE_NEWUSER | CLONE_NEWNET)
