"""Looked at first, saved then: how every change of a district's rules ends."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render

from vetting.pages import UNPROCESSABLE, add_reasons
from vetting.people.middleware import PersonRequest
from vetting.policy.previewing import Preview
from workflows.refusals import Refused

SAVE, EDIT = "save", "edit"


@dataclass(frozen=True, slots=True)
class Proposal:
    """What would be saved: in lines, an example date to confirm, and what it would change.

    `hidden` comes back with the form when it is saved; `warning` is said in red words.
    """

    title: str
    lines: list[tuple[str, str]]
    preview: Preview | None
    save: Callable[[], object]
    done: str
    example: str = ""
    warning: str = ""
    hidden: Mapping[str, str] | None = None


def step_of(request: PersonRequest) -> str:
    return request.POST.get("step", "")


def carried(
    request: PersonRequest,
    form: forms.Form,
    propose: Callable[[], Proposal],
    *,
    template: str,
    context: Mapping[str, Any],
) -> HttpResponse:
    """The form; then what it would change; then it is saved. What is refused stands at the form."""
    page = {"form": form, **context}
    if request.method != "POST" or step_of(request) == EDIT:
        return render(request, template, page)
    if form.is_valid():
        try:
            proposal = propose()
            if step_of(request) == SAVE:
                proposal.save()
                messages.success(request, proposal.done)
                return redirect("policy:own")
            return _shown(request, form, proposal)
        except Refused as refused:
            add_reasons(form, refused)
    return render(request, template, page, status=UNPROCESSABLE)


def _shown(request: PersonRequest, form: forms.Form, proposal: Proposal) -> HttpResponse:
    typed = [(name, value) for name, value in form.data.items() if name in form.fields]
    hidden = [*typed, *(proposal.hidden or {}).items()]
    context = {"proposal": proposal, "preview": proposal.preview, "hidden": hidden}
    return render(request, "vetting/policy/would_change.html", context)
