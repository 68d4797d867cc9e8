"""A hold of law enforcement: the day on which it is looked at again follows the hold."""

from datetime import date, datetime

from vetting.policy import reckoning
from vetting.policy.confidential import REVIEW
from workflows.clock import commands as clock
from workflows.clock import lawful
from workflows.clock.models import Deadline
from workflows.clock.queries import calendar_of, open_deadlines
from workflows.grammar import Rung
from workflows.stateful import Stateful

REVIEWING = (Rung(-1, "remind", "owner"), Rung(0, "overdue", "owner"))


def look_again(subject: Stateful, *, on: date, at: datetime) -> None:
    # Before the dates by law are followed, so their lock is taken here: see follow_hold.
    lawful.locked(subject)
    calendar = calendar_of(subject.case.tenant, on)
    _rearm(subject, due_at=calendar.at(on), at=at)


def follow_hold(subject: Stateful, *, on_hold: bool, at: datetime) -> None:
    """Nobody is reminded of a hold that is over; where its lift is taken back, they are again.

    The caller holds the dates by law, thus the case: the sweep would else claim the case and wait
    for this date, while we wait for the case.
    """
    if not on_hold or reckoning.holds_of(subject.pk)[-1].lifted:
        clock.meet(subject, kind=REVIEW, at=at)
        return
    if open_deadlines(subject).filter(kind=REVIEW).exists():
        return
    asked = Deadline.objects.filter(case_id=subject.pk, kind=REVIEW)
    if last := asked.order_by("-pk").first():
        _rearm(subject, due_at=last.due_at, at=at)


def _rearm(subject: Stateful, *, due_at: datetime, at: datetime) -> None:
    clock.rearm(
        subject,
        kind=REVIEW,
        at=at,
        due_at=due_at,
        ladder=REVIEWING,
        basis="Ask whether law enforcement still wants notices held back",
        set_by="whoever recorded the hold",
    )
