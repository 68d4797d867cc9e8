"""``manage.py papers render|pdf``: documents from the shell.

A subcommand is one function that takes the parsed options and returns what to print; it is added
in ``SUBCOMMANDS`` beside a function that declares its arguments. A ``PaperError`` becomes one
sentence on standard error and exit 1, and nothing has been written.
"""

import json
from argparse import ArgumentParser, Namespace
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from contracts.papers.pdf import convert
from contracts.papers.rendering import render
from contracts.papers.rules import PaperError

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


SUBCOMMANDS: dict[str, Subcommand] = {
    "render": (render_arguments, render_file),
    "pdf": (pdf_arguments, pdf_file),
}


class Command(BaseCommand):
    help = "Fill a Word template, or turn a Word document into a PDF."

    def add_arguments(self, parser: ArgumentParser) -> None:
        commands = parser.add_subparsers(dest="subcommand", required=True)
        for name, (declare, _) in SUBCOMMANDS.items():
            declare(commands.add_parser(name))

    def handle(self, *args: Any, **options: Any) -> None:
        _, run = SUBCOMMANDS[options["subcommand"]]
        try:
            self.stdout.write(run(Namespace(**options)))
        except PaperError as error:
            raise CommandError(str(error)) from error
