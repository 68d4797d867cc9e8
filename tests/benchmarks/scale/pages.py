"""The pages people open most, through Django's test client: how long, and how many queries."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from statistics import median, quantiles
from time import perf_counter
from typing import Any

from django.db import connection
from django.db.models import Min, QuerySet
from django.test import Client

from tests.benchmarks.scale.filling import FIRST
from vetting.people.models import Membership
from workflows.cases import Case

TURNS = 20
# The demo's people, by the first word of their address.
STAFF = ("ada", "pat", "cora", "sol")
LEAD = ("ada", "sol")


@dataclass(frozen=True, slots=True)
class Page:
    """`paths` are asked in turn, by each of `people` in turn."""

    name: str
    paths: Sequence[str]
    people: Sequence[str]


@dataclass(slots=True)
class Seen:
    ms: list[float] = field(default_factory=list)
    queries: list[int] = field(default_factory=list)

    def summary(self) -> dict[str, float]:
        return {
            "p50_ms": median(self.ms),
            "p95_ms": quantiles(self.ms, n=20)[-1],
            "queries": max(self.queries),
        }


def measure() -> dict[str, dict[str, float]]:
    """{page: figures}; the first turn of each page is not counted."""
    clients = {name: _signed_in(name) for name in {n for page in pages() for n in page.people}}
    return {page.name: visit(page, clients).summary() for page in pages()}


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


def visit(page: Page, clients: dict[str, Client]) -> Seen:
    seen = Seen()
    for turn in range(-len(page.people), max(TURNS, len(page.paths))):
        client = clients[page.people[turn % len(page.people)]]
        with counting() as queries:
            began = perf_counter()
            answer = client.get(page.paths[turn % len(page.paths)])
            spent = perf_counter() - began
        if answer.status_code != 200:
            raise RuntimeError(f"{page.name}: {answer.status_code}")
        if turn >= 0:
            seen.ms.append(spent * 1000)
            seen.queries.append(len(queries))
    return seen


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
