"""A race: several people at one subject in the same instant, a hundred or a thousand times.

Contenders are threads that live as long as the race, each with a connection of its own. Before each
start they meet; whoever won the last time starts a little later the next, so that both orders
happen and the two stay as close as they can be. What must be true afterwards is not written down by
hand: on other copies of the same subject the contenders act one after the other, each of them first
once, and what all did at once must be, row for row, what one of these stories left.
"""

import os
import random
import sys
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from time import perf_counter, process_time, sleep
from typing import Any, Generic, TypeVar

from django.db import connection

from tests.races import report
from tests.races.judging import Also, Call, Judge, Round, winner_of
from tests.races.tally import tallies
from workflows.outbox.drain import drain

S = TypeVar("S")
FIRST = (
    r"[A-Z]\w+( \w+)? was first: since \w{3}, \w{3} \d+, \d+:\d\d [AP]M \w+ this is “[^”]+”\. "
    r"Nothing of yours was changed\."
)
# Seconds. Threads change places more often than every five milliseconds, which is Python's own.
MOST_LEAN, SWITCH = 0.25, 0.0005


@dataclass(slots=True)
class Race(Generic[S]):
    """`subjects` makes that many alike. A contender who raises Refused has lost.

    `says`: what every loser reads (a regular expression). `once`: kinds of rows (regular
    expressions over a tally's) of which each subject has exactly one in the end. `won`: whether a
    contender's answer was a win, where nobody is ever refused. `between`: further stories, where an
    act is more than one transaction. `settle`: what happens to all subjects afterwards, such as a
    drain. `also`: sentences about what else is wrong. `in_tests`: how often outside of the soak: a
    hundred times where a race takes under ten milliseconds of the processor, thirty times where it
    takes more, twenty where pages are drawn. `kinds`: the invariants that are
    asked, where the subjects' past was not told to the end.
    """

    name: str
    subjects: Callable[[int], Sequence[S]]
    contenders: Mapping[str, Callable[[S], Any]]
    says: str = FIRST
    once: Sequence[str] = ()
    won: Callable[[Any], bool] = lambda answer: True
    between: Sequence[Callable[[S], Sequence[Any]]] = ()
    settle: Callable[[], Any] | None = None
    also: Also | None = None
    in_tests: int = 100
    kinds: Sequence[str] = ("",)
    rounds: list[Round] = field(default_factory=list)

    @property
    def times(self) -> int:
        return int(os.environ.get("COUNTERSIGN_RACES", self.in_tests))

    def run(self) -> None:
        """Race, judge, write a line of the soak's table; raises with the first faults."""
        began, computed = perf_counter(), process_time()
        stories = self._stories()
        subjects = list(self.subjects(self.times + len(stories)))
        controls, raced = subjects[: len(stories)], subjects[len(stories) :]
        self.rounds = [told(subject) for told, subject in zip(stories, controls, strict=True)]
        self.rounds += self._at_once(raced)
        if self.settle:
            self.settle()
        judge = self._judged(subjects, len(stories))
        judge.line.seconds = perf_counter() - began
        judge.line.cpu = process_time() - computed
        report.write(judge.line)
        faults = judge.faults
        assert not faults, "\n".join([f"{self.name}: {len(faults)} faults", *faults[:8]])

    def _stories(self) -> list[Callable[[S], Round]]:
        """One after the other, each of them first once."""
        acts, everybody = list(self.contenders.values()), range(len(self.contenders))

        def one_by_one(first: int, subject: S) -> Round:
            order = sorted(everybody, key=lambda place: place != first)
            calls = {place: _call(acts[place], subject) for place in order}
            return [calls[place] for place in everybody]

        def told(story: Callable[[S], Sequence[Any]], subject: S) -> Round:
            return [Call(0.0, 0.0, answer) for answer in story(subject)]

        orders = [partial(one_by_one, first) for first in everybody]
        return [*orders, *(partial(told, story) for story in self.between)]

    def _at_once(self, subjects: Sequence[S]) -> list[Round]:
        start = _Start(len(self.contenders), self.won)
        gate = threading.Barrier(len(self.contenders), action=start.lean)
        calls: list[dict[int, Call]] = [{} for _ in subjects]

        def compete(place: int, act: Callable[[S], Any]) -> None:
            try:
                for number, subject in enumerate(subjects):
                    gate.wait(timeout=120)
                    sleep(start.delays[place])
                    calls[number][place] = start.last[place] = _call(act, subject)
            except BaseException:
                gate.abort()
                raise
            finally:
                connection.close()

        self._let_go(compete, patience=max(120, 2 * len(subjects)))
        everybody = range(len(self.contenders))
        assert all(len(one) == len(everybody) for one in calls), f"{self.name}: somebody gave up"
        return [[one[place] for place in everybody] for one in calls]

    def _let_go(self, compete: Callable[[int, Callable[[S], Any]], None], patience: float) -> None:
        threads = [
            threading.Thread(target=_quietly, args=(compete, place, act), daemon=True)
            for place, act in enumerate(self.contenders.values())
        ]
        with _changing_places():
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join(timeout=patience)
                assert not thread.is_alive(), f"{self.name}: somebody waits for ever"

    def _judged(self, subjects: Sequence[S], alone: int) -> Judge:
        told, raced = tallies(subjects), self.rounds[alone:]
        line = report.Line(self.name, connection.vendor, len(raced))
        winners = [winner_of(calls, self.won) for calls in raced]
        line.won = {name: winners.count(place) for place, name in enumerate(self.contenders)}
        through = [tuple(call.went for call in calls) for calls in self.rounds[:alone]]
        stories = list(zip(through, told[:alone], strict=True))
        judge = Judge(list(self.contenders), line, self.says, self.once, stories)
        for calls, tally in zip(raced, told[alone:], strict=True):
            judge.hear(calls)
            judge.compare(calls, tally)
        # One stall is an accident of the machine, which is not always ours alone; two are none.
        judge.keep_time(crowded=True)
        for tally in told:
            judge.count(tally)
        judge.find_stuck(subjects, self.kinds)
        # What it reads are answers; where somebody got none, enough has been said.
        judge.hear_more(self.also(subjects, self.rounds) if self.also and not judge.faults else [])
        judge.both_won()
        judge.all_met()
        return judge


def drain_all() -> None:
    """One drain stops after five hundred messages."""
    while drain():
        continue


class _Start:
    """When each contender sets off, leaning against whoever won the last time."""

    def __init__(self, contenders: int, won: Callable[[Any], bool]) -> None:
        self.won, self.random = won, random.Random(20260101)  # noqa: S311  # no secret
        self.last: list[Call | None] = [None] * contenders
        self.leans, self.delays = [0.0] * contenders, [0.0] * contenders
        self.jitter = 0.0005

    def lean(self) -> None:
        """Called by one of the threads while all of them wait."""
        done = [call for call in self.last if call]
        winner = winner_of(done, self.won) if len(done) == len(self.leans) else None
        if winner is not None:
            spent = done[winner].ended - done[winner].began
            self.jitter = min(spent / 4, 0.002)
            self.leans[winner] += min(max(spent / 6, 0.0001), 0.01)
            least = min(self.leans)
            self.leans = [min(lean - least, MOST_LEAN) for lean in self.leans]
        self.delays = [lean + self.random.uniform(0, self.jitter) for lean in self.leans]


def _call(act: Callable[[S], Any], subject: S) -> Call:
    began = perf_counter()
    try:
        answer = act(subject)
    except Exception as error:
        answer = error
    return Call(began, perf_counter(), answer)


def _quietly(act: Callable[..., None], *args: Any) -> None:
    """A gate that another thread broke ends this one; the race says so itself."""
    with suppress(threading.BrokenBarrierError):
        act(*args)


@contextmanager
def _changing_places() -> Iterator[None]:
    before = sys.getswitchinterval()
    sys.setswitchinterval(SWITCH)
    try:
        yield
    finally:
        sys.setswitchinterval(before)
