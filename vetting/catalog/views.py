"""Bring your present list: upload it, see what it would do, then take it over."""

import base64
import zlib
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from vetting.catalog.forms import ColumnsForm, ListForm
from vetting.catalog.lists.commands import import_list
from vetting.catalog.lists.rules import Report
from vetting.catalog.lists.sheets import Unreadable
from vetting.catalog.lists.words import summary
from vetting.people.access import roles_required
from vetting.people.middleware import PersonRequest
from workflows.actors import Role

KEPT = "list"
SHOWN = 100
BRING: dict[str, Any] = {"here": "bring"}


@roles_required(Role.ADMIN)
def bring(request: PersonRequest) -> HttpResponse:
    form = ListForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        data = file.read()
        # Between the two pages the list waits in the session: small, and gone when it ends.
        packed = base64.b85encode(zlib.compress(data)).decode()
        kept = {"district": request.district.pk, "name": file.name, "data": packed}
        kept |= {"chosen": {}, "date_order": ""}
        try:
            _report(request, kept, dry_run=True)
        except Unreadable as unreadable:
            if not unreadable.headings:
                form.add_error("file", str(unreadable))
                return render(
                    request, "vetting/catalog/bring.html", BRING | {"form": form}, status=422
                )
        request.session[KEPT] = kept
        return redirect("catalog:check")
    status = 422 if form.is_bound else 200
    return render(request, "vetting/catalog/bring.html", BRING | {"form": form}, status=status)


@roles_required(Role.ADMIN)
def check(request: PersonRequest) -> HttpResponse:
    """What the list would do; nothing is written. A POST says what the columns are."""
    kept = _kept(request)
    if kept is None:
        return redirect("catalog:bring")
    context, form = _preview(request, kept)
    if request.method == "POST" and form.is_valid():
        said = {"chosen": form.chosen(), "date_order": form.cleaned_data["date_order"]}
        request.session[KEPT] = kept | said
        return redirect("catalog:check")
    status = 422 if form.is_bound else 200
    return render(request, "vetting/catalog/check.html", BRING | context, status=status)


@roles_required(Role.ADMIN)
@require_POST
def take(request: PersonRequest) -> HttpResponse:
    """Write the list that was just looked at."""
    kept = _kept(request)
    if kept is None:
        return redirect("catalog:bring")
    try:
        report = _report(request, kept, dry_run=False)
    except Unreadable as unreadable:
        messages.error(request, f"Nothing was written: {unreadable}")
        return redirect("catalog:check")
    if report.faults:
        messages.error(request, "Nothing was written: some lines need a correction.")
        return redirect("catalog:check")
    del request.session[KEPT]
    messages.success(request, f"{kept['name']}: {summary(report.loaded)}.")
    return redirect("catalog:bring")


@roles_required(Role.ADMIN)
@require_POST
def drop(request: PersonRequest) -> HttpResponse:
    request.session.pop(KEPT, None)
    return redirect("catalog:bring")


def _kept(request: PersonRequest) -> dict[str, Any] | None:
    """The list that waits, unless the person went to work for another district meanwhile."""
    kept: dict[str, Any] | None = request.session.get(KEPT)
    return kept if kept and kept["district"] == request.district.pk else None


def _report(request: PersonRequest, kept: dict[str, Any], *, dry_run: bool) -> Report:
    return import_list(
        district=request.district,
        data=zlib.decompress(base64.b85decode(kept["data"])),
        chosen=kept["chosen"],
        date_order=kept["date_order"],
        dry_run=dry_run,
        by=request.actor,
    )


def _preview(request: PersonRequest, kept: dict[str, Any]) -> tuple[dict[str, Any], ColumnsForm]:
    """The report, or the reason why there is none yet, and the form that can mend it."""
    try:
        report = _report(request, kept, dry_run=True)
    except Unreadable as unreadable:
        form = _columns_form(request, kept, unreadable.headings, kept["chosen"])
        return {"name": kept["name"], "form": form, "unclear": str(unreadable)}, form
    columns = report.reading.columns
    meant = {columns.heading_of(name): name for name in columns.places}
    form = _columns_form(request, kept, columns.headings, meant)
    context = {
        "name": kept["name"],
        "form": form,
        "report": report,
        "summary": summary(report.loaded),
        "faults": report.faults[:SHOWN],
        "more_faults": max(0, len(report.faults) - SHOWN),
    }
    return context, form


def _columns_form(
    request: PersonRequest, kept: dict[str, Any], headings: tuple[str, ...], meant: dict[str, str]
) -> ColumnsForm:
    data = request.POST if request.method == "POST" else None
    initial = {"date_order": kept["date_order"]}
    return ColumnsForm(data, initial=initial, headings=headings, meant=meant)
