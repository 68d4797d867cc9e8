"""Telling people which of their dates a recompute moved: after it, in one mail each."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, NamedTuple

from workflows import providers
from workflows.cases import Tenant
from workflows.clock import words
from workflows.clock.announcing import TOPIC
from workflows.clock.models import Deadline
from workflows.clock.moving import RECOMPUTED
from workflows.clock.queries import OPEN
from workflows.clock.telling import BECAUSE
from workflows.ledger.models import Entry
from workflows.outbox import commands as outbox
from workflows.outbox.jobs import Finish, job
from workflows.outbox.models import Message
from workflows.providers import Recipient
from workflows.stateful import Stateful, model_of

# Who looks after a date, in the lifecycles' own words; nobody outside of the district.
CONCERNED = ("holders", "owner", "owner_lead")
LISTED, AT_ONCE = 50, 500


class Move(NamedTuple):
    """The soonest day first, as they are listed."""

    now: date
    case_id: int
    kind: str
    was: date
    machine: str
    why: str


@dataclass(slots=True)
class News:
    """What one person hears."""

    person: Recipient
    moves: list[Move] = field(default_factory=list)

    @property
    def listed(self) -> list[Move]:
        return sorted(self.moves)[:LISTED]


@job(TOPIC, title="The mails about dates that moved", lease_seconds=3600)
def dates_moved(message: Message) -> Finish | None:
    if message.tenant is None:
        raise LookupError("A recompute belongs to a district.")
    news: dict[str, News] = {}
    for some in _chunks(_entries(message)):
        _gather(some, news)
    mails = [_mail(message, message.tenant, one) for one in news.values()]
    return lambda: outbox.post(mails)


def _entries(message: Message) -> Iterator[tuple[int, str, Mapping[str, Any]]]:
    """Found from the last ledger row before it on: nothing else tells one recompute's rows."""
    said = message.payload
    rows = Entry.objects.filter(
        pk__gt=said["after"],
        name=RECOMPUTED,
        recorded_at=datetime.fromisoformat(said["began"]),
        actor_ref=said["by"],
        case__tenant=message.tenant,
    )
    wanted = rows.order_by("case__machine", "pk").values_list("case_id", "case__machine", "facts")
    return wanted.iterator(chunk_size=AT_ONCE)


def _chunks(entries: Iterable[tuple[int, str, Mapping[str, Any]]]) -> Iterator[list[Move]]:
    """Of one machine each, so that its cases are read at once."""
    some: list[Move] = []
    for case, machine, facts in entries:
        if some and (len(some) == AT_ONCE or some[-1].machine != machine):
            yield some
            some = []
        was, now = (datetime.fromisoformat(facts[end]).date() for end in ("from", "to"))
        some.append(Move(now, case, facts["kind"], was, machine, facts["why"]))
    if some:
        yield some


def _gather(moves: Sequence[Move], news: dict[str, News]) -> None:
    subjects = _subjects(moves[0].machine, {move.case_id for move in moves})
    heard = {case: _concerned(subject) for case, subject in subjects.items()}
    for move in moves:
        for address, person in heard[move.case_id].items():
            news.setdefault(address, News(person)).moves.append(move)


def _subjects(machine: str, cases: Iterable[int]) -> dict[int, Stateful]:
    rows = model_of(machine).objects.select_related("case__tenant")
    return {subject.pk: subject for subject in rows.filter(pk__in=list(cases))}


def _concerned(subject: Stateful) -> dict[str, Recipient]:
    known = providers.audience_names(subject.lifecycle)
    turn = subject.lifecycle.turn.get(subject.state, "")
    names = [name for name in CONCERNED if name in known]
    if "holders" not in known and turn in known:
        names.append(turn)
    people = [one for name in names for one in providers.recipients(subject, name)]
    return {one.email.casefold(): one for one in people if one.link is None}


def _mail(message: Message, tenant: Tenant, news: News) -> Message:
    listed, count = news.listed, len(news.moves)
    whys = sorted({move.why for move in news.moves})
    return outbox.mail(
        case=None,
        tenant=tenant,
        folder="workflows/mail",
        name="dates_moved",
        to=news.person.email,
        context={
            "recipient": news.person,
            "count": count,
            "lines": list(_lines(listed)),
            "more": count - len(listed),
            "because": " and ".join(BECAUSE.get(why, BECAUSE["calendar"]) for why in whys),
        },
        dedupe_key=f"{message.dedupe_key}:{news.person.email.casefold()}",
    )


def _lines(moves: Sequence[Move]) -> Iterator[str]:
    """ "Chalkboard: Screening, from Wed, Dec 9, 2026 to Thu, Dec 10, 2026"."""
    titles: dict[int, str] = {}
    for machine in {move.machine for move in moves}:
        of_machine = _subjects(machine, {m.case_id for m in moves if m.machine == machine})
        titles |= {case: _title(subject) for case, subject in of_machine.items()}
    bases = _bases(moves)
    for move in moves:
        basis = bases.get((move.case_id, move.kind), move.kind)
        days = f"from {words.day_words(move.was)} to {words.day_words(move.now)}"
        yield f"{titles[move.case_id]}: {basis}, {days}"


def _title(subject: Stateful) -> str:
    return getattr(subject, "title", "") or f"{subject.lifecycle.name} {subject.code}"


def _bases(moves: Sequence[Move]) -> dict[tuple[int, str], str]:
    rows = Deadline.objects.filter(OPEN, case_id__in={move.case_id for move in moves})
    return {(case, kind): basis for case, kind, basis in rows.values_list("case", "kind", "basis")}
