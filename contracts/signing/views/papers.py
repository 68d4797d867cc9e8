"""Handing out a stored file, so that a page of ours may show it."""

import pypdfium2
from django.http import HttpResponse
from django.utils.http import content_disposition_header

from contracts.papers.text import PDFIUM
from vetting.vault.models import StoredFile
from vetting.vault.queries import read

# Chromium draws a PDF with a page of its own, which a policy for our pages would break; the file
# is made and sealed here, and only our own pages may frame it.
PAPER_POLICY = "frame-ancestors 'self'"


def hand_out(stored: StoredFile, *, name: str, inline: bool) -> HttpResponse:
    answer = HttpResponse(read(stored), content_type=stored.content_type)
    answer["Content-Disposition"] = content_disposition_header(not inline, name) or "inline"
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Content-Security-Policy"] = PAPER_POLICY
    answer["X-Frame-Options"] = "SAMEORIGIN"
    answer["X-Content-SHA256"] = stored.sha256
    answer["Cache-Control"] = "no-store"
    return answer


_counted: dict[str, int] = {}


def pages_in(stored: StoredFile) -> int:
    """The same bytes always have the same number of pages, so each file is opened once."""
    if stored.sha256 not in _counted:
        _counted[stored.sha256] = _count(read(stored))
    return _counted[stored.sha256]


def _count(pdf: bytes) -> int:
    with PDFIUM:
        document = pypdfium2.PdfDocument(pdf)
        try:
            return len(document)
        finally:
            document.close()
