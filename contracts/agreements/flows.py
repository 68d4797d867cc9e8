"""The work inside an agreement's states."""

from functools import partial

from contracts.agreements.queries import (
    NEEDS_SIGNATORY,
    NEW_SIGNATORY,
    approved_among,
    approved_in_another_role,
    changes_come_first,
    falls_to,
    naming_falls_to,
)
from workflows.actors import Role
from workflows.desk.grammar import act, phase_flow, together
from workflows.desk.turns import Detour, detour, turn
from workflows.lifecycles.agreement import (
    AGREEMENT,
    AWAITING_BOARD,
    DRAFTING,
    OUT_FOR_SIGNATURE,
)

turn(AGREEMENT, DRAFTING, title="Prepare the DPA: {subject}", page="agreements:detail")
turn(AGREEMENT, AWAITING_BOARD, title="Record the board's action: {subject}",
     page="agreements:board")  # fmt: skip
turn(AGREEMENT, OUT_FOR_SIGNATURE, title="Sign: {subject}", page="agreements:detail")
# Whoever is waited for here can bring nothing about while nobody could sign for the district.
detour(
    AGREEMENT,
    "signatory",
    Detour(
        states=NEEDS_SIGNATORY,
        roles=frozenset({Role.LEGAL, Role.PRIVACY}),
        title=NEW_SIGNATORY,
        page="agreements:detail",
        where=naming_falls_to,
        holds=falls_to,
    ),
)


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
                done_among=partial(approved_among, role=Role.LEGAL),
                spoken_among=partial(approved_in_another_role, role=Role.LEGAL),
                called_among=changes_come_first,
            ),
            act(
                "privacy_opinion",
                role=Role.PRIVACY,
                title="Read and approve for privacy: {subject}",
                page="agreements:review",
                done_among=partial(approved_among, role=Role.PRIVACY),
                spoken_among=partial(approved_in_another_role, role=Role.PRIVACY),
                called_among=changes_come_first,
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
