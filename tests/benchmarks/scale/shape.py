"""How a hundred thousand cases are spread: per mille of the states, and the way to each."""

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate

from workflows.lifecycles import agreement as a
from workflows.lifecycles import request as r

PRIME = 7919  # neighbors get unlike states

Step = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Shape:
    """`shares` add up to a thousand; `road` is the way most cases take; `ends` are its exits."""

    shares: Mapping[str, int]
    road: Sequence[Step]
    exits: Mapping[str, Step]

    def states(self, count: int) -> Iterator[str]:
        names, bounds = list(self.shares), list(accumulate(self.shares.values()))
        for number in range(count):
            yield names[bisect_right(bounds, number * PRIME % 1000)]

    def steps(self, state: str) -> list[Step]:
        """The ledger of a case that stands in this state: (move, source, target)."""
        last = self.exits.get(state)
        goal = last[1] if last else state
        places = [target for _, _, target in self.road]
        way = list(self.road[: places.index(goal) + 1])
        return [*way, last] if last else way


REQUESTS = Shape(
    shares={
        r.APPROVED: 643, r.DECLINED: 71, r.WITHDRAWN: 114, r.RETIRED: 71, r.SUSPENDED: 7,
        r.IN_RE_REVIEW: 7, r.DRAFT: 22, r.RETURNED: 7, r.TRIAGE: 11, r.WITH_SCHOOL: 3,
        r.SCREENING: 22, r.AWAITING_AGREEMENT: 15, r.DECIDING: 7,
    },
    road=(
        ("opened", "", r.DRAFT),
        ("submit", r.DRAFT, r.TRIAGE),
        ("route_contract", r.TRIAGE, r.SCREENING),
        ("clear", r.SCREENING, r.AWAITING_AGREEMENT),
        ("agreement_ready", r.AWAITING_AGREEMENT, r.DECIDING),
        ("approve", r.DECIDING, r.APPROVED),
    ),
    exits={
        r.DECLINED: ("decline", r.DECIDING, r.DECLINED),
        r.WITHDRAWN: ("withdraw", r.SCREENING, r.WITHDRAWN),
        r.RETIRED: ("retire", r.APPROVED, r.RETIRED),
        r.SUSPENDED: ("suspend", r.APPROVED, r.SUSPENDED),
        r.IN_RE_REVIEW: ("open_review", r.APPROVED, r.IN_RE_REVIEW),
        r.RETURNED: ("ask", r.TRIAGE, r.RETURNED),
        r.WITH_SCHOOL: ("submit", r.DRAFT, r.WITH_SCHOOL),
    },
)  # fmt: skip
AGREEMENTS = Shape(
    shares={
        a.IN_FORCE: 500, a.EXPIRED: 267, a.ABANDONED: 100, a.SUPERSEDED: 33, a.TERMINATED: 16,
        a.DRAFTING: 20, a.LEGAL_REVIEW: 27, a.WITH_VENDOR: 17, a.OUT_FOR_SIGNATURE: 13,
        a.AWAITING_BOARD: 3, a.SIGNED: 4,
    },
    road=(
        ("opened", "", a.DRAFTING),
        ("issue", a.DRAFTING, a.LEGAL_REVIEW),
        ("send", a.LEGAL_REVIEW, a.WITH_VENDOR),
        ("accept_text", a.WITH_VENDOR, a.OUT_FOR_SIGNATURE),
        ("execute", a.OUT_FOR_SIGNATURE, a.SIGNED),
        ("take_effect", a.SIGNED, a.IN_FORCE),
    ),
    exits={
        a.EXPIRED: ("expire", a.IN_FORCE, a.EXPIRED),
        a.ABANDONED: ("abandon", a.WITH_VENDOR, a.ABANDONED),
        a.SUPERSEDED: ("supersede", a.IN_FORCE, a.SUPERSEDED),
        a.TERMINATED: ("terminate", a.IN_FORCE, a.TERMINATED),
        a.AWAITING_BOARD: ("accept_text", a.WITH_VENDOR, a.AWAITING_BOARD),
    },
)  # fmt: skip
