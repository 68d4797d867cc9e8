"""The public list. No sign-in and no cookie: nothing here touches the session."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from zoneinfo import ZoneInfo

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from contracts.registry import queries, rules
from vetting.pages import Link, paginate
from vetting.people.models import District
from vetting.people.rules import GRADES
from vetting.vault.views import hand_out

PublicView = Callable[..., HttpResponse]


def public(view: PublicView) -> PublicView:
    """Find the district the visitor means and show its own times; without one, offer a choice."""

    @require_safe
    @wraps(view)
    def shown(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        asked = request.GET.get("district", "")
        district = queries.district_named(asked)
        if district is None:
            status = 404 if asked else 200
            found = {"districts": queries.districts(), "asked": asked}
            return render(request, "contracts/registry/districts.html", found, status=status)
        with timezone.override(ZoneInfo(district.tenant.zone)):
            return view(request, district, *args, **kwargs)

    return shown


def _frame(district: District, request: HttpRequest, here: str) -> dict[str, Any]:
    keep = f"?district={district.code}" if request.GET.get("district") else ""
    links = [
        Link("Tools you may use", reverse("registry:tools") + keep, current=here == "tools"),
        Link("Contracts we hold", reverse("registry:contracts") + keep, current=here == "held"),
    ]
    return {
        "district": district,
        "home_url": reverse("registry:tools") + keep,
        "public_links": links,
        "keep": keep,
    }


@public
def tools(request: HttpRequest, district: District) -> HttpResponse:
    asked = {name: request.GET.get(name, "").strip() for name in ("q", "school", "grade")}
    lines = queries.tools_you_may_use(district, timezone.now())
    found = rules.matching(lines, asked["q"], school=asked["school"], grade=asked["grade"])
    context = _frame(district, request, "tools") | {
        "page": paginate(request, found),
        "found": len(found),
        "all": len(lines),
        "asked": asked,
        "schools": queries.school_names(district),
        "grades": GRADES.items(),
    }
    return render(request, "contracts/registry/tools.html", context)


@public
def tool(request: HttpRequest, district: District, code: str) -> HttpResponse:
    lines = queries.tools_you_may_use(district, timezone.now())
    line = next((line for line in lines if line.code == code), None)
    if line is None:
        context = _frame(district, request, "") | {"code": code}
        return render(request, "contracts/registry/not_listed.html", context, status=404)
    context = _frame(district, request, "tools") | {"line": line}
    return render(request, "contracts/registry/tool.html", context)


@public
def contracts(request: HttpRequest, district: District) -> HttpResponse:
    held = queries.contracts_we_hold(district, timezone.now())
    context = _frame(district, request, "held") | {"page": paginate(request, held)}
    return render(request, "contracts/registry/contracts.html", context)


@require_safe
def file(request: HttpRequest, code: str, which: str) -> HttpResponse:
    """The signed agreement or its certificate, while the contract is public."""
    stored = queries.public_file(code, which, timezone.now())
    if stored is None:
        raise Http404
    return hand_out(request, stored, name=f"{which}-{code}.pdf", inline=True, personal=False)
