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
    outcome="tests.workflows.deals.flows.let_pass",
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
    outcome="tests.workflows.deals.flows.offer",
)


def let_pass(case: Case, *, by: Actor, via: int | None, at: datetime | None = None) -> None:
    engine.perform(Deal(pk=case.pk), "let_pass", by=by, via=via, at=at)


def offer(case: Case, *, by: Actor, via: int | None, at: datetime | None = None) -> None:
    engine.perform(Deal(pk=case.pk), "offer", by=by, via=via, at=at)
