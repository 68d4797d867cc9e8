"""Setting a district's own service levels: each change is a row more, and the newest counts."""

import hashlib
import json
from collections.abc import Sequence

from django.db import transaction
from django.utils import timezone

from workflows import held
from workflows.actors import Actor, Role
from workflows.cases import Tenant
from workflows.clock import ladders
from workflows.clock.ladders import Level, Proposal, Step
from workflows.clock.models import ServiceLevel
from workflows.clock.queries import audiences_of, levels_of
from workflows.engine import Refused
from workflows.grammar import Lifecycle, Rung, Unit
from workflows.stateful import stateful_models

MAY_CHANGE = (Role.ADMIN, Role.PRIVACY_LEAD)
ALREADY = "That is what counts already."


def proposed(
    tenant: Tenant, *, machine: str, kind: str, amount: int | None, unit: str,
    ladder: Sequence[Rung], by: Actor,
) -> Proposal:  # fmt: skip
    """What somebody would set, checked: for a preview too. Raises Refused.

    `amount` and `unit` of a ladder of the law are not read. What the clock itself does at the date
    stays part of the ladder, given or not.
    """
    _may(tenant, by)
    lifecycle, step = step_named(machine, kind)
    if step.by_law:
        level = Level(0, step.delivered.unit, tuple(ladder))
    elif unit not in list(Unit) or amount is None:
        raise Refused(["Say how long the step may take, and in which unit."])
    else:
        level = Level(amount, Unit(unit), tuple(ladder))
    if reasons := ladders.reasons_against(step, level, audiences_of(lifecycle)):
        raise Refused(reasons)
    level = ladders.completed(step, level)
    as_delivered = level == ladders.heard(step.delivered)
    return _news(tenant, Proposal(step, None if as_delivered else level))


def restored(tenant: Tenant, *, machine: str, kind: str, by: Actor) -> Proposal:
    """A step as delivered again, for a preview too. Raises Refused."""
    _may(tenant, by)
    return _news(tenant, Proposal(step_named(machine, kind)[1], None))


def set_service_level(
    tenant: Tenant, *, machine: str, kind: str, amount: int | None, unit: str,
    ladder: Sequence[Rung], by: Actor,
) -> ServiceLevel:  # fmt: skip
    """Store it; the caller reckons the open dates again in a transaction after this one."""
    with transaction.atomic():
        _lock(tenant)
        given = {"amount": amount, "unit": unit, "ladder": ladder}
        return _stored(tenant, proposed(tenant, machine=machine, kind=kind, by=by, **given), by)  # type: ignore[arg-type]


def reset_service_level(tenant: Tenant, *, machine: str, kind: str, by: Actor) -> ServiceLevel:
    """As delivered again, from now on. Raises Refused where it is."""
    with transaction.atomic():
        _lock(tenant)
        return _stored(tenant, restored(tenant, machine=machine, kind=kind, by=by), by)


def step_named(machine: str, kind: str) -> tuple[Lifecycle, Step]:
    """Raises Refused for what no case can reach."""
    for model in stateful_models():
        for step in ladders.steps_of(model.lifecycle) if model.lifecycle.name == machine else ():
            if step.kind == kind:
                return model.lifecycle, step
    raise Refused(["There is no such step."])


def _may(tenant: Tenant, by: Actor) -> None:
    if by.tenant_id != tenant.pk or not by.has(*MAY_CHANGE):
        raise Refused(["Only an administrator or the privacy lead may change service levels."])


def _news(tenant: Tenant, proposal: Proposal) -> Proposal:
    own = levels_of(tenant).own.get((proposal.step.machine, proposal.step.kind))
    if own == proposal.level:
        raise Refused([ALREADY])
    return proposal


def _lock(tenant: Tenant) -> None:
    """Two people setting levels at once must not both digest half; what is read after it is new."""
    locked = Tenant.objects.select_for_update(of=("self",), no_key=True).get(pk=tenant.pk)
    tenant.levels_version = locked.levels_version


def _stored(tenant: Tenant, proposal: Proposal, by: Actor) -> ServiceLevel:
    step, level = proposal
    row = ServiceLevel.objects.create(
        tenant=tenant, machine=step.machine, kind=step.kind,
        amount=level.amount if level else None, unit=level.unit if level else "",
        ladder=ladders.stored(level.ladder) if level else [],
        set_at=timezone.now(), set_by=by.ref,
    )  # fmt: skip
    _turn_version(tenant)
    return row


def _turn_version(tenant: Tenant) -> None:
    """As the calendar's: a number that only grows, and a digest that tells a number that was rolled
    back from its second use."""
    steps = ("machine", "kind", "amount", "unit", "ladder")
    rows = ServiceLevel.objects.filter(tenant=tenant).order_by("id").values_list(*steps)
    number = int(tenant.levels_version.partition(".")[0] or 0) + 1
    digest = hashlib.sha256(json.dumps(list(rows)).encode()).hexdigest()
    tenant.levels_version = f"{number}.{digest[:8]}"
    tenant.save(update_fields=["levels_version"])
    held.forget()
