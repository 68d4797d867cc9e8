"""Downloads: the stored bytes, verified, for those who may read the agreement."""

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.http import content_disposition_header
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe

from contracts.agreements.models import Agreement, AgreementVersion
from contracts.agreements.views.answering import found
from contracts.agreements.views.sheets import files_of
from vetting.people.access import sign_in_required
from vetting.people.middleware import PersonRequest
from vetting.vault.models import StoredFile
from vetting.vault.protocol import VaultError
from vetting.vault.queries import read
from vetting.vault.rules import tidy_name

PDF = "application/pdf"


@sign_in_required
@xframe_options_sameorigin
@require_safe
def download(request: PersonRequest, code: str, number: int, kind: str) -> HttpResponse:
    """`?inline` shows a PDF in the page instead of saving it."""
    agreement = found(request, code)
    version = agreement.versions.filter(number=number).first()
    files = {row.kind: row.stored for row in files_of(version)} if version else {}
    if version is None or kind not in files:
        raise Http404
    try:
        data = read(files[kind])
    except VaultError as fault:
        context = {"agreement": agreement, "fault": str(fault)}
        return render(request, "contracts/agreements/no_file.html", context, status=503)
    name = file_name(agreement, version, kind, files[kind])
    return file_response(files[kind], data, name=name, inline="inline" in request.GET)


def file_name(agreement: Agreement, version: AgreementVersion, kind: str, file: StoredFile) -> str:
    ending = "pdf" if file.content_type == PDF else "docx"
    what = {"signed": " signed", "certificate": " certificate"}.get(kind, "")
    return tidy_name(f"{agreement.title} {agreement.code} v{version.number}{what}.{ending}")


def file_response(
    stored: StoredFile, data: bytes, *, name: str, inline: bool = False
) -> HttpResponse:
    """The bytes with their name and fingerprint; only a PDF is ever shown in the page."""
    shown = inline and stored.content_type == PDF
    response = HttpResponse(data, content_type=stored.content_type)
    response.headers["Content-Disposition"] = content_disposition_header(not shown, name) or ""
    response.headers["X-Content-SHA256"] = stored.sha256
    response.headers["Cache-Control"] = "private, no-store"
    # The strict policy of our pages would stop the browser's own PDF viewer.
    response.headers["Content-Security-Policy"] = "frame-ancestors 'self'"
    return response
