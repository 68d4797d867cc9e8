from datetime import datetime

from tests.workflows.parcels.lifecycle import AT_COUNTER, PARCEL
from workflows import engine
from workflows.actors import Actor, Role
from workflows.cases import Case
from workflows.desk.grammar import act, phase_flow, together
from workflows.desk.turns import turn

WeighingFlow = phase_flow(
    "WeighingFlow",
    __name__,
    title="Weighing",
    steps=(
        act("note_weight", role=Role.PRIVACY, title="Weigh {subject}", page="",
            done_if=lambda parcel: parcel.grams is not None),
        together(
            "opinions",
            act("check_contents", role=Role.IT_SECURITY, title="Check {subject}", page="",
                done_if=lambda parcel: parcel.checked),
            act("check_customs", role=Role.LEGAL, title="Customs of {subject}", page=""),
            act("check_fragile", role=Role.ACADEMICS, title="Is {subject} fragile?", page="",
                when=lambda parcel: parcel.title.startswith("Glass")),
        ),
        act("seal_it", role=(Role.PRIVACY, Role.LEGAL), title="Seal {subject}", page=""),
    ),
    outcome="tests.workflows.parcels.flows.dispatch",
)  # fmt: skip

turn(PARCEL, AT_COUNTER, title="Serve {subject}", page="")


def dispatch(case: Case, *, by: Actor, via: int, at: datetime | None = None) -> None:
    engine.perform(case.parcel, "dispatch", by=by, via=via, at=at)
