import os
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from workflows import rounds

MOST_ROUNDS = 1000


class Command(BaseCommand):
    help = "What beat does, once: sweep, drain, and reconcile when its day has come. For cron."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--until-idle", action="store_true", help="repeat until nothing more is due"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        for _ in range(MOST_ROUNDS if options["until_idle"] else 1):
            swept = rounds.sweep_round()
            drained = rounds.drain_round(f"tick:{os.getpid()}")
            self.stdout.write(f"swept: {_words(swept)}; messages: {_words(drained)}")
            # What another worker holds is found each time, and counts nothing.
            if not any(swept.values()) and not any(drained.values()):
                break
        now = timezone.now()
        if rounds.reconcile_is_due(now) and rounds.night_is_ours(now):
            call_command("reconcile", stdout=self.stdout)


def _words(counts: dict[str, int]) -> str:
    said = [f"{name.replace('_', ' ')} {counts[name]}" for name in sorted(counts) if counts[name]]
    return ", ".join(said) or "nothing"
