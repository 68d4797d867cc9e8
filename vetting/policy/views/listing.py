"""The rules that apply to us, by what they ask or by the law they stand in."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from vetting.pages import Link
from vetting.people.access import sign_in_required
from vetting.people.middleware import PersonRequest
from vetting.people.queries import today_in
from vetting.policy.rules.classifying import NOT_VERIFIED
from vetting.policy.rules.reaching import Reaching, left_away, reaching, unanswered
from vetting.policy.rules.wording import KINDS
from vetting.policy.standing import evaluated_here, school_years_of
from workflows.actors import Role


@dataclass(frozen=True, slots=True)
class Group:
    title: str
    rules: list[Reaching]


@sign_in_required
@require_safe
def rules(request: PersonRequest) -> HttpResponse:
    by_law = request.GET.get("by") == "law"
    found, packs = evaluated_here(request.district, on=today_in(request.district))
    here = reaching(found, packs)
    context = {
        "groups": _by_law(here) if by_law else _by_kind(here),
        "ways": _ways(by_law=by_law),
        "number": len(here),
        "laws": len({one.pack.slug for one in here}),
        "away": list(left_away(found, packs)),
        "questions": [fact.words for fact in unanswered(found)],
        "no_year": _needs_year(here) and not school_years_of(request.district),
        "may_answer": request.actor.has(Role.ADMIN),
        "mark": NOT_VERIFIED,
    }
    return render(request, "vetting/policy/rules.html", context)


def _ways(*, by_law: bool) -> list[Link]:
    return [
        Link("By what they ask", "?by=kind", current=not by_law),
        Link("By law", "?by=law", current=by_law),
    ]


def _by_kind(here: list[Reaching]) -> list[Group]:
    groups = (
        Group(title, [one for one in here if one.rule.kind == kind])
        for kind, title in KINDS.items()
    )
    return [group for group in groups if group.rules]


def _by_law(here: Iterable[Reaching]) -> list[Group]:
    groups: dict[str, Group] = {}
    for one in here:
        groups.setdefault(one.pack.slug, Group(one.pack.title, [])).rules.append(one)
    return sorted(groups.values(), key=lambda group: group.title)


def _needs_year(here: Iterable[Reaching]) -> bool:
    return any("relative" in one.rule.terms for one in here)
