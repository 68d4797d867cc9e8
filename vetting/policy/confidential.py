"""What of a breach and of a hold is not for everybody who may read a case.

That something was recorded stays visible, with its day; how it is known, and that law enforcement
asked to wait, does not.
"""

from collections.abc import Mapping
from copy import copy
from functools import cache
from typing import Any

from vetting.policy.queries import shipped_packs
from workflows.actors import Actor, Role
from workflows.clock.models import Deadline

# Who reads the dates by law, with how everything is known.
READS = (
    Role.PRIVACY,
    Role.LEGAL,
    Role.SOURCING,
    Role.SIGNATORY,
    Role.BOARD_CLERK,
    Role.IT_SECURITY,
    Role.ADMIN,
)
KEPT = "kept by the privacy team"
KEPT_DATE, KEPT_KIND = "A date that the privacy team keeps", "kept_date"
KEPT_ROW = "recorded something for the privacy team"
REVIEW = "hold_review"


def reads_sources(actor: Actor) -> bool:
    return actor.has(*READS)


@cache
def _after_a_hold() -> frozenset[str]:
    rules = [rule for pack in shipped_packs() for rule in pack.rules]
    return frozenset({REVIEW} | {rule.terms["hold"] for rule in rules if "hold" in rule.terms})


def is_of_a_hold(*, kind: object = "", event: object = "") -> bool:
    """A kind of date, or an event, which there is only because law enforcement asked to wait."""
    return kind in _after_a_hold() or str(event).startswith("hold_")


def as_others_read(row: Deadline) -> Deadline:
    """A copy, never to be saved, of a date as it is shown to whoever may not read the sources."""
    stored: Mapping[str, Any] = row.explanation
    if is_of_a_hold(kind=row.kind, event=stored.get("event", "")):
        shown = copy(row)
        shown.kind, shown.basis = f"{KEPT_KIND}_{row.pk}", KEPT_DATE
        shown.explanation, shown.ladder = {}, []
        return shown
    if not row.layer or not stored.get("pauses"):
        return row
    shown = copy(row)
    shown.explanation = {**stored, "pauses": [{**one, "why": KEPT} for one in stored["pauses"]]}
    return shown
