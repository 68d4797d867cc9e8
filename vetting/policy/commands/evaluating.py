"""What the packs say of a case, kept with the facts and the very texts it was made from."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils import timezone

from vetting.people.models import District
from vetting.policy import queries
from vetting.policy.models import Evaluated
from vetting.policy.rules.evaluating import evaluate
from vetting.policy.rules.evaluation import Evaluation
from vetting.policy.rules.facts import complaints_about
from workflows.actors import Actor
from workflows.refusals import raise_if
from workflows.stateful import Stateful


def evaluate_case(
    subject: Stateful,
    *,
    district: District,
    facts: Mapping[str, Any],
    by: Actor,
    why: str,
    at: datetime | None = None,
    law: str = "",
) -> Evaluation:
    """Evaluate a case today and keep it; the caller holds the case and writes the ledger row.

    `facts` are those of the case; the district's own are added. `law`: the digest of what counts,
    where the dates are made by it in the same commit. Raises Refused on a fact that no
    rule could read.
    """
    now = at or timezone.now()
    told = {**facts, **queries.agency_facts(district)}
    raise_if(complaints_about(told))
    packs, today = queries.packs_for(district), subject.case.tenant.day_of(now)
    found = evaluate(told, packs, on=today, overrides=queries.overrides_of(district))
    said = found.as_json()
    Evaluated.objects.create(
        case_id=subject.pk,
        at=now,
        by=by.ref,
        why=why,
        on=today,
        facts=said["facts"],
        packs=said["packs"],
        overrides=said["overrides"],
        found=found.outcome(),
        law=law,
    )
    return found
