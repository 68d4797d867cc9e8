"""The components' tags: {% load countersign %}. How to use them: docs/style.md."""

from typing import Any

from django import forms, template
from django.core.paginator import Page
from django.template.context import Context
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString

from vetting.pages import Choice, DueDate, Entry, Fact, Holding, Link, Step, Tone, Turn
from vetting.templatetags.fields import draw_field, problems_of
from vetting.templatetags.moments import ago, day, instant, iso
from vetting.templatetags.wording import dollars, grades, in_grades, number, period
from workflows.clock.queries import dwells_for
from workflows.clock.words import counted
from workflows.refusals import LONGEST_NOTE
from workflows.stateful import Stateful

register = template.Library()
register.filter("day", day)
register.filter("instant", instant)
register.filter("ago", ago)
register.filter("iso", iso)
register.filter("grades", grades)
register.filter("in_grades", in_grades)
register.filter("number", number)
register.filter("dollars", dollars)
register.filter("period", period, is_safe=True)
register.inclusion_tag("components/field.html", name="field")(draw_field)


@register.filter
def time_for(subject: Stateful, kind: str) -> str:
    """How long a step of this case may take in its district: "30 calendar days"."""
    dwells = dwells_for(subject.case.tenant, subject.lifecycle)
    return next(counted(dwell.amount, dwell.unit) for dwell in dwells if dwell.kind == kind)


@register.simple_tag
def icon(name: str) -> SafeString:
    """A decorative icon of the USWDS sprite; the words beside it carry the meaning."""
    return format_html(
        '<svg class="usa-icon" aria-hidden="true" focusable="false"><use href="{}#{}"></use></svg>',
        static("uswds/img/sprite.svg"),
        name,
    )


@register.inclusion_tag("components/error_summary.html")
def error_summary(*forms_: forms.BaseForm) -> dict[str, Any]:
    return {"problems": [problem for form in forms_ if form for problem in problems_of(form)]}


@register.inclusion_tag("components/form_fields.html")
def form_fields(form: forms.BaseForm) -> dict[str, Any]:
    return {"form": form}


@register.inclusion_tag("components/alert.html")
def alert(text: str, tone: str = "info", title: str = "") -> dict[str, str]:
    return {"text": text, "tone": tone, "title": title}


@register.inclusion_tag("components/seven_steps.html")
def seven_steps(steps: list[Step], compact: bool = False) -> dict[str, Any]:
    """`compact`, for cards, keeps the bar and one line of words."""
    at = next((i for i, step in enumerate(steps, 1) if step.status in ("current", "flag")), 0)
    at = at or sum(step.status == "done" for step in steps)
    here = steps[at - 1] if at else None
    return {"steps": steps, "at": at, "here": here, "compact": compact}


@register.inclusion_tag("components/whose_turn.html", takes_context=True)
def whose_turn(context: Context, turn: Turn) -> dict[str, Any]:
    return {"turn": turn, **_page(context)}


@register.inclusion_tag("components/holding.html", takes_context=True)
def holding(context: Context, one: Holding, alone: bool = False) -> dict[str, Any]:
    """`alone`: outside a turn's box, where nothing else says which piece of work it is."""
    return {"one": one, "alone": alone, **_page(context)}


@register.inclusion_tag("components/choice.html", takes_context=True)
def choice(context: Context, choice: Choice) -> dict[str, Any]:
    """A button that was refused keeps the note that was typed for it, and stays unfolded."""
    page = _page(context)
    request = page["request"]
    refused = request is not None and request.method == "POST" and request.path == choice.url
    typed = request.POST.get("note", "") if refused else ""
    return {"choice": choice, "typed": typed, "longest": LONGEST_NOTE, **page}


def _page(context: Context) -> dict[str, Any]:
    """What a component inside a component still needs of the page."""
    return {"request": context.get("request")}


@register.inclusion_tag("components/status_tag.html")
def status_tag(label: str, tone: Tone = "plain") -> dict[str, str]:
    return {"label": label, "tone": tone}


@register.inclusion_tag("components/deadline.html")
def deadline(due: DueDate) -> dict[str, Any]:
    return {"due": due}


@register.inclusion_tag("components/timeline.html")
def timeline(entries: list[Entry], chips: list[Link] | None = None) -> dict[str, Any]:
    return {"entries": entries, "chips": chips or []}


@register.inclusion_tag("components/facts.html")
def facts(rows: list[Fact] | list[tuple[str, Any]]) -> dict[str, Any]:
    return {"rows": [row if isinstance(row, Fact) else Fact(*row) for row in rows]}


@register.inclusion_tag("components/progress.html")
def progress(label: str, done: int, total: int) -> dict[str, Any]:
    return {"label": label, "done": done, "total": max(total, 1), "words": f"{done} of {total}"}


@register.inclusion_tag("components/pagination.html", takes_context=True)
def pagination(context: Context, page: Page) -> dict[str, Any]:
    """Links keep every other part of the address: filters and sorting survive the page turn."""
    query = context["request"].GET.copy()
    query.pop("page", None)
    return {
        "page": page,
        "prefix": f"?{query.urlencode()}&" if query else "?",
        "numbers": page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1),
        "gap": page.paginator.ELLIPSIS,
    }


@register.inclusion_tag("components/breadcrumb.html", takes_context=True)
def crumbs(context: Context, *path: str) -> dict[str, Any]:
    """{% crumbs "Requests" requests_url tool.name %}: label, address, ..., and the page itself."""
    frame = context.get("frame")
    home = [Link("Home", frame.home_url)] if frame and frame.home_url else []
    links = [Link(str(label), url) for label, url in zip(path[:-1:2], path[1::2], strict=True)]
    return {"links": home + links, "here": path[-1]}


@register.simple_block_tag
def panel(content: SafeString, title: str, open: bool = False, count: int | None = None) -> str:
    """A part of a page that folds: {% panel "Documents" count=3 %}...{% endpanel %}."""
    context = {"content": content, "title": title, "open": open, "count": count}
    return render_to_string("components/panel.html", context)


@register.simple_block_tag
def empty_state(content: SafeString, title: str) -> str:
    """Says what would be here and how it gets here."""
    return render_to_string("components/empty_state.html", {"content": content, "title": title})
