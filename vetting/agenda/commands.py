"""A person's own calendar address: made, made anew, closed."""

import secrets
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from vetting.agenda.models import CalendarFeed
from vetting.agenda.rules.feed import LIFE, token_hash
from vetting.people.commands.record import note_change
from vetting.people.leaving import ends_with_access
from vetting.people.models import Membership
from workflows.actors import Actor
from workflows.engine import Refused

# Calendar programs ask every few minutes; when they last did is kept this coarsely.
NOTED_EVERY = timedelta(hours=1)


@transaction.atomic
def make_address(*, membership: Membership, by: Actor) -> str:
    """The token, which nobody can read again; an address made before is closed. Raises Refused."""
    person, now = _own(membership, by), timezone.now()
    _close(person, now)
    token = secrets.token_urlsafe(32)
    CalendarFeed.objects.create(
        membership=person, token_hash=token_hash(token), made_at=now, expires_at=now + LIFE
    )
    note_change("calendar_address_made", by=by, district=person.district)
    return token


@transaction.atomic
def close_address(*, membership: Membership, by: Actor) -> bool:
    """Whether there was one. Raises Refused."""
    person = _own(membership, by)
    closed = _close(person, timezone.now())
    if closed:
        note_change("calendar_address_closed", by=by, district=person.district)
    return closed


def note_read(feed: CalendarFeed, now: datetime) -> None:
    if feed.read_at is None or feed.read_at <= now - NOTED_EVERY:
        CalendarFeed.objects.filter(pk=feed.pk).update(read_at=now)


@ends_with_access("agenda")
def close_with_access(person: Membership, at: datetime) -> None:
    """Whoever comes back later makes a new one."""
    _close(person, at)


def _own(membership: Membership, by: Actor) -> Membership:
    """Locked, so that of two presses at once the later one's address is the one that opens."""
    if membership.ref != by.ref:
        raise Refused(["A calendar address is made by the person whose calendar it is."])
    locked = Membership.objects.select_for_update(of=("self",), no_key=True)
    return locked.select_related("district__tenant").get(pk=membership.pk)


def _close(person: Membership, at: datetime) -> bool:
    rows = CalendarFeed.objects.filter(membership=person, revoked_at=None)
    return bool(rows.update(revoked_at=at))
