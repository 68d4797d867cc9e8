"""What is true after a race: each subject against the stories in which nobody met anybody."""

import re
import traceback
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import Any

from tests.races.report import Line
from tests.races.tally import Tally, cases_of
from workflows.cases import Case
from workflows.invariants import registry
from workflows.outbox.models import Message
from workflows.refusals import Refused

# Seconds until a loser has read why; later it is a fault, where it is also so many times what is
# usual in this race. A crowded machine slows everybody alike, a lock that is kept only its losers.
LATE, TIMES = 1.0, 5
# Of as many races each of two sides must have won so many; otherwise one order was hardly tried.
ENOUGH = {30: 1, 100: 3}
# Of the races that somebody won all were under way at once in one of so many, or nothing was raced.
# On SQLite whoever is first to the write lock is often done before the other has begun, on a slow
# machine nearly always: there it must have happened at all.
MEETS, ASKED_FROM = {"postgresql": 10, "sqlite": 1000}, 10
UNFINISHED = (Message.INFLIGHT, Message.FAILED, Message.RETRY)


@dataclass(frozen=True, slots=True)
class Call:
    """One contender's part in one race; instants of the process's own clock."""

    began: float
    ended: float
    answer: Any

    @property
    def went(self) -> bool:
        return not isinstance(self.answer, Exception)


Round = list[Call]
Also = Callable[[Sequence[Any], Sequence[Round]], list[str]]


def winner_of(calls: Round, won: Callable[[Any], bool]) -> int | None:
    """Who got through; of several the one who was done first."""
    through = [n for n, call in enumerate(calls) if call.went and won(call.answer)]
    return min(through, key=lambda n: calls[n].ended, default=None)


@dataclass(slots=True)
class Judge:
    """Counts into the race's line of the table, and says each fault in a sentence."""

    names: Sequence[str]
    line: Line
    says: str
    once: Sequence[str]
    # Who got through in a story told one act after the other, and what it left.
    stories: Sequence[tuple[tuple[bool, ...], Tally]]
    faults: list[str] = field(default_factory=list)
    # Seconds that each winner took, and each loser.
    taken: list[float] = field(default_factory=list)
    waited: list[tuple[str, float]] = field(default_factory=list)

    def hear(self, calls: Round) -> None:
        """Every loser reads a sentence, and soon."""
        met = max(call.began for call in calls) < min(call.ended for call in calls)
        self.line.met += met
        for name, call in zip(self.names, calls, strict=True):
            if call.went:
                self.taken.append(call.ended - call.began)
            else:
                self._answer(name, call)

    def _answer(self, name: str, call: Call) -> None:
        spent, line = call.ended - call.began, self.line
        line.slowest_ms = max(line.slowest_ms, spent * 1000)
        line.late += spent > LATE
        self.waited.append((name, spent))
        if not isinstance(call.answer, Refused):
            line.errors += 1
            self.faults.append(f"{name} got an error: {_told(call.answer)}")
        elif not re.search(self.says, words := " ".join(call.answer.reasons)):
            line.unreadable += 1
            self.faults.append(f"{name} reads: {words[:600]}")

    def keep_time(self, *, crowded: bool) -> None:
        """Called when all have been heard. `crowded`: with more at work than there are cores,
        somebody is stalled once; twice in one race is no accident."""
        if not self.waited:
            return
        usual = median(spent for _, spent in self.waited)
        late = [(n, s) for n, s in self.waited if s > LATE and s > TIMES * usual]
        for name, spent in late if len(late) > int(crowded) else ():
            self.faults.append(f"{name} read after {spent:.1f} s, others after {usual:.2f}")
        if self.taken and usual > LATE and usual > TIMES * (took := median(self.taken)):
            self.faults.append(f"Losers read after {usual:.1f} s, winners are done in {took:.2f}")

    def compare(self, calls: Round, tally: Tally) -> None:
        """Row for row what one of the stories left in which the same people got through."""
        through = tuple(call.went for call in calls)
        alike = [rows for went, rows in self.stories if went == through]
        if not alike:
            self._unheard_of(through, tally)
        elif tally not in alike:
            nearest = min(alike, key=lambda rows: (rows - tally).total() + (tally - rows).total())
            more, less = tally - nearest, nearest - tally
            self.line.duplicates += bool(more)
            self.line.lost += bool(less and not more)
            told = self._named(through)
            self.faults.append(f"{told} got through: too much {dict(more)}, missing {dict(less)}")

    def _unheard_of(self, through: tuple[bool, ...], tally: Tally) -> None:
        most = max(sum(went) for went, _ in self.stories)
        self.line.duplicates += sum(through) > most
        self.line.lost += sum(through) <= most
        self.faults.append(f"In no order only {self._named(through)} got through: {dict(tally)}")

    def _named(self, through: tuple[bool, ...]) -> str:
        return ", ".join(n for n, went in zip(self.names, through, strict=True) if went) or "nobody"

    def count(self, tally: Tally) -> None:
        for kind in self.once:
            count = sum(tally[key] for key in tally if re.fullmatch(kind, key))
            self.line.duplicates += count > 1
            self.line.lost += count < 1
            if count != 1:
                self.faults.append(f"{count} of “{kind}” in {dict(tally)}")

    def find_stuck(self, subjects: Sequence[Any], kinds: Sequence[str]) -> None:
        found = list(stuck(subjects, kinds))
        self.line.stuck += len(found)
        self.faults += found

    def hear_more(self, said: Sequence[str]) -> None:
        self.line.other += len(said)
        self.faults += said

    def all_met(self) -> None:
        line = self.line
        won = sum(line.won.values())
        if won >= ASKED_FROM and line.met * MEETS[line.database] < won:
            self.faults.append(f"Hardly ever all were under way at once: {line}")

    def both_won(self) -> None:
        wins = self.line.won.values()
        wanted = max((least for races, least in ENOUGH.items() if sum(wins) >= races), default=0)
        if min(wins) < min(wanted, max(1, wanted * 2 // len(wins))):
            self.faults.append(f"One side hardly ever won, so one order was not tried: {self.line}")


def stuck(subjects: Sequence[Any], kinds: Sequence[str]) -> Iterator[str]:
    """What the invariants say of these cases, and messages that nobody will ever finish."""
    mine = {case for subject in subjects for case in cases_of(subject)}
    codes = set(Case.objects.filter(pk__in=mine).values_list("code", flat=True))
    for fault in (fault for kind in kinds for fault in registry.faults(kind)):
        if fault.case in codes or not fault.case:
            yield f"{fault.kind}: {fault.says}"
    for row in Message.objects.filter(status__in=UNFINISHED):
        yield f"{row} after {row.attempts} attempts: {row.last_error}"


def _told(error: Exception) -> str:
    return "".join(traceback.format_exception(error))[-3000:]
