"""Our own rules: what the district's board asks beyond the law."""

from collections.abc import Iterator
from dataclasses import dataclass
from dataclasses import replace as with_changes
from datetime import date
from typing import Any

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from vetting.pages import Choice, Link
from vetting.people.access import roles_required, sign_in_required
from vetting.people.middleware import PersonRequest
from vetting.people.queries import today_in
from vetting.policy import local, standing
from vetting.policy.commands.adopting import save_own_rules
from vetting.policy.forms.ruling import FORMS, EndForm, RuleForm, initial_of
from vetting.policy.previewing import Preview, preview
from vetting.policy.queries import overrides_of, packs_for
from vetting.policy.rules import own as packs
from vetting.policy.rules.classifying import NOT_VERIFIED
from vetting.policy.rules.examples import Example
from vetting.policy.rules.gates import EDITORS, OVERRIDERS
from vetting.policy.rules.overriding import called
from vetting.policy.rules.own import Data
from vetting.policy.rules.packs import Pack, Rule
from vetting.policy.rules.wording import (
    KINDS,
    condition_words,
    in_one_line,
    terms_in_words,
    value_words,
)
from vetting.policy.views.confirming import SAVE, Proposal, carried, step_of
from workflows.clock.words import day_words


@dataclass(frozen=True, slots=True)
class Line:
    """A rule of ours as it stands today; `ended` long ago or still to come."""

    rule: Rule
    heading: str
    draft: bool
    state: str
    choices: list[Choice]


@dataclass(frozen=True, slots=True)
class Read:
    """What this district reads otherwise than it is written, in words."""

    one: standing.Otherwise
    field: str
    was: str
    now: str
    end: Choice | None


@sign_in_required
@require_safe
def own(request: PersonRequest) -> HttpResponse:
    today = today_in(request.district)
    edits = request.actor.has(*EDITORS)
    mine = [pack for pack in packs_for(request.district) if pack.layer == "local"]
    context = {
        "lines": [_line(rule, today, edits=edits) for pack in mine for rule in _newest(pack)],
        "pack": next(iter(mine), None),
        "kinds": [Link(KINDS[kind], f"{reverse('policy:add')}?kind={kind}") for kind in FORMS],
        "may_edit": edits,
        "may_override": request.actor.has(*OVERRIDERS),
        "otherwise": _otherwise(request, today),
        "mark": NOT_VERIFIED,
        "here": "own_rules",
    }
    return render(request, "vetting/policy/own.html", context)


def _otherwise(request: PersonRequest, today: date) -> list[Read]:
    ends = request.actor.has(*OVERRIDERS)
    rows = standing.otherwise(packs_for(request.district), request.district, on=today)
    return [
        Read(
            one,
            called(one.row.field),
            value_words(one.row.field, one.changed.was) if one.changed else "",
            value_words(one.row.field, one.row.value),
            _ending(one) if ends else None,
        )
        for one in rows
    ]


def _ending(one: standing.Otherwise) -> Choice:
    return Choice(
        "End",
        reverse("policy:end_override"),
        tone="danger",
        note="required",
        consequence="The rule counts as it is written again.",
        hidden=(("override", str(one.row.pk)),),
        about=one.rule.title if one.rule else one.row.rule,
    )


def _newest(pack: Pack) -> list[Rule]:
    """Each rule once, in its last version."""
    last: dict[str, Rule] = {}
    for rule in sorted(pack.rules, key=lambda rule: rule.effective_from):
        last[rule.id] = rule
    return sorted(last.values(), key=lambda rule: (list(KINDS).index(rule.kind), rule.id))


def _line(rule: Rule, today: date, *, edits: bool) -> Line:
    gone = rule.effective_to is not None and rule.effective_to < today
    coming = today < rule.effective_from
    state = "Ended" if gone else "Not yet in effect" if coming else "In effect"
    ending = rule.effective_to is not None and rule.effective_to <= today
    choices = []
    if edits and not ending and rule.kind in FORMS:
        choices.append(_way("Change", "policy:change", rule))
    if edits and not ending:
        choices.append(_way("End", "policy:end_rule", rule))
    return Line(rule, KINDS[rule.kind], rule.status != "reviewed", state, choices)


def _way(label: str, name: str, rule: Rule) -> Choice:
    return Choice(label, reverse(name, args=[rule.id]), "get", "plain", about=rule.title)


@roles_required(*EDITORS)
def start(request: PersonRequest) -> HttpResponse:
    """From an example: looked at, then saved."""
    if local.own_of(request.district).exists:
        return redirect("policy:own")

    def propose() -> Proposal:
        data = local.example_for(request.district)
        drafted = _drafted(request, data)
        lines = [(KINDS[rule.kind], rule.title) for rule in drafted.pack.rules]
        return _proposal(
            request, data, drafted, "Start from an example", lines, ("own_rules_started", {})
        )

    template, context = "vetting/policy/start.html", {"here": "own_rules"}
    form = forms.Form(request.POST if request.method == "POST" else None)
    return carried(request, form, propose, template=template, context=context)


@roles_required(*EDITORS)
def add(request: PersonRequest) -> HttpResponse:
    kind = request.GET.get("kind", "")
    if kind not in FORMS:
        raise Http404
    data = local.own_of(request.district).data
    name = packs.free_name(data, request.district.code, kind)
    initial = {"effective_from": today_in(request.district)}
    form = FORMS[kind](request.POST or None, initial=initial)
    return _written(request, form, data, name, KINDS[kind])


@roles_required(*EDITORS)
def change(request: PersonRequest, name: str) -> HttpResponse:
    data, known = _known(request, name)
    if known["kind"] not in FORMS:
        raise Http404
    initial = initial_of(known, data["sources"], today=today_in(request.district))
    form = FORMS[known["kind"]](request.POST or None, known=known, initial=initial)
    return _written(request, form, data, name, known["title"])


def _known(request: PersonRequest, name: str) -> tuple[Data, Data]:
    data = local.own_of(request.district).data
    known = packs.newest_of(data, name)
    if known is None:
        raise Http404
    return data, known


def _written(
    request: PersonRequest, form: RuleForm, data: Data, name: str, title: str
) -> HttpResponse:
    def propose() -> Proposal:
        row, source = form.row(name=name), form.source()
        bare = _drafted(request, packs.with_rule(data, row, source, None))
        (rule,) = (r for r in bare.pack.rules if r.id == name and _is(r, row))
        today = today_in(request.district)
        example = local.example_of(rule, row, district=request.district, today=today)
        full = packs.with_rule(data, row, source, _case(request, example))
        return with_changes(
            _proposal(
                request, full, _drafted(request, full), row["title"],
                list(_in_words(rule)), ("rule_saved", {"rule": name}),
            ),
            example=example.words if example else "",
            hidden={"due": example.due if example else "", "base": _base(request)},
        )  # fmt: skip

    context = {"title": title, "here": "own_rules", "by_hand": form.written_by_hand}
    return carried(request, form, propose, template="vetting/policy/write.html", context=context)


def _in_words(rule: Rule) -> Iterator[tuple[str, str]]:
    """All that would be saved, as it was understood."""
    yield from terms_in_words(rule, rule.terms)
    when = in_one_line(condition_words(rule.when)) if rule.when else "Always"
    yield "When it applies", when
    yield "Which policy says so", rule.citation
    yield "In effect from", day_words(rule.effective_from)


def _is(rule: Rule, row: Data) -> bool:
    return rule.effective_from.isoformat() == row["effective_from"]


def _case(request: PersonRequest, example: Example | None) -> Data | None:
    """What the person saw and confirms; it is compared with what comes out now."""
    if example is None or not example.due:
        return example.test if example else None
    confirmed = request.POST.get("due", "") if step_of(request) == SAVE else example.due
    return example.test | {"due": confirmed}


def _base(request: PersonRequest) -> str:
    """The text that was looked at: that of the first look, when it comes to saving."""
    known = request.POST.get("base") if step_of(request) == SAVE else None
    return local.own_of(request.district).digest if known is None else known


@roles_required(*EDITORS)
def end(request: PersonRequest, name: str) -> HttpResponse:
    data, known = _known(request, name)
    today = today_in(request.district)
    form = EndForm(request.POST if request.method == "POST" else None, initial={"last": today})

    def propose() -> Proposal:
        last = form.cleaned_data["last"]
        changed = packs.ended(data, name, last)
        facts = {"rule": name, "last_day": last.isoformat()}
        lines = [("Ends", f"{known['title']}, {known['citation']}")]
        return _proposal(
            request, changed, _drafted(request, changed), "End a rule", lines, ("rule_ended", facts)
        )

    context = {"rule": known, "here": "own_rules"}
    return carried(request, form, propose, template="vetting/policy/end.html", context=context)


def _drafted(request: PersonRequest, data: Data) -> local.Draft:
    return local.draft(request.district, data, today=today_in(request.district))


def _proposal(
    request: PersonRequest,
    data: Data,
    drafted: local.Draft,
    title: str,
    lines: list[tuple[str, str]],
    change: tuple[str, dict[str, Any]],
) -> Proposal:
    district, (what, facts) = request.district, change

    def save() -> None:
        save_own_rules(
            district=district, data=data, base=_base(request), what=what, facts=facts,
            by=request.actor,
        )  # fmt: skip

    return Proposal(
        title, lines, _tried(request, drafted.pack), save, _done(what, facts),
        hidden={"base": _base(request)},
    )  # fmt: skip


def _done(what: str, facts: dict[str, Any]) -> str:
    if what == "rule_ended":
        return f"It ends: {day_words(date.fromisoformat(facts['last_day']))} is its last day."
    return "Saved. It counts for this district."


def _tried(request: PersonRequest, pack: Pack) -> Preview | None:
    """What it would change is worth knowing before it is saved, not while."""
    if step_of(request) == SAVE:
        return None
    district = request.district
    return preview(
        district,
        packs=local.candidate_packs(district, pack),
        overrides=overrides_of(district),
        on=today_in(district),
    )
