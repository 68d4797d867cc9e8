"""What one person's calendar holds, and whose calendar an address opens."""

from collections.abc import Iterator
from datetime import UTC, datetime, time

from django.conf import settings
from django.urls import reverse

from vetting.agenda.models import CalendarFeed
from vetting.agenda.queries.dates import all_dates, reckoned_again
from vetting.agenda.queries.year import year_of
from vetting.agenda.rules.duties import Dated
from vetting.agenda.rules.feed import Date, token_hash
from vetting.people.models import District, Membership
from vetting.people.queries import actor_of, today_in
from vetting.policy.confidential import as_others_read, reads_sources
from vetting.policy.rules.classifying import short_mark
from vetting.requests.queries import SEES_THE_DISTRICT
from workflows.clock.models import Deadline
from workflows.clock.rules import pauses_in
from workflows.clock.words import day_there, zone_of
from workflows.desk.queries import address_of, inbox, title_of
from workflows.lifecycles.agreement import AGREEMENT
from workflows.lifecycles.request import REQUEST
from workflows.stateful import Stateful

# Of each kind of case that waits for the person, the soonest due.
READ = 300
# Named by a tool and a vendor; what a family or an incident is called may name a child.
SAYS_NO_PERSON = (REQUEST, AGREEMENT)


def open_feed(token: str, now: datetime) -> CalendarFeed | None:
    """Alike None for a wrong, an expired and a closed address, and for somebody who has left."""
    live = CalendarFeed.objects.filter(
        token_hash=token_hash(token),
        revoked_at=None,
        expires_at__gt=now,
        membership__active=True,
        membership__user__is_active=True,
    )
    return live.select_related("membership__district__tenant", "membership__user").first()


def feed_of(person: Membership) -> CalendarFeed | None:
    """The one that is not closed; it may have run out."""
    return CalendarFeed.objects.filter(membership=person, revoked_at=None).first()


def dates_for(person: Membership) -> list[Date]:
    """The open dates that concern them, and for those who see the district its fixed duties."""
    actor, district = actor_of(person), person.district
    owes = {work.record.pk: work.record for work in inbox(actor, most=READ)}
    pairs = all_dates(actor, owes)
    if not reads_sources(actor):
        pairs = [(as_others_read(row), subject) for row, subject in pairs]
    moved = reckoned_again([row.case_id for row, _ in pairs])
    found = [_date(row, subject, district, moved.get(row.case_id)) for row, subject in pairs]
    if actor.has(*SEES_THE_DISTRICT):
        found += _duties(district)
    return found


def _date(row: Deadline, subject: Stateful, district: District, moved: datetime | None) -> Date:
    title = title_of(subject) if subject.lifecycle in SAYS_NO_PERSON else subject.code
    return Date(
        key=f"{subject.code}.{row.kind}@{district.code}",
        at=row.due_at,
        title=f"{row.basis}: {title}",
        words=_words(row, district.tenant.zone),
        url=settings.SITE_URL + address_of(subject),
        changed_at=max(_changes(row, moved)),
    )


def _words(row: Deadline, home: str) -> str:
    """A calendar shows the instant where its reader is; the law's day may be another there."""
    mark, zone = short_mark(row.explanation), zone_of(row.layer, row.explanation, home)
    there = "" if zone == home else f"Due {day_there(row.due_at, zone, home)}. "
    return f"{there}{row.explanation.get('sentence', '')}{f' ({mark})' if mark else ''}"


def _changes(row: Deadline, moved: datetime | None) -> Iterator[datetime]:
    yield row.armed_at
    yield from (pause.end for pause in pauses_in(row.explanation) if pause.end)
    if moved:
        yield moved


def _duties(district: District) -> list[Date]:
    year = year_of(district, today_in(district))
    page = settings.SITE_URL + reverse("agenda:year")
    return [_duty(one, district, page) for one in year.dated]


def _duty(one: Dated, district: District, page: str) -> Date:
    mark = f" ({one.duty.mark})" if one.duty.mark else ""
    return Date(
        key=f"{one.duty.rule}.{one.day}@{district.code}",
        at=one.at,
        title=f"{one.duty.title}{mark}",
        words=one.sentence,
        url=page,
        changed_at=datetime.combine(one.verified_on, time(), UTC),
    )
