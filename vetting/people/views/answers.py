"""How a form of the settings ends: done and onward, or back with the reasons and nothing lost."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render

from vetting.pages import UNPROCESSABLE, add_reasons
from vetting.people.middleware import PersonRequest
from workflows.engine import Refused

# Which entry of the settings' own navigation a page belongs to.
SECTIONS = {
    "people.html": "people",
    "person.html": "people",
    "person_add.html": "people",
    "district.html": "district",
    "schools.html": "schools",
    "school.html": "schools",
    "closures.html": "closures",
    "authority.html": "authority",
    "record.html": "record",
}


def accepted(form: forms.Form, verb: Callable[[dict[str, Any]], object]) -> bool:
    """Run the command on clean values; what it refuses becomes the form's own errors."""
    if not form.is_valid():
        return False
    try:
        verb(form.cleaned_data)
    except Refused as refused:
        add_reasons(form, refused)
        return False
    return True


def done(request: PersonRequest, said: str, to: str, **kwargs: Any) -> HttpResponseRedirect:
    messages.success(request, said)
    return redirect(to, **kwargs)


def tried(
    request: PersonRequest, verb: Callable[[], object], said: str, to: str, **kwargs: Any
) -> HttpResponseRedirect:
    """One button: the verb, then back to the page with what was done or why not."""
    try:
        verb()
    except Refused as refused:
        messages.error(request, " ".join(refused.reasons))
        return redirect(to, **kwargs)
    return done(request, said, to, **kwargs)


def shown(
    request: PersonRequest, template: str, context: dict[str, Any], *forms_: forms.Form
) -> HttpResponse:
    """The page; 422 when one of its forms came back with errors, so that nothing typed is lost."""
    wrong = any(form.is_bound and form.errors for form in forms_)
    context |= {"here": SECTIONS.get(template, "")}
    return render(
        request, f"vetting/people/{template}", context, status=UNPROCESSABLE if wrong else 200
    )
