"""A district reads one field of a rule otherwise, and stops doing so."""

from typing import Any

from django.db import transaction
from django.utils import timezone

from vetting.people.commands import note_change
from vetting.people.models import District
from vetting.policy import queries
from vetting.policy.commands.adopting import lock, must_hold
from vetting.policy.commands.recomputing import recompute_by_packs
from vetting.policy.models import RuleOverride
from vetting.policy.rules.gates import OVERRIDERS
from vetting.policy.rules.merging import NotComparable, Override, demanded
from vetting.policy.rules.overriding import called, open_fields
from vetting.policy.rules.packs import Rule
from workflows.actors import Actor
from workflows.refusals import Refused, raise_if


def override_rule(
    *, district: District, rule: Rule, field: str, value: Any, reason: str, by: Actor
) -> RuleOverride:
    """Whoever does it approves it, and is named. The open dates follow. Raises Refused."""
    row = _overridden(district, rule, field, value, reason, by)
    recompute_by_packs(district, by=by)
    return row


@transaction.atomic
def _overridden(
    district: District, rule: Rule, field: str, value: Any, reason: str, by: Actor
) -> RuleOverride:
    must_hold(district, by, *OVERRIDERS)
    lock(district)
    raise_if(reasons_against(district, rule, field, value, reason))
    row = RuleOverride.objects.create(
        district=district,
        rule=rule.id,
        field=field,
        value=value,
        reason=reason.strip(),
        approver=by.ref,
        made_at=timezone.now(),
    )
    facts = {"rule": rule.id, "field": field, "override": row.pk}
    note_change("rule_overridden", by=by, district=district, **facts)
    return row


def reasons_against(
    district: District, rule: Rule, field: str, value: Any, reason: str
) -> list[str]:
    reasons = [] if reason.strip() else ["Write why this district reads it otherwise."]
    if field not in open_fields(rule):
        return [*reasons, "This cannot be read otherwise: nobody could tell stricter from looser."]
    if queries.override_rows(district).filter(rule=rule.id, field=field).exists():
        reasons.append("It is read otherwise already: end that first, then write what counts now.")
    if rule.terms[field] == value:
        reasons.append(f"“{called(field)}” says that already.")
    try:
        demanded(rule, frozenset(), [Override(rule.id, field, value, "tried", "tried")])
    except NotComparable as odd:
        reasons.append(str(odd))
    return reasons


def end_override(*, district: District, key: int, reason: str, by: Actor) -> RuleOverride:
    """The rule counts as it is written again, and the open dates follow. Raises Refused."""
    row = _ended(district, key, reason, by)
    recompute_by_packs(district, by=by)
    return row


@transaction.atomic
def _ended(district: District, key: int, reason: str, by: Actor) -> RuleOverride:
    must_hold(district, by, *OVERRIDERS)
    lock(district)
    row = queries.override_rows(district).filter(pk=key).first()
    if row is None:
        raise Refused(["It has ended already."])
    raise_if([] if reason.strip() else ["Write why it ends."])
    row.ended_at, row.ended_by, row.end_reason = timezone.now(), by.ref, reason.strip()
    row.save(update_fields=["ended_at", "ended_by", "end_reason"])
    note_change("override_ended", by=by, district=district, rule=row.rule, override=row.pk)
    return row
