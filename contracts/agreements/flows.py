"""The work inside an agreement's states."""

from contracts.agreements.models import Agreement
from workflows.actors import Role
from workflows.desk.grammar import act, phase_flow, together


def _approved_as(agreement: Agreement, role: Role) -> bool:
    version = agreement.current
    return bool(version) and version.reviews.filter(role=role.value, verdict="approved").exists()


LegalReviewFlow = phase_flow(
    "LegalReviewFlow",
    __name__,
    title="Legal review",
    steps=(
        together(
            "opinions",
            act(
                "legal_opinion",
                role=Role.LEGAL,
                title="Read and approve as counsel: {subject}",
                page="agreements:review",
                done_if=lambda agreement: _approved_as(agreement, Role.LEGAL),
            ),
            act(
                "privacy_opinion",
                role=Role.PRIVACY,
                title="Read and approve for privacy: {subject}",
                page="agreements:review",
                done_if=lambda agreement: _approved_as(agreement, Role.PRIVACY),
            ),
        ),
        act(
            "release_document",
            role=Role.LEGAL,
            title="Send to the vendor: {subject}",
            page="agreements:review",
        ),
    ),
    outcome="contracts.agreements.commands.send_to_vendor",
)
