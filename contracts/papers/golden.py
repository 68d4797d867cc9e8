"""Which documents dxpdf may convert: those made from a template that we ship and golden-test.

``golden.json`` holds the SHA-256 of each such template; ``manage.py library build`` writes it after
the template's specimen has been converted without losing a character. A filled document is
recognized by what it is made of, not by a mark that anybody could copy: its styles, numbering and
settings equal the template's, and its text uses no XML element that the template does not use.
"""

import hashlib
import io
import json
import re
import zipfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from lxml import etree

from contracts.papers.parts import once_per_part

ROOT = Path(__file__).resolve().parents[2]
SHIPPED = ROOT / "templates" / "docx"
GOLDEN_FILE = Path(__file__).with_name("golden.json")
_FILLED = re.compile(r"word/(document|header\d*|footer\d*)\.xml\Z")
_PROPERTIES = "docProps/core.xml"
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
# What docxtpl itself writes for a line break or a tab inside a value.
_BY_FILLING = frozenset({f"{_W}br", f"{_W}tab", f"{_W}r", f"{_W}rPr", f"{_W}t"})


@dataclass(frozen=True, slots=True)
class Construction:
    """What a document is made of: the elements of its text, and a digest of everything else."""

    elements: frozenset[str]
    fixed: str

    def could_come_from(self, template: "Construction") -> bool:
        return self.fixed == template.fixed and self.elements <= template.elements | _BY_FILLING


def construction(docx: bytes) -> Construction:
    elements: set[str] = set()
    fixed = hashlib.sha256()
    with zipfile.ZipFile(io.BytesIO(docx)) as package:
        for name in sorted(package.namelist()):
            content = package.read(name)
            if _FILLED.match(name):
                elements.update(str(node.tag) for node in etree.fromstring(content).iter())
            elif name != _PROPERTIES:
                fixed.update(name.encode() + b"\0" + _canonical(name, content))
    return Construction(frozenset(elements), fixed.hexdigest())


@once_per_part
def _canonical(name: str, content: bytes) -> bytes:
    """The digest of what the part says, however it was written."""
    if not name.endswith((".xml", ".rels")):
        return hashlib.sha256(content).digest()
    root = etree.fromstring(content)
    # Relationships and content types are sets: writers order them as they like.
    root[:] = sorted(root, key=etree.tostring) if name.endswith((".rels", "Types].xml")) else root
    return hashlib.sha256(etree.tostring(root, method="c14n")).digest()


def made_from(docx: bytes) -> str | None:
    """The name of the shipped, golden-tested template this document was made from, or None."""
    found = construction(docx)
    return next((n for n, c in _shipped().items() if found.could_come_from(c)), None)


@cache
def _shipped() -> dict[str, Construction]:
    known = json.loads(GOLDEN_FILE.read_text())
    files = {name: (SHIPPED / name).read_bytes() for name in known if (SHIPPED / name).exists()}
    return {
        name: construction(content)
        for name, content in files.items()
        if hashlib.sha256(content).hexdigest() == known[name]
    }
