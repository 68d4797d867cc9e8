import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from vetting.policy.explained import as_json, case_with_code, explanations_of
from vetting.policy.rules.printed import printed
from workflows.desk.queries import title_of
from workflows.stateful import Stateful


class Command(BaseCommand):
    help = "Why each date of a case is what it is, so that it can be checked on paper."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("code", metavar="CODE", help="of a request, an agreement: any case")
        parser.add_argument("--json", action="store_true", help="JSON and nothing else")

    def handle(self, *args: Any, code: str, **options: Any) -> None:
        subject = case_with_code(code)
        if subject is None:
            raise CommandError(f"No case has the code “{code}”.")
        if options["json"]:
            self.stdout.write(json.dumps(as_json(subject), indent=2, ensure_ascii=False))
        else:
            self._say(subject)

    def _say(self, subject: Stateful) -> None:
        found = explanations_of(subject)
        self.stdout.write(f"{title_of(subject)}, {subject.lifecycle.name} {subject.code}\n\n")
        if not found:
            self.stdout.write("It has no dates.")
        for one in found:
            self.stdout.write("\n".join([*printed(one), ""]))
