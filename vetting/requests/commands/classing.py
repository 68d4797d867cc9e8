"""The class of a request by the packs, kept with the facts and packs it was made from."""

from datetime import datetime

from vetting.policy.commands.evaluating import evaluate_case
from vetting.policy.rules.evaluation import Evaluation
from vetting.requests import queries, rules
from vetting.requests.models import ToolRequest
from workflows.actors import Actor


def evaluate_request(
    request: ToolRequest, *, by: Actor, why: str, at: datetime | None = None
) -> Evaluation:
    """What the packs say of what is known now; the caller holds the request."""
    return evaluate_case(
        request,
        district=request.district,
        facts=queries.facts_of(request),
        by=by,
        why=why,
        at=at,
    )


def propose_class(request: ToolRequest, *, by: Actor, why: str, at: datetime | None = None) -> None:
    """By rule alone: nobody has chosen a class, or what they chose it for has changed."""
    take_class(request, evaluate_request(request, by=by, why=why, at=at))


def take_class(request: ToolRequest, found: Evaluation) -> None:
    request.relationship = found.classification.name
    request.class_reasons = [rules.reason_in_words(one) for one in found.classification.reasons]
    request.class_note = ""
