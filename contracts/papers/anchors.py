"""Places to sign: words in a template that mark them, and the same document without these words."""

import io
import zipfile
from collections.abc import Sequence

from lxml import etree

from contracts.papers.text import W

BODY = "word/document.xml"
# As high as the words were, so that nothing on the page moves.
BLANK = "\u00a0"


def without(docx: bytes, words: Sequence[str]) -> bytes:
    """The document with a blank in the place of each of these words, in whichever runs they stand.

    A white or covered word would still be copied, searched and read aloud.
    """
    made = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(docx)) as package,
        zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as blanked,
    ):
        for entry in package.infolist():
            content = package.read(entry)
            blanked.writestr(entry, _blanked(content, words) if entry.filename == BODY else content)
    return made.getvalue()


def _blanked(xml: bytes, words: Sequence[str]) -> bytes:
    root = etree.fromstring(xml)
    for paragraph in root.iter(f"{W}p"):
        texts = list(paragraph.iter(f"{W}t"))
        for word in words:
            _blank(texts, word)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)


def _blank(texts: list[etree._Element], word: str) -> None:
    """Word may cut a text into runs anywhere, so it is looked for across them."""
    whole = "".join(text.text or "" for text in texts)
    start = whole.find(word)
    if start < 0:
        return
    at = 0
    for text in texts:
        here = text.text or ""
        first, last = max(start - at, 0), min(start + len(word) - at, len(here))
        if first < last:
            blank = BLANK if at + first == start else ""
            text.text = here[:first] + blank + here[last:]
        at += len(here)
