from pathlib import Path

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from contracts.demo import mailbox, places
from vetting.demo import has_mailbox
from vetting.pages import paginate


@require_safe
def mails(request: HttpRequest) -> HttpResponse:
    """Open to anybody, as the whole demo is; there is no such page anywhere else."""
    everything = mailbox.heads(_folder())
    to = request.GET.get("to", "")
    linked = "links" in request.GET
    found = [h for h in everything if to in ("", h.to) and (h.has_link or not linked)]
    context = {
        "page": paginate(request, found, per_page=40),
        "people": sorted({head.to for head in everything}),
        "to": to,
        "linked": linked,
        "count": len(found),
    }
    with timezone.override(places.DISTRICT["zone"]):
        return render(request, "contracts/demo/mails.html", context)


@require_safe
def mail(request: HttpRequest, name: str) -> HttpResponse:
    found = mailbox.mail_named(_folder(), name)
    if found is None:
        raise Http404
    text = mailbox.with_links(found.text, request.build_absolute_uri("/"))
    with timezone.override(places.DISTRICT["zone"]):
        return render(request, "contracts/demo/mail.html", {"head": found.head, "text": text})


def _folder() -> Path:
    if not has_mailbox():
        raise Http404
    return Path(settings.EMAIL_FILE_PATH)  # type: ignore[misc]  # set as a group
