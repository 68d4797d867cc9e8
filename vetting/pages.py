"""What a page shows, as plain values: views build them, components draw them (docs/style.md)."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

from django import forms
from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse

from workflows.refusals import Refused

StepStatus = Literal["done", "current", "upcoming", "flag"]
Tone = Literal["plain", "info", "success", "warning", "error"]
UNPROCESSABLE, CONFLICT = 422, 409


@dataclass(frozen=True, slots=True)
class Link:
    label: str
    url: str
    current: bool = False
    count: int | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """One of the seven; `flag` is a step that went wrong or stands on its own side track."""

    label: str
    status: StepStatus
    note: str = ""


@dataclass(frozen=True, slots=True)
class Choice:
    """A button. A note, a consequence or a danger turns it into a small form that asks first.

    `about`: what a list's button is about, for those who hear it without its row.
    """

    label: str
    url: str
    method: Literal["post", "get"] = "post"
    tone: Literal["primary", "plain", "danger"] = "primary"
    note: Literal["none", "optional", "required"] = "none"
    consequence: str = ""
    hidden: tuple[tuple[str, str], ...] = ()
    about: str = ""

    @property
    def asks_first(self) -> bool:
        return self.method == "post" and bool(
            self.note != "none" or self.consequence or self.tone == "danger"
        )


@dataclass(frozen=True, slots=True)
class Blocked:
    """A button that is not allowed yet, with every reason."""

    label: str
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Holding:
    """Who has a piece of work: `who` is "" for nobody. `colleagues` (code, name) could get it."""

    title: str
    url: str
    who: str = ""
    mine: bool = False
    since: datetime | None = None
    choices: tuple[Choice, ...] = ()
    colleagues: tuple[tuple[str, str], ...] = ()
    back: str = ""


@dataclass(frozen=True, slots=True)
class Turn:
    """Whose turn it is. `who` reads after "Waiting for": "the vendor", "Cora Reyes, legal".

    `age`: how long it has waited, in the unit of its deadline ("9 business days").
    """

    who: str
    since: datetime | None = None
    age: str = ""
    yours: bool = False
    what: str = ""
    choices: tuple[Choice, ...] = ()
    blocked: tuple[Blocked, ...] = ()
    holdings: tuple[Holding, ...] = ()


@dataclass(frozen=True, slots=True)
class DueDate:
    """`away` is the distance in words with its unit ("in 9 business days"); `why` explains it.
    `mark`: a caution beside it, where it rests on a rule that nobody has verified. `zone`: where
    its day ends, if that is not the district's own."""

    label: str
    due: date | datetime
    away: str = ""
    tone: Tone = "plain"
    why: tuple[str, ...] = ()
    why_url: str = ""
    mark: str = ""
    zone: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the timeline; the sentence names its actor."""

    sentence: str
    at: datetime
    note: str = ""
    tone: Tone = "plain"
    url: str = ""


@dataclass(frozen=True, slots=True)
class Fact:
    term: str
    value: Any


class _Counted(Paginator):
    """Rows that are counted already: narrow ones are sorted, only those of the page read whole.

    In two statements: with as many joins as a list has, PostgreSQL would read every row whole and
    only then look which of them are asked for.
    """

    def __init__(self, rows: QuerySet[Any], per_page: int, count: int) -> None:
        super().__init__(rows, per_page)
        self.count = count

    def page(self, number: int | str) -> Page:
        number = self.validate_number(number)
        rows: Any = self.object_list
        first = (number - 1) * self.per_page
        narrow = rows.select_related(None).prefetch_related(None).values_list("pk", flat=True)
        keys = list(narrow[first : first + self.per_page])
        return Page(rows.filter(pk__in=keys), number, self)


def paginate(
    request: HttpRequest,
    rows: QuerySet[Any] | Sequence[Any],
    per_page: int = 25,
    *,
    count: int | None = None,
) -> Page:
    """The page named by ?page=; a number that is no page gives the nearest one, never an error.

    `count`: how many rows of a queryset there are, where the caller knows it already.
    """
    pages = Paginator(rows, per_page)
    if count is not None and isinstance(rows, QuerySet):
        pages = _Counted(rows, per_page, count)
    return pages.get_page(request.GET.get("page"))


def answer_refused(request: HttpRequest, refused: Refused, back: str) -> HttpResponse:
    """Every reason as an alert on the page `back`; htmx gets 409 and leaves the form as it is."""
    if request.headers.get("HX-Request"):
        context = {"reasons": refused.reasons}
        return render(request, "components/problems.html", context, status=CONFLICT)
    for reason in refused.reasons:
        messages.error(request, reason)
    return redirect(back)


def posted(request: HttpRequest) -> QueryDict | None:
    """What was sent, so that an empty POST is judged too; None for a GET."""
    return request.POST if request.method == "POST" else None


# The code of an error that is a command's whole sentence.
REFUSED = "refused"


def add_reasons(form: forms.BaseForm, refused: Refused, field: str | None = None) -> None:
    for reason in refused.reasons:
        form.add_error(field, reason)


def answer_form(
    request: HttpRequest,
    form: forms.BaseForm,
    *,
    template: str,
    act: Callable[[], Any],
    done: str,
    then: str,
    context: Mapping[str, Any],
) -> HttpResponse:
    """Show a form; on POST call the command and go to the page `then`, saying what is `done`; ""
    where the command's own result has to be told.

    A form that is not valid, and a command that refuses, show it again with what was typed.
    """
    if request.method == "POST" and form.is_valid():
        try:
            act()
        except Refused as refused:
            add_reasons(form, refused)
        else:
            if done:
                messages.success(request, done)
            return redirect(then)
    status = UNPROCESSABLE if form.is_bound else 200
    return render(request, template, {"form": form, **context}, status=status)


def form_page(
    request: HttpRequest,
    subject: Any,
    form: forms.BaseForm,
    *,
    called: str,
    template: str,
    act: Callable[[], Any],
    done: str,
    then: str,
    **context: Any,
) -> HttpResponse:
    """`answer_form` about a case, which its template knows as `called`.

    `then` names the page shown afterwards; its address takes the case's code.
    """
    return answer_form(
        request,
        form,
        template=template,
        act=act,
        done=done,
        then=reverse(then, args=[subject.code]),
        context={called: subject, **context},
    )
