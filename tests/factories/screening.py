"""Screenings at every stage, made through the commands."""

from tests.factories import people, requests
from tests.factories.remembered import remembered
from vetting.people.models import Membership
from vetting.people.queries import actor_of
from vetting.requests.models import ToolRequest
from vetting.screening import commands, queries
from vetting.screening.models import Screening


def screening_of(request: ToolRequest) -> Screening:
    """The present round; fails where there is none."""
    found = queries.screening_to_show(request)
    assert found is not None
    return found


def question_ids(request: ToolRequest) -> list[str]:
    return [question["id"] for question in queries.sheet_of(screening_of(request)).questions]


def answer_all(
    request: ToolRequest,
    *,
    value: str = "yes",
    evidence: str = "Terms, section 3",
    by: Membership | None = None,
) -> None:
    actor = actor_of(by or people.pat())
    for question in question_ids(request):
        commands.save_answer(request, question=question, value=value, evidence=evidence, by=actor)


@remembered
def ready(request: ToolRequest | None = None, *, by: Membership | None = None) -> ToolRequest:
    """Everything is answered well and the legal basis stands: only "conclude" is missing."""
    commands.load_questionnaires()
    there = request or requests.in_screening()
    answer_all(there, by=by)
    reason = "It replaces a service of our staff."
    actor = actor_of(by or people.pat())
    commands.record_legal_basis(there, basis="school_official", reason=reason, by=actor)
    return there


@remembered
def concluded(request: ToolRequest | None = None, *, by: Membership | None = None) -> ToolRequest:
    return commands.conclude_screening(ready(request, by=by), by=actor_of(by or people.pat()))
