"""Checking a file in public: read, judged, forgotten. No sign-in, no cookie, nothing kept."""

from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils import timezone
from django.utils.datastructures import MultiValueDict
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from contracts.papers.guard import MAX_FILE
from contracts.papers.pdf_guard import pdf_problems
from contracts.registry.queries import district_named
from contracts.signing import queries, rules
from contracts.signing.forms import VerifyForm
from contracts.signing.reporting import IN_WORDS, as_words, tone_of
from contracts.signing.verifying import CheckStopped, Verdict, verify_apart
from vetting import limits
from vetting.pages import UNPROCESSABLE

# The rest of a form around the file: borders and names.
AROUND = 64 * 1024


@csrf_exempt  # whoever posts here changes nothing and is nobody
@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest) -> HttpResponse:
    if request.method != "POST":
        return _show(request, VerifyForm())
    if not limits.within("verify", limits.address_of(request), most=limits.CHECKS_A_MINUTE):
        return limits.too_many(request)
    if _too_long(request):
        form = VerifyForm(QueryDict(), MultiValueDict())
        form.errors.clear()
        form.add_error("file", f"The file is larger than {MAX_FILE // (1024 * 1024)} MB.")
        return _show(request, form, status=413)
    form = VerifyForm(request.POST, request.FILES)
    if not form.is_valid():
        return _show(request, form, status=UNPROCESSABLE)
    return _judge(request, form, form.cleaned_data["file"])


def _too_long(request: HttpRequest) -> bool:
    """Asked before the body is read at all."""
    said = request.headers.get("Content-Length", "")
    return said.isdecimal() and int(said) > MAX_FILE + AROUND


def _judge(request: HttpRequest, form: VerifyForm, file: UploadedFile) -> HttpResponse:
    data = file.read(MAX_FILE + 1)
    if problems := pdf_problems(data):
        for problem in problems:
            form.add_error("file", problem)
        return _show(request, form, status=UNPROCESSABLE)
    known = queries.known_file(data)
    try:
        verdict = verify_apart(data, expected=known.expected)
    except CheckStopped as stopped:
        form.add_error("file", str(stopped))
        return _show(request, form, status=UNPROCESSABLE)
    return _show(request, VerifyForm(), **_in_words(verdict, known))


def _in_words(verdict: Verdict, known: queries.KnownFile) -> dict[str, Any]:
    whole = any(report.covers_all for report in verdict.signatures)
    return {
        "verdict": verdict,
        "tone": tone_of(verdict),
        "headline": _headline(verdict, known),
        "known": known,
        "time": rules.clocks_in_words(r.clock for r in verdict.signatures if r.timestamped),
        "signatures": [
            as_words(report, whole=whole, signed_at=known.signed.get(report.slot))
            for report in verdict.signatures
        ],
    }


def _headline(verdict: Verdict, known: queries.KnownFile) -> str:
    """A text from before the signatures is known here, though nothing in it was sealed."""
    if known.role == "pdf" and verdict.status == "unknown_here":
        return "Known here, and not signed."
    return IN_WORDS[verdict.status]


def _show(
    request: HttpRequest, form: VerifyForm, *, status: int = 200, **found: Any
) -> HttpResponse:
    # An installation of one district speaks in its name; a consortium's speaks for itself.
    district = district_named("")
    context = {"form": form, "district": district, **found}
    with timezone.override(district.tenant.zone if district else None):
        answer = render(request, "contracts/signing/verify.html", context, status=status)
    answer["Cache-Control"] = "no-store"
    return answer
