"""Small Word files for the tests of this room."""

import io
import zipfile
from collections.abc import Mapping

import docx


def word(*paragraphs: str, title: str = "", rows: tuple[str, ...] = (), header: str = "") -> bytes:
    document = docx.Document()
    document.styles["Normal"].font.name = "Public Sans"
    document.core_properties.title = title
    document.sections[0].header.paragraphs[0].text = header
    for text in paragraphs:
        document.add_paragraph(text)
    if rows:
        table = document.add_table(len(rows), 1)
        for cell, text in zip(table.column_cells(0), rows, strict=True):
            cell.text = text
    written = io.BytesIO()
    document.save(written)
    return written.getvalue()


def words_of(content: bytes) -> list[str]:
    document = docx.Document(io.BytesIO(content))
    cells = [cell.text for table in document.tables for cell in table.column_cells(0)]
    return [p.text for p in document.paragraphs if p.text] + cells


def title_of(content: bytes) -> str:
    return docx.Document(io.BytesIO(content)).core_properties.title


def with_parts(content: bytes, parts: Mapping[str, bytes]) -> bytes:
    """The same package with some parts added or replaced."""
    written = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(written, "w") as new:
        for name in old.namelist():
            if name not in parts:
                new.writestr(name, old.read(name), zipfile.ZIP_DEFLATED)
        for name, data in parts.items():
            new.writestr(name, data, zipfile.ZIP_DEFLATED)
    return written.getvalue()


def part(content: bytes, name: str) -> bytes:
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        return package.read(name)
