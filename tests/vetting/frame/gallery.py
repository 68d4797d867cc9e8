"""Every component on one page, mounted only in the tests."""

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import include, path
from django.utils import timezone

from vetting.navigation import NavEntry, Strip
from vetting.pages import Blocked, Choice, DueDate, Entry, Fact, Link, Step, Turn
from workflows.actors import Actor, Role

ADA = Actor("person", "membership:1", "Ada Park", 1, frozenset({Role.PRIVACY, Role.ADMIN}))
ENTRIES = [
    NavEntry("Home", "home", order=10),
    NavEntry("Requests", "gallery:list", order=20),
    NavEntry("Settings", "gallery:settings", frozenset({Role.ADMIN}), order=90),
    NavEntry("Signatures", "gallery:sign", frozenset({Role.SIGNATORY}), order=95),
    NavEntry("Not mounted", "nowhere:at-all", order=5),
]
KINDS = [("full", "Everybody may use it"), ("pilot", "A pilot in one school")]


class AskForm(forms.Form):
    tool = forms.CharField(help_text="As the vendor spells it.")
    web = forms.URLField(label="Web address", required=False, assume_scheme="https")
    purpose = forms.CharField(widget=forms.Textarea, label="What will you use it for?")
    school = forms.ChoiceField(choices=[("", "Choose one"), ("aspen", "Aspen Elementary")])
    kind = forms.ChoiceField(choices=KINDS, widget=forms.RadioSelect, label="Who will use it?")
    data = forms.MultipleChoiceField(
        choices=[("name", "Names"), ("grades", "Grades")],
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text="Tick all that apply.",
    )
    under_13 = forms.BooleanField(label="Some students are under 13", required=False)
    needed_by = forms.DateField(required=False)
    students = forms.IntegerField(min_value=1, label="How many students?")
    policy = forms.FileField(required=False, label="Privacy policy")
    version = forms.IntegerField(widget=forms.HiddenInput, initial=3, required=False)


def _steps() -> list[Step]:
    return [
        Step("Request", "done", "Nov 2"),
        Step("Screening", "done"),
        Step("Legal review", "current", "since Mon, Nov 9"),
        Step("Signature", "upcoming"),
        Step("Approval", "upcoming"),
        Step("Annual re-review", "upcoming"),
        Step("Breach", "upcoming"),
    ]


def _turn() -> Turn:
    return Turn(
        "you",
        since=timezone.now() - timedelta(days=3),
        yours=True,
        what="Decide whether the vendor's answers hold.",
        choices=(
            Choice("Clear the screening", "/gallery/"),
            Choice("Read the answers", "/gallery/", method="get", tone="plain"),
            Choice(
                "Decline",
                "/gallery/",
                tone="danger",
                note="required",
                consequence="The requester and the vendor are told why.",
                hidden=(("version", "3"),),
            ),
        ),
        blocked=(Blocked("Approve", ("There is no agreement yet.", "Legal has not approved.")),),
    )


def _context() -> dict[str, Any]:
    now = timezone.now()
    return {
        "steps": _steps(),
        "flagged": [Step("Request", "done"), Step("Breach", "flag", "reported Fri, Nov 20")],
        "turn": _turn(),
        "waiting": Turn("the vendor", since=now - timedelta(hours=5)),
        "due": DueDate(
            "Privacy review due",
            now + timedelta(days=13),
            "in 9 business days",
            "warning",
            why=("20 business days from Mon, Nov 9.", "Skipping Nov 11, 26 and 27."),
            why_url="/gallery/",
        ),
        "late": DueDate("Answer due", timezone.localdate() - timedelta(days=2), "", "error"),
        "entries": [
            Entry("Ben Ortiz asked for Padlet.", now - timedelta(days=9)),
            Entry("Ada Park cleared the screening.", now, "With two conditions.", "success"),
            Entry("The vendor let the date pass.", now, tone="error", url="/gallery/"),
        ],
        "chips": [Link("All", "?", current=True), Link("Decisions", "?show=decisions", count=1)],
        "rows": [("Vendor", "Padlet Inc."), Fact("Students", 1200)],
        "page": Paginator(range(300), 25).get_page(4),
        "tools": [("Padlet", 120, "Approved", "success"), ("Quiztime", 9, "Not allowed", "error")],
    }


def overdue(request: HttpRequest) -> Strip | None:
    return Strip("One screening of yours is overdue.", "/gallery/")


def _seat(request: HttpRequest) -> None:
    """What the people's middleware does for somebody signed in."""
    request.actor = ADA  # type: ignore[attr-defined]
    request.district = SimpleNamespace(name="Summit Valley School District")  # type: ignore[attr-defined]


def gallery(request: HttpRequest) -> HttpResponse:
    _seat(request)
    form = AskForm(request.POST) if request.method == "POST" else AskForm()
    if request.method == "POST":
        messages.error(request, "Nothing was saved.")
    else:
        messages.success(request, "The request was sent to the privacy team.")
    status = 422 if form.is_bound and not form.is_valid() else 200
    return render(request, "gallery/page.html", {"form": form, **_context()}, status=status)


def part(request: HttpRequest) -> HttpResponse:
    return HttpResponse("<h2>Documents of Padlet</h2><p>Three documents.</p>")


def broken(request: HttpRequest) -> HttpResponse:
    return render(request, "403.html", status=403)


def public(request: HttpRequest) -> HttpResponse:
    district = {"name": "Summit Valley School District"}
    links = [Link("Approved tools", "/public/", current=True), Link("Our rules", "/public/#r")]
    values = {"district": district, "public_links": links, "home_url": "/public/"}
    return render(request, "gallery/public.html", values | _context())


def problem(request: HttpRequest, code: int) -> HttpResponse:
    return render(request, f"{code}.html", status=code)


def by_link(request: HttpRequest) -> HttpResponse:
    values = {
        "district": {"name": "Summit Valley School District"},
        "contact": {"name": "Ada Park", "email": "ada@summit.example"},
        "form": AskForm(),
    }
    return render(request, "gallery/link.html", values)


app = (
    [
        path("list/", gallery, name="list"),
        path("settings/", gallery, name="settings"),
        path("sign/", gallery, name="sign"),
    ],
    "gallery",
)
urlpatterns = [
    path("", gallery, name="home"),
    path("gallery/", gallery, name="gallery"),
    path("gallery/part/", part),
    path("gallery/broken/", broken),
    path("gallery/rooms/", include(app)),
    path("problem/<int:code>/", problem),
    path("public/", public),
    path("link/", by_link),
    path("search/", gallery, name="search"),
    path("sign-in/", include("allauth.account.urls")),
]
