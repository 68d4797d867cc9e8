"""The converting process: ``python -m contracts.papers.worker ENGINE FOLDER MEMORY_MB SECONDS``.

Reads FOLDER/in.docx, writes FOLDER/in.pdf. Runs alone, without Django and without our environment,
because both engines are large programs that parse hostile files: dxpdf has crashed on deep XML and
LibreOffice has fetched a remote picture. Exit 0, or 1 with one sentence on standard error.
"""

import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

from contracts.papers.confined import confine

LIBREOFFICE = ["--headless", "--norestore", "--nolockcheck", "--nodefault", "--convert-to", "pdf"]


def by_dxpdf(source: Path, target: Path) -> None:
    import dxpdf

    target.write_bytes(dxpdf.convert(source.read_bytes()))


def by_libreoffice(source: Path, target: Path) -> None:
    program = os.environ["PAPERS_LIBREOFFICE"]
    profile = f"-env:UserInstallation=file://{source.parent}/profile"
    argv = [program, profile, *LIBREOFFICE, "--outdir", str(target.parent), str(source)]
    subprocess.run(argv, check=True, stdout=subprocess.DEVNULL)  # noqa: S603  # fixed argv, no shell


def lost(source: Path, target: Path) -> str:
    """Characters of the document that the PDF lacks: both engines can drop text silently."""
    from . import text

    written, shown = text.of_docx(source.read_bytes()), text.of_pdf(target.read_bytes())
    short = Counter(text.squeezed(written)) - Counter(text.squeezed(shown))
    return "".join(sorted(short))


def main(engine: str, folder: str, memory_mb: str, seconds: str) -> int:
    confine(int(memory_mb), int(seconds))
    source, target = Path(folder, "in.docx"), Path(folder, "in.pdf")
    try:
        {"dxpdf": by_dxpdf, "libreoffice": by_libreoffice}[engine](source, target)
        missing = lost(source, target)
    except Exception as error:
        print(f"The document could not be turned into a PDF: {error}", file=sys.stderr)
        return 1
    if missing:
        print(
            f"The PDF would lose text of the document, these characters: {missing[:40]} "
            "If our fonts lack them, write them in Latin letters.",
            file=sys.stderr,
        )
    return int(bool(missing))


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
