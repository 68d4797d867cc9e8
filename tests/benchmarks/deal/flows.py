"""The work inside two of the states; the other states are one person's one click."""

from datetime import datetime

from tests.benchmarks.deal.models import Deal
from workflows import engine
from workflows.actors import Actor, Role
from workflows.cases import Case
from workflows.desk.grammar import act, phase_flow, together

ScreeningFlow = phase_flow(
    "ScreeningFlow",
    __name__,
    title="Screening",
    steps=(act("check_elements", role=Role.PRIVACY, title="Screen {subject}", page=""),),
    outcome="tests.benchmarks.deal.flows.clear",
)

ReviewFlow = phase_flow(
    "ReviewFlow",
    __name__,
    title="Review",
    steps=(
        together(
            "opinions",
            act("legal_opinion", role=Role.LEGAL, title="Read {subject}", page=""),
            act("security_opinion", role=Role.IT_SECURITY, title="Probe {subject}", page=""),
        ),
    ),
    outcome="tests.benchmarks.deal.flows.send",
)


def clear(case: Case, *, by: Actor, via: int | None, at: datetime | None = None) -> None:
    engine.perform(Deal(pk=case.pk), "clear", by=by, via=via, at=at)


def send(case: Case, *, by: Actor, via: int | None, at: datetime | None = None) -> None:
    engine.perform(Deal(pk=case.pk), "send", by=by, via=via, at=at)
