from typing import Any

from django.core.management.base import BaseCommand

from workflows import rounds


class Command(BaseCommand):
    help = "Writes a checkpoint of the ledger and puts drifted work and dates right; harmless."

    def handle(self, *args: Any, **options: Any) -> None:
        result = rounds.reconcile_round()
        checkpoint, desk = result["checkpoint"], result["desk"]
        self.stdout.write(f"checkpoint over {checkpoint['cases']} cases: {checkpoint['hash']}")
        self.stdout.write(f"dates reckoned again: {result['deadlines']}")
        said = ", ".join(f"{name} {desk[name]}" for name in sorted(desk))
        self.stdout.write(f"work: {said or 'nothing to do'}")
        self.stdout.write(f"ledger: {result['faults']} faults")
