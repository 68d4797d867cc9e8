"""Open data: the same lines as the page, as JSON and CSV, for anybody."""

import csv
from io import StringIO

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from contracts.registry import queries, rules
from contracts.registry.rules import Line


@require_safe
def tools_json(request: HttpRequest) -> HttpResponse:
    """{"district", "as_of", "tools": [record]}; an unknown district answers 404 with a sentence."""
    now = timezone.now()
    district = queries.district_named(request.GET.get("district", ""))
    if district is None:
        return JsonResponse({"error": _which()}, status=404)
    lines = queries.tools_you_may_use(district, now)
    body = {
        "district": {"code": district.code, "name": district.name},
        "as_of": now.isoformat(timespec="seconds"),
        "tools": [rules.record(line, agreement_url(line)) for line in lines],
    }
    return _open(JsonResponse(body, json_dumps_params={"ensure_ascii": False, "indent": 1}))


@require_safe
def tools_csv(request: HttpRequest) -> HttpResponse:
    """The same records; the first row names the columns, lists are joined by "; "."""
    district = queries.district_named(request.GET.get("district", ""))
    if district is None:
        return HttpResponse(_which(), status=404, content_type="text/plain; charset=utf-8")
    text = StringIO()
    writer = csv.writer(text)
    writer.writerow(rules.COLUMNS)
    for line in queries.tools_you_may_use(district, timezone.now()):
        writer.writerow(rules.flat(rules.record(line, agreement_url(line))))
    answer = HttpResponse(text.getvalue(), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="approved-tools-{district.code}.csv"'
    return _open(answer)


def agreement_url(line: Line) -> str:
    if line.contract is None:
        return ""
    return settings.SITE_URL + reverse("registry:file", args=[line.contract.code, "agreement"])


def _which() -> str:
    codes = ", ".join(district.code for district in queries.districts())
    return f"Name one district: ?district=CODE, where CODE is one of: {codes or 'none yet'}."


def _open(answer: HttpResponse) -> HttpResponse:
    answer["Access-Control-Allow-Origin"] = "*"
    return answer
