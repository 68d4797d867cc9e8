"""The work inside a privacy review."""

from vetting.screening import queries
from workflows.actors import Role
from workflows.desk.grammar import act, phase_flow

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
            done_among=queries.answered_among,
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
