"""Write the shipped templates from their words, and admit them to the built-in PDF engine.

A template enters `papers/golden.json` only when its specimen has become a PDF that carries every
character of the document; `papers.golden` then recognizes the documents that are made from it.
"""

import hashlib
import json
from collections.abc import Callable

from contracts.papers.golden import GOLDEN_FILE, SHIPPED
from contracts.papers.pdf import run_worker
from contracts.papers.rendering import render

from . import authoring, specimen
from .rules import CertificateFields, DpaFields, context_of

SPECIMENS: dict[str, Callable[[], DpaFields | CertificateFields]] = {
    "dpa": specimen.dpa,
    "certificate": specimen.certificate,
}


def build_all() -> list[str]:
    """Write templates/docx/*.docx and golden.json; the names written. Raises PaperError."""
    built = {f"{name}.docx": authoring.build(name) for name in SPECIMENS}
    for name, make in SPECIMENS.items():
        run_worker(render(built[f"{name}.docx"], context_of(make())), "dxpdf", 60)
    SHIPPED.mkdir(parents=True, exist_ok=True)
    for filename, content in built.items():
        (SHIPPED / filename).write_bytes(content)
    digests = {name: hashlib.sha256(content).hexdigest() for name, content in built.items()}
    GOLDEN_FILE.write_text(json.dumps(digests, indent=2, sort_keys=True) + "\n")
    return sorted(built)
