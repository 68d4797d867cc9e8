from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from vetting.people import commands
from vetting.people.commands.district import TEXTS
from vetting.people.models import District
from workflows.actors import Role, system
from workflows.engine import Refused

BY = system("people")


class Command(BaseCommand):
    help = (
        "Adds a district and its first administrator, who adds everybody else in the browser; "
        "sets what a district prints of itself."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        add = verbs.add_parser("add-district", help="A new district with its administrator.")
        add.add_argument("code", help="short name for addresses, for example juniper")
        add.add_argument("--name", required=True)
        add.add_argument("--state", required=True, help="two letters, for example CO")
        add.add_argument("--zone", default="America/Denver", help="time zone, America/Denver")
        add.add_argument("--admin", required=True, help="e-mail address of the administrator")
        add.add_argument("--admin-name", required=True)

        tell = verbs.add_parser("describe-district", help="Letterhead, notices, color and logo.")
        tell.add_argument("code", help="the district's short name")
        for name in TEXTS:
            tell.add_argument(f"--{name.replace('_', '-')}", dest=name)
        tell.add_argument("--logo", type=Path, help="a PNG or JPEG of up to 1 MB")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["verb"] == "describe-district":
            return self._describe(options)
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

    def _describe(self, options: dict[str, Any]) -> None:
        district = District.objects.filter(tenant__code=options["code"]).first()
        if district is None:
            raise CommandError(f"There is no district “{options['code']}”.")
        said = {name: options[name] for name in TEXTS if options[name] is not None}
        try:
            logo = options["logo"].read_bytes() if options["logo"] else None
            told = commands.describe_district(district=district, by=BY, logo=logo, **said)
        except OSError as fault:
            raise CommandError(f"The logo cannot be read: {fault.strerror}.") from None
        except Refused as refused:
            raise CommandError(" ".join(refused.reasons)) from None
        self.stdout.write(f"{told.name}: saved.")
