import json
import sys
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from workflows.cases import Case
from workflows.ledger.queries import verify


class Command(BaseCommand):
    help = "Verifies that no row of the ledger was changed, swapped, removed or cut off."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("action", choices=["verify"])
        parser.add_argument("--case", metavar="CODE", help="one case instead of everything")
        parser.add_argument("--json", action="store_true", help="JSON alone on standard output")

    def handle(self, *args: Any, **options: Any) -> None:
        code = options["case"]
        if code and not Case.objects.filter(code=code).exists():
            raise CommandError(f"There is no case {code}.")
        faults = verify(code)
        if options["json"]:
            rows = [asdict(fault) for fault in faults]
            self.stdout.write(json.dumps({"faults": rows, "count": len(rows)}, indent=2))
        else:
            for fault in faults:
                self.stdout.write(fault.says)
            self.stdout.write(f"{len(faults)} faults")
        if faults:
            sys.exit(1)
