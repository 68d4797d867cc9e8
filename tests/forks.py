"""A process of a test's own, forked: what was imported stays, what it holds is its own.

A program that is started anew reads the whole house first, two seconds of it. The product's own
command lines are started in `tests/kills/test_broker.py` and by `./dev demo`.
"""

import ctypes
import multiprocessing
import os
import signal
import sys
import warnings
from collections.abc import Callable
from multiprocessing.context import ForkProcess
from pathlib import Path

from django.db import connections
from django.test.utils import teardown_test_environment

PR_SET_PDEATHSIG = 1


def fork(act: Callable[[], object], log: Path | None = None) -> ForkProcess:
    """Started; `exitcode` is -9 when it was killed. `log`: what it and its children print."""
    # Two processes must not hold one connection.
    connections.close_all()
    process = multiprocessing.get_context("fork").Process(target=_live, args=(act, log))
    with warnings.catch_warnings():
        # From 3.12 on: of the threads of this process none lives on in the child, and none is used.
        warnings.simplefilter("ignore", DeprecationWarning)
        process.start()
    return process


def end(process: ForkProcess, patience: float = 15) -> None:
    """Asked first, then killed with all that it has started."""
    process.terminate()
    process.join(patience)
    if process.is_alive():
        os.killpg(process.pid or 0, signal.SIGKILL)
    process.join()


def _live(act: Callable[[], object], log: Path | None) -> None:
    os.setsid()
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    warnings.simplefilter("ignore")
    # The product's own mail and hosts, where pytest has put its own in their place.
    teardown_test_environment()
    if log:
        for stream in (1, 2):
            os.dup2(os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND), stream)
        sys.stdout, sys.stderr = os.fdopen(1, "w", buffering=1), os.fdopen(2, "w", buffering=1)
    act()
