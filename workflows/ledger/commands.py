"""The only writers of the ledger; called under the case's lock."""

import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from workflows.actors import Actor
from workflows.ledger import rules
from workflows.ledger.models import Entry, Note
from workflows.stateful import Stateful


def append(
    subject: Stateful,
    *,
    kind: str,
    name: str,
    by: Actor,
    at: datetime,
    recorded_at: datetime,
    source: str = "",
    target: str = "",
    facts: Mapping[str, Any] | None = None,
    note: str = "",
) -> Entry:
    """Write the row that belongs to the subject's present version (no personal data in `facts`)."""
    salt = secrets.token_hex(16) if note else ""
    entry = Entry(
        case_id=subject.pk,
        seq=subject.version,
        at=at,
        recorded_at=recorded_at,
        kind=kind,
        name=name,
        source=source,
        target=target,
        actor_ref=by.ref,
        actor_tenant_id=by.tenant_id,
        facts=dict(facts or {}),
        note_hash=rules.note_digest(salt, note),
        prev=_head_of(subject),
    )
    entry.hash = rules.digest(vars(entry))
    entry.save(force_insert=True)
    if note:
        Note.objects.create(entry=entry, salt=salt, text=note)
    return entry


def _head_of(subject: Stateful) -> str:
    if subject.version == 1:
        return ""
    rows = Entry.objects.filter(case_id=subject.pk).order_by("-seq")
    return rows.values_list("hash", flat=True).first() or ""
