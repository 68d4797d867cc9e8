"""The questionnaires: every version, which is in use, and what each asks."""

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from vetting.people.access import roles_required
from vetting.people.middleware import PersonRequest
from vetting.screening import queries, rules

readers = roles_required(*queries.EDITORS)


@readers
@require_GET
def questionnaires(request: PersonRequest) -> HttpResponse:
    context = {"rows": queries.questionnaires(request.actor), "here": "questionnaires"}
    return render(request, "vetting/screening/questionnaires.html", context)


@readers
@require_GET
def questionnaire(request: PersonRequest, slug: str, version: int) -> HttpResponse:
    one = queries.questionnaires(request.actor).filter(slug=slug, version=version).first()
    if one is None:
        raise Http404
    asked = [_shown(question) for question in rules.asked(one.questions, set(rules.FLAGS))]
    context = {"one": one, "questions": asked, "here": "questionnaires"}
    return render(request, "vetting/screening/questionnaire.html", context)


def _shown(question: dict[str, Any]) -> dict[str, Any]:
    """Shares as percent, and when the question is asked at all."""
    answers = question["answers"]
    finding = question.get("finding", {})
    return question | {
        "choices": [(rules.words_of(question, a), round(100 * answers[a])) for a in answers],
        "below": round(100 * finding.get("below", 0)),
        "when": rules.FLAGS.get(question["when"] or "", ""),
    }
