"""From words to a Word file: reads the plain text under words/ and sets it with python-docx.

The text is what counsel reviews: a change of words shows as a change of lines. A paragraph is a
block between blank lines, and its first mark says what it is (the marks are in words/dpa.txt).
``build(name)`` returns the same bytes every time.
"""

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from docx.document import Document

from contracts.papers.rendering import repack

from .rules import TITLES
from .tables import TABLES, definitions
from .typesetting import Sheet, new_document

WORDS = Path(__file__).with_name("words")
_MARKS = {
    "#": "article",
    "-": "item",
    ">": "plain",
    "!": "exhibit",
    "?": "heading",
    "*": "bullet",
    "=": "definition",
    "@": "table",
}
_BOLD = re.compile(r"\*\*(.+?)\*\*")


@dataclass(frozen=True, slots=True)
class Block:
    """One paragraph of the words: what it is, and its text."""

    kind: str
    text: str


def parse(words: str) -> Iterator[Block]:
    lines = "\n".join(line for line in words.splitlines() if not line.startswith("//"))
    for raw in re.split(r"\n\s*\n|\n(?=\{%p|@)|(?<=%\})\n(?!\s*\n)", lines):
        text = " ".join(raw.split())
        if text.startswith("{%p"):
            yield Block("control", text)
        elif text.startswith("**"):
            yield Block("clause", text)
        elif text:
            yield Block(_MARKS[text[0]], text[1:].strip())


def build(name: str) -> bytes:
    """The template as .docx bytes. Raises KeyError on a mark or a table that does not exist."""
    document = new_document(TITLES[name])
    sheet = Sheet(document)
    terms: list[str] = []
    for block in parse((WORDS / f"{name}.txt").read_text()):
        if terms and block.kind != "definition":
            definitions(document, terms)
            terms = []
        if block.kind == "definition":
            terms.append(block.text)
        else:
            _set(document, sheet, block)
    return _bytes_of(document)


def _set(document: Document, sheet: Sheet, block: Block) -> None:
    if block.kind == "table":
        TABLES[block.text](document)
    elif block.kind == "exhibit":
        sheet.exhibit(*(part.strip() for part in block.text.split("|")))
    else:
        paragraph = sheet.paragraph(block.kind)
        # Odd pieces are the lead-ins between ** and **.
        for n, piece in enumerate(_BOLD.split(block.text)):
            if piece:
                paragraph.add_run(piece).bold = True if n % 2 else None


def _bytes_of(document: Document) -> bytes:
    written = io.BytesIO()
    document.save(written)
    return repack(written.getvalue())
