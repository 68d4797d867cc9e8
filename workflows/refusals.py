"""Why not: the sentences people read when something may not happen now."""

from datetime import datetime
from zoneinfo import ZoneInfo

from workflows import actors
from workflows.actors import Actor, Role
from workflows.ledger.models import Entry
from workflows.stateful import Stateful

# Of every note, whoever writes it: it is mailed, shown in full, and kept.
LONGEST_NOTE = 5000


class Refused(Exception):
    """A move that may not happen now; every reason is a sentence for the person refused.

    `moved_on`: the case has left the states this move starts from. For a reaction that is "done".
    """

    def __init__(self, reasons: list[str], *, moved_on: bool = False) -> None:
        super().__init__(" ".join(reasons))
        self.reasons = reasons
        self.moved_on = moved_on


def raise_if(reasons: list[str]) -> None:
    if reasons:
        raise Refused(reasons)


def too_long(note: str) -> list[str]:
    length = len(note.strip())
    if length <= LONGEST_NOTE:
        return []
    return [f"The note has {length:,} characters; write at most {LONGEST_NOTE:,}."]


def foreign(subject: Stateful, by: Actor) -> list[str]:
    same = by.tenant_id == subject.case.tenant_id or Role.SYSTEM in by.roles
    return [] if same else ["There is nothing here for you."]


def already_moved(subject: Stateful, by: Actor | None = None) -> str:
    """The loser of a race reads who was first, and when; nobody is told that of themselves."""
    last = Entry.objects.filter(case_id=subject.pk, kind=Entry.MOVE).order_by("-seq").first()
    if last is None:
        return f"This is now “{subject.shown_state}”."
    if by is not None and last.actor_ref == by.ref:
        when = moment(last.at, subject)
        return f"You have already done this: since {when} this is “{subject.shown_state}”."
    return (
        f"{name_of(last.actor_ref)} was first: since {moment(last.at, subject)} this is "
        f"“{subject.shown_state}”. Nothing of yours was changed."
    )


def name_of(ref: str) -> str:
    return actors.resolve_names({ref})[ref]


def moment(at: datetime, subject: Stateful) -> str:
    """A time as people of the case's district read it: "Sat, Nov 21, 4:05 PM MST"."""
    return moment_in(subject.case.tenant.zone, at)


def moment_in(zone: str, at: datetime) -> str:
    """The same for what belongs to no case; `zone` is an IANA name."""
    when = at.astimezone(ZoneInfo(zone))
    return f"{when:%a, %b} {when.day}, {when.hour % 12 or 12}:{when:%M %p %Z}"
