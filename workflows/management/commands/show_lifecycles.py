"""`manage.py show_lifecycles`: what can happen to a case, made from the tables."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from workflows import chart, checks
from workflows.lifecycles import ALL


class Command(BaseCommand):
    help = "Print the lifecycles; --check fails when docs/lifecycles.md or the tables are unsound."

    def add_arguments(self, parser: ArgumentParser) -> None:
        which = parser.add_mutually_exclusive_group()
        which.add_argument("--check", action="store_true", help="exit 1 when stale or unsound")
        which.add_argument("--mermaid", action="store_true", help="only the diagrams")
        which.add_argument("--write", action="store_true", help="write docs/lifecycles.md")

    def handle(self, *, check: bool, mermaid: bool, write: bool, **options: Any) -> None:
        if check:
            self._check()
        elif mermaid:
            self.stdout.write("\n\n".join(chart.mermaid(machine) for machine in ALL))
        elif write:
            page().parent.mkdir(exist_ok=True)
            page().write_text(chart.document(ALL), encoding="utf-8")
        else:
            self.stdout.write(chart.document(ALL))

    def _check(self) -> None:
        faults = [str(message.msg) for message in checks.check_tables(None)]
        faults += [str(message.msg) for message in checks.check_notices(None)]
        faults += [str(message.msg) for message in checks.check_flows(None)]
        faults += stale_lines(page())
        if faults:
            raise CommandError("\n".join(faults))
        self.stdout.write("The lifecycles are sound and docs/lifecycles.md is fresh.")


def page() -> Path:
    return Path(settings.BASE_DIR) / "docs" / "lifecycles.md"


def stale_lines(path: Path) -> list[str]:
    """The first line that differs from the code, in a sentence; none when the page is fresh."""
    wanted = chart.document(ALL).splitlines()
    written = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    if written == wanted:
        return []
    pairs = zip([*written, ""], [*wanted, ""], strict=False)
    number = next((n for n, (old, new) in enumerate(pairs, 1) if old != new), len(wanted) + 1)
    return [f"{path.name} is stale from line {number} on: run manage.py show_lifecycles --write."]
