"""The pages people open most, through Django's test client: how long, and how many queries.

Each page's slowest turns are told on the screen with what the processors did in them: what is ours
shows there, what the machine did beside it does not.
"""

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from statistics import median, quantiles
from time import perf_counter
from typing import Any

from django.core.signals import request_finished
from django.db import connection
from django.db.models import Min, QuerySet
from django.test import Client

from tests.benchmarks.race import processor_ms
from tests.benchmarks.scale.filling import FIRST
from vetting.people.models import Membership
from vetting.wsgi import rest_the_collector, tidy_up
from workflows.cases import Case

# Of a hundred turns the 95th percentile is no longer the slowest one.
TURNS, SHOWN = 100, 3
# The demo's people, by the first word of their address.
STAFF = ("ada", "pat", "cora", "sol")
LEAD = ("ada", "sol")


@dataclass(frozen=True, slots=True)
class Page:
    """`paths` are asked in turn, by each of `people` in turn."""

    name: str
    paths: Sequence[str]
    people: Sequence[str]


@dataclass(frozen=True, slots=True, order=True)
class Turn:
    """One page for one person; `processor` is this process and its own server process."""

    ms: float
    processor: float
    queries: int
    who: str
    path: str

    def __str__(self) -> str:
        return f"{self.ms:.0f} ms ({self.processor:.0f} of processor) {self.who} {self.path}"


@dataclass(slots=True)
class Seen:
    turns: list[Turn] = field(default_factory=list)

    def summary(self) -> dict[str, float]:
        spent, computed = [t.ms for t in self.turns], [t.processor for t in self.turns]
        return {
            "p50_ms": median(spent),
            "p95_ms": quantiles(spent, n=20)[-1],
            "processor_p50_ms": median(computed),
            "processor_p95_ms": quantiles(computed, n=20)[-1],
            "queries": max(t.queries for t in self.turns),
        }

    def slowest(self) -> str:
        return "; ".join(map(str, sorted(self.turns, reverse=True)[:SHOWN]))


def measure(turns: int = TURNS) -> dict[str, dict[str, float]]:
    """{page: figures}; the first turn of each page is not counted."""
    rest_the_collector()
    # A web server calls it when the answer is sent; Django's test client would before it gives it.
    request_finished.disconnect(tidy_up)
    clients = {name: _signed_in(name) for name in {n for page in pages() for n in page.people}}
    found = {page.name: visit(page, clients, turns) for page in pages()}
    for name, seen in found.items():
        print(f"· {name}, slowest: {seen.slowest()}", file=sys.stderr, flush=True)
    return {name: seen.summary() for name, seen in found.items()}


def pages() -> list[Page]:
    return [
        Page("home, staff", ["/"], STAFF),
        Page("home, a teacher", ["/"], ("ben", "teacher")),
        Page("due", ["/due/"], LEAD),
        Page("requests: open", ["/requests/"], STAFF),
        Page("requests: all", ["/requests/?view=all"], LEAD),
        Page("requests: a later page", ["/requests/?view=all&page=400"], LEAD),
        Page("requests: mine", ["/requests/?view=all&mine=1"], ("ben", "teacher")),
        Page("request", _cases_of("request", "requests"), STAFF),
        Page("agreements: open", ["/agreements/"], ("ada", "cora")),
        Page("agreements: all", ["/agreements/?view=all"], ("ada", "cora")),
        Page("agreement", _cases_of("agreement", "agreements"), ("ada", "cora")),
    ]


def visit(page: Page, clients: dict[str, Client], turns: int) -> Seen:
    seen = Seen()
    for number in range(-len(page.people), max(turns, len(page.paths))):
        who, path = page.people[number % len(page.people)], page.paths[number % len(page.paths)]
        turn = _turn(clients[who], who, path)
        if number >= 0:
            seen.turns.append(turn)
    return seen


def _turn(client: Client, who: str, path: str) -> Turn:
    with counting() as queries:
        before, began = processor_ms(connection.connection), perf_counter()
        answer = client.get(path)
        spent = (perf_counter() - began) * 1000
        computed = processor_ms(connection.connection) - before
    if answer.status_code != 200:
        raise RuntimeError(f"{path}: {answer.status_code}")
    del answer
    tidy_up()
    return Turn(spent, computed, len(queries), who, path)


@contextmanager
def counting() -> Iterator[list[str]]:
    queries: list[str] = []

    def note(execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        queries.append(sql)
        return execute(sql, *rest)

    with connection.execute_wrapper(note):
        yield queries


def _signed_in(name: str) -> Client:
    """The story's people; before anything is poured there is no teacher but Ben."""
    people = Membership.objects.select_related("user").order_by("pk")
    found = people.filter(user__email__startswith=name).first()
    client = Client()
    client.force_login((found or people.get(user__email__startswith="ben")).user)
    return client


def _cases_of(machine: str, room: str) -> list[str]:
    """One of the story in each state and, once they are there, one of the poured ones."""
    cases = Case.objects.filter(machine=machine).exclude(**{f"{_model(machine)}__state": "draft"})
    codes = [*_in_each_state(cases.filter(pk__lt=FIRST), _model(machine))]
    codes += _in_each_state(cases.filter(pk__gt=FIRST), _model(machine))
    return [f"/{room}/{code}/" for code in codes]


def _in_each_state(cases: QuerySet[Case], model: str) -> Iterator[str]:
    """A page's queries depend on the state; a poured case's must not differ from a told one's."""
    first = cases.order_by().values(f"{model}__state").annotate(first=Min("pk"))
    yield from (
        cases.filter(pk__in=first.values("first")).order_by("pk").values_list("code", flat=True)
    )


def _model(machine: str) -> str:
    return {"request": "toolrequest"}.get(machine, machine)
