import time
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from contracts.demo import places
from contracts.demo.seeding import seed
from vetting.demo import sign_ins
from vetting.people.models import District
from workflows.engine import Refused


class Command(BaseCommand):
    help = "Tells the demo district's last fourteen months by running the engine."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--sign-ins", action="store_true", help="print who may sign in, only")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:
            # Everybody's password would be one that the whole world may know.
            raise CommandError("Only in the demo: set COUNTERSIGN_DEMO=1, or run ./dev demo.")
        if options["sign_ins"]:
            self._print_sign_ins()
            return
        if District.objects.exists():
            raise CommandError("There is a district already: the demo is told once, from nothing.")
        began = time.monotonic()
        try:
            seed(stdout=self.stderr)
        except Refused as refused:
            raise CommandError(" ".join(refused.reasons)) from refused
        self.stderr.write(f"· {places.DISTRICT['name']}: {time.monotonic() - began:.1f} s")

    def _print_sign_ins(self) -> None:
        people = sign_ins()
        wide = max(len(person.roles) for person in people)
        mail = max(len(person.email) for person in people)
        self.stdout.write(f"{places.DISTRICT['name']}: sign in as")
        for person in people:
            self.stdout.write(
                f"  {person.roles:{wide}}  {person.email:{mail}}  {person.password}  {person.name}"
            )
        self.stdout.write(
            f"The demo's mails, with the vendors' links: {settings.SITE_URL}/demo/mail/"
        )
