"""`manage.py invariants`: asks every invariant; exit 1 when one does not hold."""

import json
import sys
from argparse import ArgumentParser
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand

from workflows.invariants import registry


class Command(BaseCommand):
    help = "Print the faults of every invariant; exit 1 when there are any."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="JSON alone on standard output")

    def handle(self, **options: Any) -> None:
        found = registry.faults()
        if options["json"]:
            rows = [asdict(fault) for fault in found]
            self.stdout.write(json.dumps({"faults": rows, "asked": registry.kinds()}, indent=2))
        else:
            for fault in found:
                self.stdout.write(f"{fault.kind} {fault.case or '-'}: {fault.says}")
            self.stdout.write(f"{len(found)} faults in {len(registry.kinds())} invariants")
        if found:
            sys.exit(1)
