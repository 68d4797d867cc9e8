"""Where a program is killed: beside a statement that it sends, or before it gives an answer.

Nothing of ours is replaced: Django tells of every statement. A point is a file in a folder, which
is taken away before the shot, so that the next process lives past it.
"""

import os
import re
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created
from django.http import HttpRequest, HttpResponse

from vetting.celery import app

ANSWER = "answer"


def plant(folder: Path, name: str, when: str, pattern: str = "") -> None:
    """`when`: "before" or "after" the statement (with its values) that the pattern finds."""
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(f"{when}\n{pattern}")


def left(folder: Path) -> list[str]:
    """The points that no process has come to."""
    return sorted(path.name for path in folder.iterdir())


def _points(folder: Path) -> list[tuple[Path, str, str]]:
    found = []
    for path in sorted(folder.iterdir()):
        when, _, pattern = path.read_text().partition("\n")
        found.append((path, when, pattern))
    return found


def _die(path: Path) -> None:
    path.unlink()
    print(f"killed at {path.name}", flush=True)
    os.kill(os.getpid(), signal.SIGKILL)


def lie_in_wait(folder: Path) -> None:
    """In the process that is to die, before it has a connection or a web application."""

    def watch(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        said = f"{sql} {params!r}"
        near = [point for point in _points(folder) if re.search(point[2], said, re.S)]
        for path, when, _ in near:
            if when == "before":
                _die(path)
        result = execute(sql, params, many, context)
        for path, when, _ in near:
            if when == "after":
                _die(path)
        return result

    def wrap(connection: BaseDatabaseWrapper, **_: Any) -> None:
        if watch not in connection.execute_wrappers:
            connection.execute_wrappers.append(watch)

    connection_created.connect(wrap, weak=False, dispatch_uid="kill points")
    BeforeTheAnswer.folder = folder
    settings.MIDDLEWARE = ["tests.kills.points.BeforeTheAnswer", *settings.MIDDLEWARE]
    sys.modules.pop("vetting.wsgi", None)
    # A sweep each minute is too rare for a test.
    for name in ("drain", "sweep"):
        app.conf.beat_schedule[name]["schedule"] = 0.3


class BeforeTheAnswer:
    """Outermost: everything is committed, and nobody has heard of it."""

    folder: Path

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        answer = self.get_response(request)
        if request.method == "POST":
            for path, when, _ in _points(self.folder):
                if when == ANSWER:
                    _die(path)
        return answer
