"""Changing a district's people, schools and days. Each verb writes its row of SettingChange."""

from typing import Any

from django.utils import timezone

from vetting.people.models import SettingChange
from workflows.actors import Actor


def note_change(what: str, *, by: Actor, **facts: Any) -> SettingChange:
    """One row of the record of settings, in the transaction of the change it tells of."""
    return SettingChange.objects.create(
        tenant_id=by.tenant_id, at=timezone.now(), actor_ref=by.ref, what=what, facts=facts
    )
