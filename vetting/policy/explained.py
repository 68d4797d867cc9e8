"""Every date of a case with its reason: the rows of the clock, and what is known around them."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from vetting.policy.confidential import as_others_read
from vetting.policy.gathering import (
    Record,
    anchor_of,
    closing_of,
    gathered,
    history_of,
    how_it_ended,
    ladder_of,
    law_of,
    others_of,
    reading_of,
    rule_of,
    stops_of,
)
from vetting.policy.origins import Plain, ground_of, plain_dates, reader_of
from vetting.policy.rules.explanation import (
    MET,
    OPEN,
    STANDS,
    WAIVED,
    Explanation,
    Ground,
    Happened,
)
from workflows.actors import Actor
from workflows.cases import Case, Tenant
from workflows.clock import rules
from workflows.clock.explaining import Reckoning, reckoning_of
from workflows.clock.models import Deadline
from workflows.clock.queries import calendar_of
from workflows.desk.queries import title_of
from workflows.stateful import Stateful, model_of


def case_to_explain(actor: Actor, code: str) -> Stateful:
    """The case as its own page would open it. Raises Case.DoesNotExist alike for nothing, another
    district's and a hidden one."""
    machine = Case.objects.values_list("machine", flat=True).get(code=code)
    read = reader_of(machine)
    if read is None:
        raise Case.DoesNotExist
    try:
        return read(actor, code)
    except model_of(machine).DoesNotExist:
        raise Case.DoesNotExist from None


def case_with_code(code: str) -> Stateful | None:
    """For whoever sits at the machine itself."""
    found = Case.objects.filter(code__iexact=code.strip()).first()
    if found is None:
        return None
    rows = model_of(found.machine)._base_manager.select_related("case__tenant")
    subject: Stateful = rows.get(pk=found.pk)
    return subject


def explanations_of(subject: Stateful, *, sources: bool = True) -> list[Explanation]:
    """Open ones first, the soonest due first; then those that are over, the latest first.

    A handful of queries, however many dates there are. `sources`: with the words in which somebody
    wrote down how they know, which are not for everybody who may read the case.
    """
    known = Deadline.objects.filter(case_id=subject.pk).order_by("due_at", "id")
    rows = [row if sources else as_others_read(row) for row in known]
    going, over = [row for row in rows if row.is_open], [row for row in rows if not row.is_open]
    over.sort(key=lambda row: row.met_at or row.waived_at or row.due_at, reverse=True)
    record = gathered(subject, rows, sources=sources)
    named = _named([*going, *over])
    found = [_explained(record, row, named[row.pk]) for row in (*going, *over)]
    beside = [_plain(record, one) for one in plain_dates(subject)]
    is_open = [*beside, *found[: len(going)]]
    return [*sorted(is_open, key=lambda one: one.reckoning.due_at), *found[len(going) :]]


def _named(rows: Iterable[Deadline]) -> dict[int, str]:
    """An open date has the name of its kind, so that a link to it stays; earlier ones a number."""
    seen: Counter[str] = Counter()
    names = {}
    for row in rows:
        seen[row.kind] += 1
        names[row.pk] = row.kind if seen[row.kind] == 1 else f"{row.kind}-{seen[row.kind]}"
    return names


def reckoning_in(row: Deadline, zone: str) -> Reckoning:
    """From the row alone; `zone`: the district's, for rows that do not say."""
    standing = row.left if row.paused_at and not row.layer else None
    return reckoning_of(
        row.explanation, due_at=row.due_at, armed_at=row.armed_at, zone=zone, left=standing
    )


def _explained(record: Record, row: Deadline, name: str) -> Explanation:
    one = reckoning_in(row, record.subject.case.tenant.zone)
    rule = rule_of(record, row, one.since, one.zone)
    anchor = anchor_of(record, row, one)
    return Explanation(
        name=name,
        kind=row.kind,
        label=row.basis or row.kind.replace("_", " ").capitalize(),
        layer=row.layer,
        standing=_standing(row),
        reckoning=one,
        anchor=anchor,
        others=tuple(others_of(record, rule, anchor)),
        law=law_of(row.explanation, rule, reading_of(record, row, rule)),
        ground=_ground(record.subject, row, one),
        stops=tuple(stops_of(record, one)),
        ladder=tuple(ladder_of(record, row)),
        history=tuple(history_of(record, row)),
        closed_at=row.met_at or row.waived_at,
        closed_by=closing_of(record, row),
        ended=how_it_ended(record, row),
        promise=_promised(record.subject.case.tenant, row, one),
    )


def _promised(tenant: Tenant, row: Deadline, one: Reckoning) -> Reckoning | None:
    """The row keeps no days after the stop: they are counted again, and told where the calendar
    still leads to the date that was promised."""
    if not one.stands_still or one.unit is None:
        return None
    calendar, before = calendar_of(tenant, one.first_day), one.pauses[:-1]
    stored = rules.counted(one.since, one.amount, one.unit, calendar, before)
    if datetime.fromisoformat(stored["due"]) != row.due_at:
        return None
    return reckoning_of(stored, due_at=row.due_at, armed_at=row.armed_at, zone=one.zone)


def _standing(row: Deadline) -> str:
    if row.is_open:
        return STANDS if row.paused_at else OPEN
    return MET if row.met_at else WAIVED


def _ground(subject: Stateful, row: Deadline, one: Reckoning) -> Ground | None:
    """What names the day, where it still names this very day."""
    found = ground_of(subject, row.kind) if one.method == "set" else None
    return found if found and found.day == one.due_day else None


def _plain(record: Record, plain: Plain) -> Explanation:
    zone = record.subject.case.tenant.zone
    return Explanation(
        name=plain.kind,
        kind=plain.kind,
        label=plain.label,
        layer="",
        standing=OPEN,
        reckoning=Reckoning(zone=zone, since=plain.since, due_at=plain.due_at),
        anchor=_of_the_day(record, plain.since, zone),
        ground=plain.ground,
    )


def _of_the_day(record: Record, since: datetime, zone: str) -> Happened:
    """A plain date knows only a day: the last move on it or before."""
    until = since.timestamp() + 24 * 3600
    moves = [one for one in record.entries if one.target and one.at.timestamp() < until]
    return record.happened(moves[-1], moves[-1].at) if moves else Happened("it was set", since)


def as_json(subject: Stateful, *, sources: bool = True) -> dict[str, Any]:
    """All dates with all that is needed to reckon them again; keys and kinds are stable."""
    return {
        "case": subject.case.code,
        "machine": subject.lifecycle.name,
        "title": title_of(subject),
        "zone": subject.case.tenant.zone,
        "dates": [one.as_json() for one in explanations_of(subject, sources=sources)],
    }
