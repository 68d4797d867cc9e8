"""Word document in, PDF out, by one of two engines in a process that can be killed.

``convert(docx)`` chooses: **dxpdf** for a document made from a template that we ship and test
(``golden.made_from``), LibreOffice for anything else, and a refusal that names what is needed
where LibreOffice is not installed. Never a silent second choice: dxpdf loses text on documents it
was not tested with. The same document gives the same bytes under dxpdf.

Raises ``ConversionRefused`` (do something else) or ``ConversionFailed`` (this document, this
time), each with a sentence to show.
"""

import json
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Literal

from . import confined, fonts, golden, guard
from .rules import PaperError

Engine = Literal["dxpdf", "libreoffice"]
MEMORY_MB = {"dxpdf": 1536, "libreoffice": 4096}


class ConversionRefused(PaperError):
    """No engine here may convert this document."""


class ConversionFailed(PaperError):
    """The engine crashed, ran too long or lost text."""


@dataclass(frozen=True, slots=True)
class Printed:
    """A PDF and the text of each of its pages, as the engine's process read it."""

    bytes: bytes
    pages: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Pdf(Printed):
    """The file, and which engine of which version made it (kept as evidence)."""

    engine: Engine
    version: str


def convert(docx: bytes, *, engine: Engine | None = None, timeout_seconds: float = 60) -> Pdf:
    return convert_all([docx], engine=engine, timeout_seconds=timeout_seconds)[0]


def convert_all(
    documents: Sequence[bytes], *, engine: Engine | None = None, timeout_seconds: float = 60
) -> list[Pdf]:
    """Several documents by one engine in one process: starting it costs as much as converting.

    `timeout_seconds` is for each of them.
    """
    chosen = _engine_for(documents, engine)
    known = engine_version(chosen)
    printed = run_workers(documents, chosen, timeout_seconds)
    return [Pdf(one.bytes, one.pages, chosen, known) for one in printed]


def _engine_for(documents: Sequence[bytes], wanted: Engine | None) -> Engine:
    problems = [problem for docx in documents for problem in guard.docx_problems(docx)]
    if problems:
        raise ConversionRefused(" ".join(dict.fromkeys(problems)))
    ours = all(golden.made_from(docx) for docx in documents)
    chosen: Engine = wanted or ("dxpdf" if ours else "libreoffice")
    if chosen == "dxpdf" and not ours:
        raise ConversionRefused(
            "This document was not made from a template that we ship and test, so the built-in PDF "
            "engine may lose text. It needs LibreOffice."
        )
    if chosen == "libreoffice" and not libreoffice():
        raise ConversionRefused(
            "This document was not made from a template that we ship, so turning it into a PDF "
            "needs LibreOffice, which is not installed here. Install it (on Debian or Ubuntu: "
            "apt install libreoffice-writer), or upload a PDF."
        )
    return chosen


def libreoffice() -> str | None:
    return shutil.which("soffice") or shutil.which("libreoffice")


def engine_version(engine: Engine) -> str:
    if engine == "dxpdf":
        return version("dxpdf")
    argv = [libreoffice() or "soffice", "--version"]
    said = subprocess.run(argv, capture_output=True, text=True, timeout=30, check=False)  # noqa: S603  # fixed argv
    return said.stdout.strip()


def run_worker(docx: bytes, engine: Engine, timeout_seconds: float) -> bytes:
    return run_workers([docx], engine, timeout_seconds)[0].bytes


def run_workers(
    documents: Sequence[bytes], engine: Engine, timeout_seconds: float
) -> list[Printed]:
    """Converts without asking whether it should: ``convert`` asks. Kills the group when late."""
    seconds = timeout_seconds * len(documents)
    with tempfile.TemporaryDirectory(prefix="papers-") as name:
        folder = Path(name)
        for number, docx in enumerate(documents):
            (folder / f"{number}.docx").write_bytes(docx)
        try:
            confined.run(
                "contracts.papers.worker",
                folder,
                arguments=[engine],
                environment=_environment(folder),
                memory_mb=MEMORY_MB[engine],
                seconds=seconds,
            )
        except confined.TookTooLong:
            raise ConversionFailed(
                f"The PDF was not ready after {seconds:g} seconds: the conversion was stopped."
            ) from None
        except confined.Crashed as crash:
            raise ConversionFailed(f"The PDF engine crashed on this document ({crash}).") from None
        except confined.Stopped as end:
            said = str(end) or "The PDF engine stopped without a reason."
            raise ConversionFailed(said) from None
        return list(_printed_in(folder, len(documents)))


def _printed_in(folder: Path, count: int) -> Iterator[Printed]:
    for number in range(count):
        pages = json.loads((folder / f"{number}.json").read_text())
        yield Printed((folder / f"{number}.pdf").read_bytes(), tuple(pages))


def _environment(folder: Path) -> dict[str, str]:
    given = {
        "SOURCE_DATE_EPOCH": "315532800",
        "FONTCONFIG_FILE": str(fonts.write_configuration(folder)),
    }
    program = libreoffice()
    return {**given, "PAPERS_LIBREOFFICE": program} if program else given
