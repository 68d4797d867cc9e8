"""Downloads: the stored bytes, verified, for those who may read the agreement."""

from django.http import Http404, HttpResponse
from django.views.decorators.http import require_safe

from contracts.agreements.models import Agreement, AgreementVersion
from contracts.agreements.views.answering import found
from contracts.agreements.views.sheets import files_of
from vetting.people.access import sign_in_required
from vetting.people.middleware import PersonRequest
from vetting.vault.models import StoredFile
from vetting.vault.rules import tidy_name
from vetting.vault.views import PDF, hand_out

AWAY = "contracts/agreements/no_file.html"


@sign_in_required
@require_safe
def download(request: PersonRequest, code: str, number: int, kind: str) -> HttpResponse:
    """`?inline` shows a PDF in the page instead of saving it."""
    agreement = found(request, code)
    version = agreement.versions.filter(number=number).first()
    files = {row.kind: row.stored for row in files_of(version)} if version else {}
    if version is None or kind not in files:
        raise Http404
    return hand_out(
        request,
        files[kind],
        name=file_name(agreement, version, kind, files[kind]),
        inline="inline" in request.GET,
        away=AWAY,
        context={"agreement": agreement},
    )


def file_name(agreement: Agreement, version: AgreementVersion, kind: str, file: StoredFile) -> str:
    ending = "pdf" if file.content_type == PDF else "docx"
    what = {"signed": " signed", "certificate": " certificate"}.get(kind, "")
    return tidy_name(f"{agreement.title} {agreement.code} v{version.number}{what}.{ending}")
