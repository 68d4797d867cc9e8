from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from vetting.people import commands
from workflows.actors import Role, system
from workflows.engine import Refused

BY = system("people")


class Command(BaseCommand):
    help = "Adds a district and its first administrator, who adds everybody else in the browser."

    def add_arguments(self, parser: ArgumentParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        add = verbs.add_parser("add-district", help="A new district with its administrator.")
        add.add_argument("code", help="short name for addresses, for example juniper")
        add.add_argument("--name", required=True)
        add.add_argument("--state", required=True, help="two letters, for example CO")
        add.add_argument("--zone", default="America/Denver", help="time zone, America/Denver")
        add.add_argument("--admin", required=True, help="e-mail address of the administrator")
        add.add_argument("--admin-name", required=True)

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            with transaction.atomic():
                district = commands.open_district(
                    code=options["code"],
                    name=options["name"],
                    state=options["state"],
                    zone=options["zone"],
                    by=BY,
                )
                commands.add_person(
                    district=district,
                    name=options["admin_name"],
                    email=options["admin"],
                    roles=[Role.ADMIN],
                    by=BY,
                )
        except Refused as refused:
            raise CommandError(" ".join(refused.reasons)) from None
        said = f"{district.name} is ready. {options['admin']} was written to."
        self.stdout.write(said)
