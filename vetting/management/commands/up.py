import os
import socket
import sys
import threading
import time
import urllib.error
import urllib.request
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser

from vetting.supervisor import Child, Supervisor

PARTS = ("web", "worker", "beat")


class Command(BaseCommand):
    help = "Runs the web server and the worker, restarts what dies, ends with Ctrl-C."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument("--web-processes", type=int, default=None)
        parser.add_argument(
            "--only", choices=PARTS, help="one part, for an installation on several machines"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        host, port, only = options["host"], options["port"], options["only"]
        parts = [only] if only else list(PARTS)
        if settings.EMBEDDED and only:
            raise CommandError("--only needs a broker: set BROKER_URL to redis://... or amqp://...")
        if "web" in parts:
            self._claim(host, port)
        if settings.EMBEDDED:
            # One machine and one process tree: nobody else can be migrating at the same time.
            self._prepare("Bringing the database up to date", "migrate")
            self._prepare("Collecting styles and scripts", "collectstatic")
        if "web" in parts:
            threading.Thread(target=self._announce, args=(host, port), daemon=True).start()
        children = commands(parts, host=host, port=port, processes=options["web_processes"])
        sys.exit(Supervisor(children, say=self.stderr.write).run())

    def _prepare(self, what: str, command: str) -> None:
        began = time.monotonic()
        call_command(command, verbosity=0, interactive=False)
        self.stderr.write(f"· {what}: {time.monotonic() - began:.1f} s")

    def _claim(self, host: str, port: int) -> None:
        """Says now, in one sentence, what gunicorn would say in forty lines."""
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
            except OSError as error:
                raise CommandError(
                    f"Cannot listen on {host}:{port} ({error.strerror}): choose another --port"
                ) from None

    def _announce(self, host: str, port: int) -> None:
        address = f"http://{host}:{port}"
        while not _answers(f"{address}/healthz"):
            time.sleep(0.1)
        self.stdout.write(f"ready {address}")
        self.stdout.flush()


def _answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(address, timeout=2):  # noqa: S310  our own address
            return True
    except urllib.error.HTTPError:
        # A redirect to https or an unknown host is an answer too.
        return True
    except OSError:
        return False


def commands(
    parts: list[str], *, host: str, port: int, processes: int | None = None
) -> list[Child]:
    """The processes of this installation; embedded, beat is a thread of the worker."""
    celery = [sys.executable, "-m", "celery", "-q", "-A", "vetting.celery"]
    quiet = ["--loglevel", "WARNING"]
    if settings.EMBEDDED:
        worker = [*celery, "worker", "-P", "solo", "-n", "embedded@%h", *quiet]
        worker += ["--without-gossip", "--without-mingle", "--without-heartbeat"]
    else:
        worker = [*celery, "worker", "-P", "prefork", *quiet]
    several = str(processes or (1 if settings.EMBEDDED else 2 * (os.cpu_count() or 1)))
    web = [sys.executable, "-m", "gunicorn", "vetting.wsgi", "--bind", f"{host}:{port}"]
    web += ["--worker-class", "gthread", "--workers", several, "--threads", "4"]
    web += ["--log-level", "warning", "--no-control-socket"]
    beat = [*celery, "beat", "-S", "celery.beat:Scheduler", "--pidfile", "", *quiet]
    made = {"web": Child("web", web), "worker": Child("worker", worker)}
    if not settings.EMBEDDED:
        made["beat"] = Child("beat", beat)
    return [made[part] for part in parts if part in made]
