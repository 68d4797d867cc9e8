"""The district's own details, and its color and logo as everybody's browser fetches them."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from vetting.people import commands
from vetting.people.access import roles_required
from vetting.people.forms import DistrictForm
from vetting.people.middleware import PersonRequest
from vetting.people.models import District
from vetting.people.queries import districts_with_logo
from vetting.people.views.answers import accepted, done, shown
from vetting.vault.protocol import VaultError
from vetting.vault.queries import read
from workflows.actors import Role

ANSWERS = ("federal_funds", "e_rate")
DETAILS = ("name", "address", "website", "contact_name", "contact_email", "contact_phone", "color")
_YES_NO = {None: "", True: "yes", False: "no"}
# The address changes with the color or the picture, so nobody ever has to ask again.
FOR_EVER = "public, max-age=31536000, immutable"


@roles_required(Role.ADMIN)
def district(request: PersonRequest) -> HttpResponse:
    here = request.district
    initial = {name: getattr(here, name) for name in DETAILS}
    initial |= {name: _YES_NO[getattr(here, name)] for name in ANSWERS}
    posted = request.method == "POST"
    form = DistrictForm(request.POST, request.FILES) if posted else DistrictForm(initial=initial)

    def verb(given: dict[str, Any]) -> None:
        answers = {name: given.pop(name) for name in ANSWERS}
        commands.describe_district(district=here, by=request.actor, answers=answers, **given)

    if posted and accepted(form, verb):
        return done(request, "Saved. New documents and mails carry it.", "people:district")
    return shown(request, "district.html", {"form": form, "district": here}, form)


@require_safe
def color(request: HttpRequest, code: str, digits: str) -> HttpResponse:
    """The one rule of style that is the district's own."""
    get_object_or_404(District, tenant__code=code, color=f"#{digits}")
    rule = f":root {{ --brand: #{digits}; }}\n"
    return HttpResponse(rule, content_type="text/css", headers={"Cache-Control": FOR_EVER})


@require_safe
def logo(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """Bytes that we wrote ourselves; nothing in them can be anything but a picture."""
    found = get_object_or_404(districts_with_logo(), tenant__code=code, logo=number)
    try:
        data = read(found.logo) if found.logo else b""
    except VaultError:
        raise Http404 from None
    headers = {"Cache-Control": FOR_EVER, "X-Content-Type-Options": "nosniff"}
    return HttpResponse(data, content_type="image/png", headers=headers)
