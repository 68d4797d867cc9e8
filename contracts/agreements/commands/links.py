"""Personal links: minted only while a mail is being sent, kept only as a hash."""

import secrets
from datetime import datetime, timedelta

from django.conf import settings
from django.utils import timezone

from contracts.agreements.models import Agreement, VendorLink
from contracts.agreements.rules import token_hash
from workflows.lifecycles.agreement import ABANDONED, DRAFTING
from workflows.outbox.jobs import link_minter
from workflows.outbox.models import Message
from workflows.stateful import lock_row

LIFE = timedelta(days=30)
# Here the vendor has nothing to read: a mail that leaves that late carries a link that is shut.
NOTHING_TO_READ = (DRAFTING, ABANDONED)


@link_minter("agreement")
def mint_link(message: Message) -> str:
    """A new address for the vendor's page; the one made for this message before is revoked."""
    now, token = timezone.now(), secrets.token_urlsafe(32)
    # Locked: whoever takes the text back now waits, and then revokes this link too.
    agreement = lock_row(Agreement, message.case_id or 0)
    VendorLink.objects.filter(message_key=message.dedupe_key, revoked_at=None).update(
        revoked_at=now
    )
    VendorLink.objects.create(
        agreement=agreement,
        contact_id=message.payload["link"]["contact"],
        token_hash=token_hash(token),
        message_key=message.dedupe_key,
        minted_at=now,
        expires_at=now + LIFE,
        revoked_at=now if agreement.state in NOTHING_TO_READ else None,
    )
    return f"{settings.SITE_URL}/vendor/{token}/"


def revoke_links(
    agreement: Agreement, *, at: datetime, minted_until: datetime | None = None
) -> int:
    """Close every door of a text that is no longer offered; later ones belong to a later text."""
    rows = VendorLink.objects.filter(agreement=agreement, revoked_at=None)
    if minted_until:
        rows = rows.filter(minted_at__lte=minted_until)
    return rows.update(revoked_at=at)
