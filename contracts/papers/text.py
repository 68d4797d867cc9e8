"""The words of a Word file and of a PDF, to compare one with the other.

pdfium keeps global state and crashes when two threads are inside it: the functions that read a PDF
belong in a process of their own (the worker) or in a test.
"""

import io
import re
import threading
import unicodedata
import zipfile
from collections.abc import Iterator

import pypdfium2
from lxml import etree

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_TEXT_PARTS = re.compile(r"word/(document|header\d*|footer\d*|footnotes)\.xml\Z")
# pdfium writes a hyphen that ends a line as one of these.
_HYPHENS = str.maketrans({"\x02": "-", "\ufffe": "-", "\u00ad": "-"})

# PDFium keeps global state: two threads inside it at once may crash the process. All take this.
PDFIUM = threading.Lock()


def paragraphs_of_docx(docx: bytes) -> Iterator[str]:
    """The text of each paragraph of body, headers, footers and footnotes; fields are left out."""
    with zipfile.ZipFile(io.BytesIO(docx)) as package:
        for name in filter(_TEXT_PARTS.match, package.namelist()):
            for paragraph in etree.fromstring(package.read(name)).iter(f"{W}p"):
                yield "".join(_runs(paragraph))


def _runs(paragraph: etree._Element) -> Iterator[str]:
    for node in paragraph.iter(f"{W}t", f"{W}tab", f"{W}br"):
        in_field = next(node.iterancestors(f"{W}fldSimple"), None) is not None
        if node.tag != f"{W}t":
            yield " "
        elif not in_field:
            yield node.text or ""


def of_docx(docx: bytes) -> str:
    return "\n".join(paragraphs_of_docx(docx))


def pages_of_pdf(pdf: bytes) -> list[str]:
    with PDFIUM:
        document = pypdfium2.PdfDocument(pdf)
        try:
            return [page.get_textpage().get_text_range().translate(_HYPHENS) for page in document]
        finally:
            document.close()


def page_count(pdf: bytes) -> int:
    with PDFIUM:
        document = pypdfium2.PdfDocument(pdf)
        try:
            return len(document)
        finally:
            document.close()


def of_pdf(pdf: bytes) -> str:
    return "\n".join(pages_of_pdf(pdf))


def squeezed(text: str) -> str:
    """Without any white space: lines break elsewhere on paper."""
    return "".join(unicodedata.normalize("NFKC", text).split())
