"""The class of a request by the packs, kept with the facts and packs it was made from."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from vetting.policy import reckoning
from vetting.policy.commands.dating import follow_law
from vetting.policy.commands.evaluating import evaluate_case
from vetting.policy.commands.telling import told_of_breach
from vetting.policy.rules.evaluation import Evaluation
from vetting.requests import queries, rules
from vetting.requests.models import ToolRequest
from workflows.actors import Actor


def evaluate_request(
    request: ToolRequest,
    *,
    by: Actor,
    why: str,
    facts: Mapping[str, Any] | None = None,
    at: datetime | None = None,
) -> Evaluation:
    """What the packs say of what is known now; the caller holds the request, and lets its dates
    follow (`follow_facts`) once its own row is written.

    The class rests on what the tool is. What was told of a breach stays what the dates rest on, so
    it is evaluated beside, as the newest: nobody has taken it back.
    """
    said = queries.facts_of(request) if facts is None else facts
    happened = told_of_breach(reckoning.facts_of(request))

    def kept(told: Mapping[str, Any]) -> Evaluation:
        return evaluate_case(request, district=request.district, facts=told, by=by, why=why, at=at)

    found = kept(said)
    if happened:
        kept({**said, **happened})
    return found


def follow_facts(request: ToolRequest, *, by: Actor, at: datetime | None = None) -> None:
    """Its dates by law become those of its new facts, if anything happened that they count from."""
    if reckoning.recorded(request.pk):
        follow_law(request, by=by, why="facts", at=at)


def propose_class(request: ToolRequest, *, by: Actor, why: str, at: datetime | None = None) -> None:
    """By rule alone: nobody has chosen a class, or what they chose it for has changed."""
    take_class(request, evaluate_request(request, by=by, why=why, at=at))


def take_class(request: ToolRequest, found: Evaluation) -> None:
    request.relationship = found.classification.name
    request.class_reasons = [rules.reason_in_words(one) for one in found.classification.reasons]
    request.class_note = ""
