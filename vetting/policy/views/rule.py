"""One rule: what it says, why it reaches us, and when something would be due by it."""

from dataclasses import replace
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from vetting.people.access import sign_in_required
from vetting.people.middleware import PersonRequest
from vetting.people.queries import today_in
from vetting.policy import standing
from vetting.policy.forms.asking import DueForm, events_of
from vetting.policy.queries import LOCAL, agency_facts, packs_for
from vetting.policy.rules.classifying import NOT_VERIFIED
from vetting.policy.rules.evaluation import LEFT_OUT
from vetting.policy.rules.gates import EDITORS, OVERRIDERS
from vetting.policy.rules.merging import Demand
from vetting.policy.rules.overriding import open_fields
from vetting.policy.rules.packs import Pack, Rule, anchors_of
from vetting.policy.rules.reaching import Reaching, because
from vetting.policy.rules.wording import condition_words, instant_words, terms_in_words, value_words
from workflows.clock.words import day_words


def rule_for(request: PersonRequest, name: str) -> tuple[Rule, Pack]:
    """Of the packs that count for this district; another's own rules are not there."""
    packs = packs_for(request.district)
    found = standing.rule_and_pack(packs, name, today_in(request.district))
    if found is None:
        raise Http404
    return found


@sign_in_required
@require_safe
def rule(request: PersonRequest, name: str) -> HttpResponse:
    read = standing.rule_ever(request.district, name, today_in(request.district))
    if read is None:
        raise Http404
    one, pack = read.rule, read.pack
    otherwise = standing.otherwise(
        [pack], request.district, on=today_in(request.district), rule=name
    )
    counting = replace(one, terms={**one.terms, **{o.row.field: o.row.value for o in otherwise}})
    context = {
        "rule": one,
        "pack": pack,
        "here": Reaching(
            Demand(one, one.terms), pack, because(one, pack, agency_facts(request.district))
        ),
        "gone": f"No longer in force since {day_words(read.since)}." if read.since else "",
        "away": "" if read.since else _why_away(request, one),
        "terms": list(terms_in_words(counting, counting.terms)),
        "when": condition_words(one.when) if one.when else None,
        "exempt": _exemption(one),
        "versions": [version for version in pack.rules if version.id == name],
        "texts": standing.texts_of(pack.slug, request.district),
        "otherwise": [(o, value_words(o.row.field, o.changed.was)) for o in otherwise if o.changed],
        "may_override": request.actor.has(*OVERRIDERS) and _may_be_overridden(read),
        "may_edit": request.actor.has(*EDITORS) and pack.layer == LOCAL and not read.dropped,
        "mark": NOT_VERIFIED,
    }
    told = {} if read.since else _when_due(request, counting)
    if due := told.get("due"):
        told["said"] = instant_words(due.at, told["zone"])
    return render(request, "vetting/policy/rule.html", context | told)


def _may_be_overridden(read: standing.Read) -> bool:
    return not read.dropped and read.pack.layer != LOCAL and bool(open_fields(read.rule))


def _why_away(request: PersonRequest, one: Rule) -> str:
    """Why it does not reach this district; "" where it does."""
    found, _ = standing.evaluated_here(request.district, on=today_in(request.district))
    return next((LEFT_OUT[left.why] for left in found.left_out if left.rule is one), "")


def _exemption(one: Rule) -> Any:
    return condition_words(one.terms["exempt_when"]) if "exempt_when" in one.terms else None


def _when_due(request: PersonRequest, one: Rule) -> dict[str, Any]:
    """The small form and what it found; nothing is written."""
    district = request.district
    told: dict[str, Any] = {"zone": standing.zone_of(one, district)}
    if "relative" in one.terms:
        year = standing.school_year_of(standing.school_years_of(district), today_in(district))
        due = standing.due_here(one, {}, district, school_year=year) if year else None
        return told | {"due": due, "no_year": year is None}
    if not {"limit", "each_year"} & one.terms.keys():
        return told
    events = events_of(anchors_of(one), yearly="each_year" in one.terms)
    form = DueForm(request.GET if "ask" in request.GET else None, events=events, zone=told["zone"])
    if not form.is_valid():
        return told | {"ask": form}
    due = standing.due_here(one, form.instants(), district)
    return told | {"ask": form, "due": due, "too_far": due is None}
