from typing import Any

from django.core.management.base import BaseCommand, CommandError

from vetting import reference


class Command(BaseCommand):
    help = "Loads the reference data of every room; may be run again at any time."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            every = reference.load_all()
        except reference.Unfit as unfit:
            raise CommandError(str(unfit)) from None
        for name, loaded in every.items():
            self.stdout.write(f"{name}: {loaded}")
