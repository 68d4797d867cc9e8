"""Handing out a stored file: the one place that decides under which headers."""

import logging
from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import content_disposition_header

from vetting.vault.models import StoredFile
from vetting.vault.protocol import VaultError
from vetting.vault.queries import read
from vetting.vault.rules import tidy_name

log = logging.getLogger("vetting.vault")
PDF = "application/pdf"
# Chromium draws a PDF with a page of its own, which the policy for our pages would break. Only a
# PDF is shown: it is made and sealed here, and only our own pages may frame it.
PAPER_POLICY = "frame-ancestors 'self'"


def hand_out(
    request: HttpRequest,
    stored: StoredFile,
    *,
    name: str,
    inline: bool,
    personal: bool = True,
    away: str = "vetting/vault/no_file.html",
    context: Mapping[str, Any] | None = None,
) -> HttpResponse:
    """The verified bytes; a page that says so (503) while they cannot be read.

    `personal`: no cache may keep it. `away` and `context`: that page and what it shows.
    """
    try:
        data = read(stored)
    except VaultError as fault:
        log.error("A file could not be handed out: %s", fault)
        answer = render(request, away, {**(context or {}), "fault": fault.says}, status=503)
        answer["Cache-Control"] = "no-store"
        return answer
    shown = inline and stored.content_type == PDF
    answer = HttpResponse(data, content_type=stored.content_type)
    answer["Content-Disposition"] = content_disposition_header(not shown, tidy_name(name)) or ""
    answer["X-Content-Type-Options"] = "nosniff"
    answer["X-Content-SHA256"] = stored.sha256
    if shown:
        answer["Content-Security-Policy"] = PAPER_POLICY
        answer["X-Frame-Options"] = "SAMEORIGIN"
    if personal:
        answer["Cache-Control"] = "private, no-store"
    return answer
