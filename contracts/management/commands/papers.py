"""``manage.py papers render|pdf|verify``: documents from the shell.

A subcommand is one function that takes the parsed options and returns what to print; it is added
in ``SUBCOMMANDS`` beside a function that declares its arguments. A ``PaperError`` becomes one
sentence on standard error and exit 1, and nothing has been written.
"""

import hashlib
import json
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from contracts.papers.pdf import convert
from contracts.papers.rendering import render
from contracts.papers.rules import PaperError
from contracts.signing.authority import SealFailed
from contracts.signing.queries import expected_for
from contracts.signing.reporting import as_data, as_text
from contracts.signing.verifying import Expected, verify
from vetting.vault.models import StoredFile


class NotValid(Exception):
    """The answer of ``verify`` when it is not "valid": printed, then exit 1."""


Subcommand = tuple[Callable[[ArgumentParser], None], Callable[[Namespace], str]]


def read(path: str) -> bytes:
    try:
        return Path(path).read_bytes()
    except OSError as error:
        raise PaperError(f"{path} cannot be read: {error.strerror}.") from error


def write(path: str, content: bytes) -> None:
    """Whole or not at all: a reader never sees half a document."""
    target = Path(path)
    part = target.with_name(f".{target.name}.part")
    try:
        part.write_bytes(content)
        part.replace(target)
    except OSError as error:
        raise PaperError(f"{path} cannot be written: {error.strerror}.") from error


def render_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("template", metavar="TEMPLATE.docx")
    parser.add_argument("context", metavar="CONTEXT.json")
    parser.add_argument("out", metavar="OUT.docx")


def render_file(options: Namespace) -> str:
    try:
        context = json.loads(read(options.context), parse_float=str)
    except ValueError as error:
        raise PaperError(f"{options.context} is not readable JSON: {error}.") from error
    write(options.out, render(read(options.template), context))
    return f"Wrote {options.out}"


def pdf_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("document", metavar="IN.docx")
    parser.add_argument("out", metavar="OUT.pdf")
    parser.add_argument("--engine", choices=("dxpdf", "libreoffice"))
    parser.add_argument("--timeout", type=float, default=60, metavar="SECONDS")


def pdf_file(options: Namespace) -> str:
    pdf = convert(read(options.document), engine=options.engine, timeout_seconds=options.timeout)
    write(options.out, pdf.bytes)
    return f"Wrote {options.out} ({pdf.engine} {pdf.version})"


def verify_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("file", metavar="FILE")
    parser.add_argument("--agreement", metavar="CODE", help="compare with this agreement")
    parser.add_argument("--json", action="store_true", help="print JSON alone")


def verify_file(options: Namespace) -> str:
    """Raises NotValid, which carries the same text, unless the file is valid."""
    pdf = read(options.file)
    verdict = verify(pdf, expected=_expected(pdf, options.agreement))
    text = json.dumps(as_data(verdict), indent=2) if options.json else as_text(verdict)
    if verdict.status != "valid":
        raise NotValid(text)
    return text


def _expected(pdf: bytes, code: str | None) -> Expected:
    """Without an agreement, any file in the vault counts as kept here."""
    if code is None:
        kept = StoredFile.objects.filter(sha256=hashlib.sha256(pdf).hexdigest())
        return Expected(set(kept.values_list("sha256", flat=True)))
    expected = expected_for(code)
    if expected is None:
        raise PaperError(f"There is no agreement {code}.")
    return expected


SUBCOMMANDS: dict[str, Subcommand] = {
    "render": (render_arguments, render_file),
    "pdf": (pdf_arguments, pdf_file),
    "verify": (verify_arguments, verify_file),
}


class Command(BaseCommand):
    help = "Fill a Word template, turn a Word document into a PDF, or verify a signed PDF."

    def add_arguments(self, parser: ArgumentParser) -> None:
        commands = parser.add_subparsers(dest="subcommand", required=True)
        for name, (declare, _) in SUBCOMMANDS.items():
            declare(commands.add_parser(name))

    def handle(self, *args: Any, **options: Any) -> None:
        _, run = SUBCOMMANDS[options["subcommand"]]
        try:
            self.stdout.write(run(Namespace(**options)))
        except NotValid as verdict:
            self.stdout.write(str(verdict))
            sys.exit(1)
        except (PaperError, SealFailed) as error:
            raise CommandError(str(error)) from error
