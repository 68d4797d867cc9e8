"""The converting process: ``python -m contracts.papers.worker ENGINE FOLDER MEMORY_MB SECONDS``.

Of each N.docx in FOLDER writes N.pdf and, in N.json, the text of its pages. Runs alone, without
Django and without our environment, because both engines are large programs that parse hostile
files: dxpdf has crashed on deep XML and LibreOffice has fetched a remote picture. Exit 0, or 1 with
one sentence on standard error.
"""

import json
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


def converted(engine: str, source: Path) -> str:
    """Characters of the document that the PDF lacks: both engines can drop text silently."""
    from . import text

    target = source.with_suffix(".pdf")
    {"dxpdf": by_dxpdf, "libreoffice": by_libreoffice}[engine](source, target)
    written, pages = text.of_docx(source.read_bytes()), text.pages_of_pdf(target.read_bytes())
    source.with_suffix(".json").write_text(json.dumps(pages))
    short = Counter(text.squeezed(written)) - Counter(text.squeezed("\n".join(pages)))
    return "".join(sorted(short))


def main(engine: str, folder: str, memory_mb: str, seconds: str) -> int:
    confine(int(memory_mb), int(seconds))
    try:
        missing = "".join(
            converted(engine, source) for source in sorted(Path(folder).glob("*.docx"))
        )
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
