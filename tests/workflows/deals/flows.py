"""The work inside two of the states; the other states are one person's one click."""

from datetime import datetime

from tests.workflows.deals.models import Deal
from workflows import engine
from workflows.actors import Actor, Role
from workflows.cases import Case
from workflows.desk.grammar import act, phase_flow, together

ScreeningFlow = phase_flow(
    "ScreeningFlow",
    __name__,
    title="Screening",
    steps=(act("check_deal", role=Role.PRIVACY, title="Screen {subject}", page=""),),
    outcome="tests.workflows.deals.flows.clear",
)

ReviewFlow = phase_flow(
    "ReviewFlow",
    __name__,
    title="Review",
    steps=(
        together(
            "deal_opinions",
            act("legal_word", role=Role.LEGAL, title="Read {subject}", page=""),
            act("security_word", role=Role.IT_SECURITY, title="Probe {subject}", page=""),
        ),
    ),
    outcome="tests.workflows.deals.flows.send",
)


def clear(case: Case, *, by: Actor, via: int | None, at: datetime | None = None) -> None:
    engine.perform(Deal(pk=case.pk), "clear", by=by, via=via, at=at)


def send(case: Case, *, by: Actor, via: int | None, at: datetime | None = None) -> None:
    engine.perform(Deal(pk=case.pk), "send", by=by, via=via, at=at)
