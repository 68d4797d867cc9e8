from typing import Any

from django.core.management.base import BaseCommand

from vetting import reference


class Command(BaseCommand):
    help = "Loads the reference data of every room; may be run again at any time."

    def handle(self, *args: Any, **options: Any) -> None:
        for name, loaded in reference.load_all().items():
            self.stdout.write(f"{name}: {loaded}")
