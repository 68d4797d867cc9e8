"""Setting and taking back a district's own service levels, on the record of settings."""

from collections.abc import Callable, Sequence

from django.db import transaction

from vetting.people.commands import note_change
from vetting.people.models import District
from workflows.actors import Actor
from workflows.clock import levels
from workflows.clock.models import ServiceLevel
from workflows.clock.plans import LEVEL
from workflows.clock.replanning import Result, apply
from workflows.clock.worlds import Change
from workflows.grammar import Rung


def set_service_level(
    *, district: District, machine: str, kind: str, amount: int | None, unit: str,
    ladder: Sequence[Rung], by: Actor,
) -> Result:  # fmt: skip
    """How long a step may take from now on, and who hears of it; open dates follow.

    The row and its record are one commit; what a crash leaves of the dates the night reckons.
    Raises Refused.
    """
    return _changed(
        district,
        lambda: levels.set_service_level(
            district.tenant, machine=machine, kind=kind, amount=amount, unit=unit, ladder=ladder,
            by=by,
        ),
        by,
    )  # fmt: skip


def reset_service_level(*, district: District, machine: str, kind: str, by: Actor) -> Result:
    """A step as delivered again; open dates follow. Raises Refused."""
    return _changed(
        district,
        lambda: levels.reset_service_level(district.tenant, machine=machine, kind=kind, by=by),
        by,
    )


def _changed(district: District, store: Callable[[], ServiceLevel], by: Actor) -> Result:
    with transaction.atomic():
        row = store()
        facts = {"machine": row.machine, "step": row.kind}
        if row.amount is None:
            note_change("level_reset", by=by, district=district, **facts)
        else:
            terms = {"amount": row.amount, "unit": row.unit, "ladder": row.ladder}
            note_change("level_set", by=by, district=district, **facts, **terms)
    return apply(district.tenant, Change(LEVEL), by=by)
