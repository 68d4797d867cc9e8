"""Word document in, PDF out, by one of two engines in a process that can be killed.

``convert(docx)`` chooses: **dxpdf** for a document made from a template that we ship and test
(``golden.made_from``), LibreOffice for anything else, and a refusal that names what is needed
where LibreOffice is not installed. Never a silent second choice: dxpdf loses text on documents it
was not tested with. The same document gives the same bytes under dxpdf.

Raises ``ConversionRefused`` (do something else) or ``ConversionFailed`` (this document, this
time), each with a sentence to show.
"""

import shutil
import subprocess
import tempfile
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
class Pdf:
    """The file, and which engine of which version made it (kept as evidence)."""

    bytes: bytes
    engine: Engine
    version: str


def convert(docx: bytes, *, engine: Engine | None = None, timeout_seconds: float = 60) -> Pdf:
    problems = guard.docx_problems(docx)
    if problems:
        raise ConversionRefused(" ".join(problems))
    ours = golden.made_from(docx)
    chosen = engine or ("dxpdf" if ours else "libreoffice")
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
    return Pdf(run_worker(docx, chosen, timeout_seconds), chosen, engine_version(chosen))


def libreoffice() -> str | None:
    return shutil.which("soffice") or shutil.which("libreoffice")


def engine_version(engine: Engine) -> str:
    if engine == "dxpdf":
        return version("dxpdf")
    argv = [libreoffice() or "soffice", "--version"]
    said = subprocess.run(argv, capture_output=True, text=True, timeout=30, check=False)  # noqa: S603  # fixed argv
    return said.stdout.strip()


def run_worker(docx: bytes, engine: Engine, timeout_seconds: float) -> bytes:
    """Converts without asking whether it should: ``convert`` asks. Kills the group when late."""
    with tempfile.TemporaryDirectory(prefix="papers-") as name:
        folder = Path(name)
        (folder / "in.docx").write_bytes(docx)
        try:
            confined.run(
                "contracts.papers.worker",
                folder,
                arguments=[engine],
                environment=_environment(folder),
                memory_mb=MEMORY_MB[engine],
                seconds=timeout_seconds,
            )
        except confined.TookTooLong:
            raise ConversionFailed(
                f"The PDF was not ready after {timeout_seconds:g} seconds: the conversion was "
                "stopped."
            ) from None
        except confined.Crashed as crash:
            raise ConversionFailed(f"The PDF engine crashed on this document ({crash}).") from None
        except confined.Stopped as end:
            said = str(end) or "The PDF engine stopped without a reason."
            raise ConversionFailed(said) from None
        return (folder / "in.pdf").read_bytes()


def _environment(folder: Path) -> dict[str, str]:
    given = {
        "SOURCE_DATE_EPOCH": "315532800",
        "FONTCONFIG_FILE": str(fonts.write_configuration(folder)),
    }
    program = libreoffice()
    return {**given, "PAPERS_LIBREOFFICE": program} if program else given
