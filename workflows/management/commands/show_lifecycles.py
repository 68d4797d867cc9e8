"""`manage.py show_lifecycles`: what can happen to a case, made from the tables."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from workflows import chart, checks
from workflows.lifecycles import ALL


class Command(BaseCommand):
    help = "Print the lifecycles; --check fails when a page is stale or a table unsound."

    def add_arguments(self, parser: ArgumentParser) -> None:
        which = parser.add_mutually_exclusive_group()
        which.add_argument("--check", action="store_true", help="exit 1 when stale or unsound")
        which.add_argument("--mermaid", action="store_true", help="only the diagrams")
        which.add_argument(
            "--write",
            action="store_true",
            help="write docs/lifecycles.md and the README's diagrams",
        )

    def handle(self, *, check: bool, mermaid: bool, write: bool, **options: Any) -> None:
        if check:
            self._check()
        elif mermaid:
            self.stdout.write("\n\n".join(chart.mermaid(machine) for machine in ALL))
        elif write:
            for path, text in pages():
                path.write_text(text, encoding="utf-8")
        else:
            self.stdout.write(chart.document(ALL))

    def _check(self) -> None:
        faults = [str(message.msg) for message in checks.check_tables(None)]
        faults += [str(message.msg) for message in checks.check_notices(None)]
        faults += [str(message.msg) for message in checks.check_flows(None)]
        faults += [line for path, text in pages() for line in stale_lines(path, text)]
        if faults:
            raise CommandError("\n".join(faults))
        self.stdout.write("The lifecycles are sound and their pages are fresh.")


def pages() -> list[tuple[Path, str]]:
    """Every page made from the tables, with what it should say."""
    top = Path(settings.BASE_DIR)
    front = top / "README.md"
    return [
        (top / "docs" / "lifecycles.md", chart.document(ALL)),
        (front, chart.embedded(front.read_text(encoding="utf-8"), ALL)),
    ]


def stale_lines(path: Path, text: str) -> list[str]:
    """The first line that differs from the code, in a sentence; none when the page is fresh."""
    wanted = text.splitlines()
    written = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    if written == wanted:
        return []
    pairs = zip([*written, ""], [*wanted, ""], strict=False)
    number = next((n for n, (old, new) in enumerate(pairs, 1) if old != new), len(wanted) + 1)
    return [f"{path.name} is stale from line {number} on: run manage.py show_lifecycles --write."]
