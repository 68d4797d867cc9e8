"""The text of the specimen's PDF. `python -m tests.contracts.library.golden` writes it anew:
read the difference before you commit it."""

from pathlib import Path

from contracts.library import specimen
from contracts.library.rules import CertificateFields, DpaFields, context_of
from contracts.papers import text
from contracts.papers.golden import SHIPPED
from contracts.papers.pdf import Pdf, convert
from contracts.papers.rendering import render

FOLDER = Path(__file__).with_name("golden")
SPECIMENS = {"dpa": specimen.dpa, "certificate": specimen.certificate}


def filled(name: str, fields: DpaFields | CertificateFields | None = None) -> bytes:
    template = (SHIPPED / f"{name}.docx").read_bytes()
    return render(template, context_of(fields or SPECIMENS[name]()))


def made(name: str, fields: DpaFields | CertificateFields | None = None) -> Pdf:
    return convert(filled(name, fields))


def pages(pdf: bytes) -> str:
    """The words page by page; where a line breaks is the font's affair, so lines are joined."""
    return "\n\n".join(" ".join(page.split()) for page in text.pages_of_pdf(pdf)) + "\n"


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for each in SPECIMENS:
        (FOLDER / f"{each}.txt").write_text(pages(made(each).bytes))
