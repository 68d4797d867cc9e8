"""The work inside a privacy review."""

from vetting.requests.models import ToolRequest
from vetting.screening import queries
from workflows.actors import Role
from workflows.desk.grammar import act, phase_flow


def _all_answered(request: ToolRequest) -> bool:
    screening = queries.open_screening_of(request)
    return screening is not None and not queries.sheet_of(screening).unanswered


ScreeningFlow = phase_flow(
    "ScreeningFlow",
    __name__,
    title="Privacy review",
    steps=(
        act(
            "answer_questions",
            role=Role.PRIVACY,
            title="Answer the screening questions: {subject}",
            page="screening:screening",
            done_if=_all_answered,
        ),
        act(
            "confirm_outcome",
            role=Role.PRIVACY,
            title="Settle the findings and conclude: {subject}",
            page="screening:screening",
        ),
    ),
    outcome="vetting.screening.commands.finish_screening",
)
