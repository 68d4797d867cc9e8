"""What the rules demand of one request: the short list, the whole page, and the same as JSON."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from vetting.people.access import sign_in_required
from vetting.people.middleware import PersonRequest
from vetting.policy.rules.answers import in_words, question
from vetting.policy.rules.classifying import NOT_VERIFIED, Reason
from vetting.policy.rules.evaluation import LEFT_OUT, Evaluation, is_draft
from vetting.policy.rules.facts import FACTS
from vetting.policy.rules.merging import Demand
from vetting.policy.rules.wording import KINDS, TERMS, term, terms_in_words, value_words
from vetting.requests import queries, rules
from vetting.requests.models import ToolRequest
from vetting.requests.views.answering import found

# What decides the class stands above the rest, with its reasons.
OF_THE_CLASS = ("class", "prohibition")
# The demands that somebody who chooses a path must see; the page of the rules shows every kind.
AT_TRIAGE = (
    *("clause", "attachment", "deadline", "duty", "publication", "consent", "retention"),
    "review",
)
FEW = 3


@dataclass(frozen=True, slots=True)
class Cited:
    """A rule's reason or demand as pages show it; `unsure`: the questions that leave it open."""

    words: str
    citation: str
    url: str
    mark: str
    unsure: tuple[str, ...] = ()
    note: str = ""
    terms: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Kind:
    heading: str
    rows: tuple[Cited, ...]

    @property
    def groups(self) -> list[tuple[tuple[str, ...], list[Cited]]]:
        """Those that surely apply, then those that the same questions leave open, said once."""
        alike: dict[tuple[str, ...], list[Cited]] = {}
        for row in sorted(self.rows, key=lambda row: len(row.unsure)):
            alike.setdefault(row.unsure, []).append(row)
        return list(alike.items())

    @property
    def few(self) -> str:
        """The first titles, and how many more."""
        said = "; ".join(row.words for row in self.rows[:FEW])
        more = len(self.rows) - FEW
        return f"{said}; and {more} more" if more > 0 else said


@sign_in_required
@require_GET
def rules_page(request: PersonRequest, code: str) -> HttpResponse:
    """Why each rule applies to it or does not, and by which packs."""
    case = found(request, code)
    context = {"case": case, **told(case, queries.ruled(case), every=True)}
    return render(request, "vetting/requests/rules.html", context)


@sign_in_required
@require_GET
def rules_json(request: PersonRequest, code: str) -> JsonResponse:
    """The stored facts, packs and result; "stored" is null where nothing was."""
    case = found(request, code)
    rests_on = queries.ruled(case)
    row = rests_on.row
    stored = row and {"number": row.pk, "at": row.at, "why": row.why, "found": row.found}
    said = {"request": case.code, "stored": stored, **rests_on.evaluation.as_json()}
    return JsonResponse(said)


def _class_of(rests_on: queries.Ruled) -> str:
    """In words, where the stored row names one."""
    stored = rests_on.row.found.get("class", "") if rests_on.row else ""
    return str(dict(ToolRequest.CLASSES).get(stored, ""))


def told(case: ToolRequest, rests_on: queries.Ruled, *, every: bool = False) -> dict[str, Any]:
    """What the templates of the rules show. `every`: all kinds, and what was left out."""
    result = rests_on.evaluation
    found = result.classification
    said = {
        "rests_on": rests_on,
        "was_class": _class_of(rests_on),
        "by_rule": found.name,
        "by_rule_words": dict(ToolRequest.CLASSES)[found.name],
        "reasons": [_reason(one) for one in found.reasons],
        "refused_paths": [(one.path, _reason(one.because)) for one in found.refused],
        "undecided": [_reason(one) for one in found.undecided],
        "kinds": list(_kinds(result, tuple(KINDS) if every else AT_TRIAGE)),
        "together": list(_together(result)),
        "conflicts": [(_demand(one.at_least), _demand(one.at_most)) for one in result.conflicts],
        "of_the_district": [question(name) for name in rules.of_the_district(result)],
        "packs": sorted(rests_on.packs, key=lambda pack: pack.slug),
    }
    if every:
        said["facts"] = list(_facts(result.facts))
        said["left_out"] = list(_left_out(result))
    return said


def short(case: ToolRequest) -> dict[str, Any]:
    """For the request's own page: the kinds with their first titles."""
    rests_on = queries.ruled(case)
    kinds = [kind for kind in _kinds(rests_on.evaluation, AT_TRIAGE) if kind.rows]
    return {"rests_on": rests_on, "kinds": kinds}


def _rule_url(name: str) -> str:
    return reverse("policy:rule", args=[name])


def _mark(draft: bool) -> str:
    return NOT_VERIFIED if draft else ""


def _reason(one: Reason) -> Cited:
    unsure = tuple(map(question, rules.unsure_of(one)))
    url = _rule_url(one.rule) if one.rule else ""
    return Cited(one.words, one.citation, url, _mark(one.draft), unsure)


def _demand(one: Demand) -> Cited:
    rule, unsure = one.rule, tuple(question(name) for name in sorted(one.missing))
    # Nearly every clause must be there before a signature: only one that need not says so.
    said = {name: value for name, value in one.terms.items() if (name, value) != ("blocking", True)}
    terms = tuple(terms_in_words(rule, said))
    return Cited(
        rule.title,
        rule.citation,
        _rule_url(rule.id),
        _mark(is_draft(rule)),
        unsure,
        rule.note,
        terms,
    )


def _kinds(result: Evaluation, wanted: Sequence[str]) -> Iterator[Kind]:
    for kind in wanted:
        rows = tuple(map(_demand, result.of(kind))) if kind not in OF_THE_CLASS else ()
        if rows:
            yield Kind(KINDS[kind], rows)


def _together(result: Evaluation) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """Where several rules speak of one thing: the strictest of each field, and whose it is."""
    cited = {one.rule.id: one.rule.citation for one in result.demands}
    for merged in result.merged:
        about = f" ({term(merged.about)})" if merged.about else ""
        for value in merged.values if len(merged.rules) > 1 else ():
            called = f"{KINDS[merged.kind]}{about}, {TERMS[value.field].lower()}"
            whose = tuple(dict.fromkeys(cited[name] for name in value.because))
            yield called, value_words(value.field, value.value), whose


def _facts(facts: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for name, value in facts.items():
        if name in FACTS:
            yield question(name), in_words(name, value)


def _left_out(result: Evaluation) -> Iterator[tuple[str, list[Cited]]]:
    """By why; the law of other states is counted, not listed."""
    by_why: dict[str, list[Cited]] = {}
    for one in result.left_out:
        rule = one.rule
        row = Cited(
            rule.title, rule.citation, _rule_url(rule.id), _mark(is_draft(rule)), (), one.note
        )
        by_why.setdefault(one.why, []).append(row)
    for why, rows in by_why.items():
        yield LEFT_OUT[why], rows
