from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from contracts.library.building import build_all
from contracts.library.commands import load_clauses, load_templates
from contracts.papers.rules import PaperError


class Command(BaseCommand):
    help = "Builds the shipped Word templates from their words, or loads them into the library."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("action", choices=("build", "load"))

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            lines = build_all() if options["action"] == "build" else self._load()
        except PaperError as error:
            raise CommandError(str(error)) from error
        self.stdout.write("\n".join(lines))

    def _load(self) -> list[str]:
        loaded = {"agreement templates": load_templates(), "clauses": load_clauses()}
        return [f"{name}: {what}" for name, what in loaded.items()]
