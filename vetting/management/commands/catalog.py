import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from vetting.catalog.commands import describe_vendor, merge_spelling
from vetting.catalog.elements import load_elements
from vetting.catalog.lists.cells import ORDERS
from vetting.catalog.lists.columns import FIELDS
from vetting.catalog.lists.commands import import_list
from vetting.catalog.lists.sheets import Unreadable
from vetting.catalog.lists.words import as_json, in_words
from vetting.catalog.queries import vendor_named
from vetting.people.models import District
from workflows.actors import system
from workflows.engine import Refused

BY = system("catalog")


class Command(BaseCommand):
    help = "The catalog: data elements, a district's present list, spellings of one vendor."

    def add_arguments(self, parser: ArgumentParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        verbs.add_parser("elements", help="Load the vocabulary of data elements.")
        take = verbs.add_parser("import", help="Take over a list of tools, all of it or nothing.")
        take.add_argument("file", type=Path)
        take.add_argument("--district", required=True, metavar="CODE")
        take.add_argument(
            "--map",
            action="append",
            default=[],
            metavar="COLUMN=FIELD",
            help=f"what a column is: {', '.join(FIELDS)}, or ignore; may be repeated",
        )
        take.add_argument("--date-order", choices=ORDERS, default="", help="how to read 3/4/2025")
        take.add_argument("--dry-run", action="store_true", help="say what would happen")
        take.add_argument("--json", action="store_true", help="the report as JSON and nothing else")
        merge = verbs.add_parser("merge", help="Two spellings are one vendor.")
        merge.add_argument("spelling")
        merge.add_argument("--into", required=True, metavar="VENDOR")

        address = verbs.add_parser("address", help="A vendor's postal address, for every district.")
        address.add_argument("vendor")
        address.add_argument("address")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            getattr(self, f"_{options['verb']}")(**options)
        except (Unreadable, Refused) as refused:
            raise CommandError(str(refused)) from None

    def _elements(self, **options: Any) -> None:
        self.stdout.write(f"data elements: {load_elements()}")

    def _import(self, *, file: Path, dry_run: bool, json: bool, **options: Any) -> None:
        report = import_list(
            district=_district(options["district"]),
            data=_bytes(file),
            chosen=dict(_pair(text) for text in options["map"]),
            date_order=options["date_order"],
            dry_run=dry_run,
            by=BY,
        )
        if json:
            self.stdout.write(_dump(as_json(report, dry_run=dry_run)))
        else:
            self.stdout.write("\n".join(in_words(report, dry_run=dry_run)))
        if report.faults:
            raise CommandError("Nothing was written. Correct these lines and import again.")

    def _merge(self, *, spelling: str, into: str, **options: Any) -> None:
        vendor = vendor_named(into)
        if vendor is None:
            raise CommandError(f"There is no vendor “{into}”.")
        merge_spelling(name=spelling, vendor=vendor, by=BY)
        self.stdout.write(f"“{spelling}” is {vendor.name}.")

    def _address(self, *, vendor: str, address: str, **options: Any) -> None:
        known = vendor_named(vendor)
        if known is None:
            raise CommandError(f"There is no vendor “{vendor}”.")
        describe_vendor(vendor=known, address=address, by=BY)
        self.stdout.write(f"Agreements now print for {known.name}: {address}")


def _dump(report: dict[str, Any]) -> str:
    return json.dumps(report, indent=2, ensure_ascii=False)


def _district(code: str) -> District:
    found = District.objects.select_related("tenant").filter(tenant__code=code).first()
    if found is None:
        codes = ", ".join(District.objects.values_list("tenant__code", flat=True)) or "none yet"
        raise CommandError(f"There is no district “{code}”. Districts: {codes}.")
    return found


def _bytes(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise CommandError(f"{file} cannot be read: {error.strerror}.") from None


def _pair(text: str) -> tuple[str, str]:
    column, equals, field = text.rpartition("=")
    if not equals or not column.strip():
        raise CommandError(f"--map {text}: write COLUMN=FIELD, for example “Product Name=tool”.")
    return column.strip(), field.strip()
