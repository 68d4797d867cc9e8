"""What requests and agreements do to each other: the one list of it, and pure data.

`workflows.product` explores both tables as one machine by it; tests/workflows/test_couplings.py
holds it against the code, so that a new reaction, guard or clock cannot be left out.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from workflows.lifecycles.agreement import ABANDONED as GIVEN_UP
from workflows.lifecycles.agreement import (
    AGREEMENT,
    DISPOSING,
    DRAFTING,
    EXPIRED,
    IN_FORCE,
    LIVE,
    OUT_FOR_SIGNATURE,
    SIGNED,
    TERMINATED,
)
from workflows.lifecycles.request import (
    AWAITING_AGREEMENT,
    DECLINED,
    OPEN,
    REQUEST,
    RETIRED,
    SCREENING,
    SUSPENDED,
    WITHDRAWN,
)

R, A = REQUEST.name, AGREEMENT.name


@dataclass(frozen=True, slots=True)
class Reaction:
    """A registered reaction. `makes` is "machine.move", `opens` a machine; both only where `only`
    holds (a condition of workflows.product). With neither it writes records, clocks or mails.
    """

    name: str
    machine: str
    move: str = ""
    enters: str = ""
    makes: str = ""
    only: str = ""
    opens: str = ""


@dataclass(frozen=True, slots=True)
class Driver:
    """What makes a system move besides reactions and dwells: a deadline's act ("clock"), a leased
    job, a topic's handler ("news"), or a person's command. It acts while `only` holds."""

    kind: str
    name: str
    makes: str
    only: str = ""


@dataclass(frozen=True, slots=True)
class Guard:
    """A guard of either table. `asks` is the condition it is in the product; empty: whatever it
    wants, somebody can bring about. `across`: it reads a case of the other machine."""

    machine: str
    name: str
    asks: str = ""
    across: bool = False


@dataclass(frozen=True, slots=True)
class Command:
    """A person's command that opens a case of the other machine while the request is `within`."""

    name: str
    opens: str
    within: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class News:
    """A topic, told while the request is `within` and asks for more data than before; its handler
    makes and opens, where `only` holds."""

    name: str
    within: tuple[str, ...]
    makes: str
    only: str
    opens: str


@dataclass(frozen=True, slots=True)
class Couplings:
    """Everything between two machines. `rests`: states without an exit in this release, where
    nobody is kept waiting. `waits`: a move that waits for states of the other machine."""

    reactions: tuple[Reaction, ...]
    drivers: tuple[Driver, ...]
    guards: tuple[Guard, ...]
    commands: tuple[Command, ...]
    news: tuple[News, ...]
    rests: frozenset[str]
    waits: Mapping[tuple[str, str], tuple[str, frozenset[str]]]


COUPLINGS = Couplings(
    reactions=(
        # A late draft may join an agreement in effect when the request waits already.
        Reaction("agreements.draft_the_agreement", R, move="route_contract",
                 opens=A, makes="request.agreement_ready", only="is_asked_for"),
        Reaction("agreements.tell_the_waiting_request", R, enters=AWAITING_AGREEMENT,
                 makes="request.agreement_ready", only="is_served"),
        Reaction("agreements.release_waiting_requests", A, enters=IN_FORCE,
                 makes="request.agreement_ready", only="is_served"),
        Reaction("agreements.suspend_after_expiry", A, enters=EXPIRED,
                 makes="request.suspend", only="basis_is_lost"),
        Reaction("agreements.suspend_after_termination", A, enters=TERMINATED,
                 makes="request.suspend", only="basis_is_lost"),
        Reaction("agreements.start_when_due", A, enters=SIGNED, makes="agreement.take_effect"),
        # From here on: ties, clocks, mails and records; no case moves.
        Reaction("agreements.tie_when_routed", R, move="route_covered"),
        Reaction("agreements.tie_when_approved", R, move="approve_covered"),
        Reaction("agreements.tie_when_cleared", R, move="clear_without"),
        Reaction("agreements.start_the_drafting_clock", R, enters=AWAITING_AGREEMENT),
        Reaction("agreements.stop_the_drafting_clock", R, move="reroute"),
        Reaction("agreements.pace_after_declining", R, enters=DECLINED),
        Reaction("agreements.pace_after_withdrawing", R, enters=WITHDRAWN),
        Reaction("agreements.offer_after_another_contract", R, move="route_contract"),
        Reaction("agreements.offer_after_covering", R, move="route_covered"),
        Reaction("agreements.offer_after_approving", R, move="approve_covered"),
        Reaction("agreements.offer_after_exempting", R, move="route_exempt"),
        Reaction("agreements.offer_after_declining", R, enters=DECLINED),
        Reaction("agreements.offer_after_withdrawing", R, enters=WITHDRAWN),
        Reaction("agreements.offer_after_retiring", R, enters=RETIRED),
        Reaction("requests.suspension_ends_the_approval_clocks", R, enters=SUSPENDED),
        Reaction("requests.retirement_ends_the_approval_clocks", R, enters=RETIRED),
        Reaction("screening.open_the_screening", R, enters=SCREENING),
        Reaction("agreements.pace_a_draft_taken_back", A, enters=DRAFTING),
        Reaction("agreements.tell_the_requests", A, enters=GIVEN_UP),
        Reaction("agreements.count_from_the_signatures", A, enters=SIGNED),
        Reaction("agreements.count_from_the_end", A, enters=EXPIRED),
        Reaction("agreements.count_from_the_early_end", A, enters=TERMINATED),
        Reaction("signing.ask_for_signatures", A, enters=OUT_FOR_SIGNATURE),
        Reaction("signing.revoke_after_recall", A, enters=DRAFTING),
        Reaction("signing.revoke_after_abandoning", A, enters=GIVEN_UP),
        Reaction("signing.promise_the_certificate", A, enters=SIGNED),
    ),
    drivers=(
        Driver("clock", "start_agreement", "agreement.take_effect", only="start_is_armed"),
        Driver("clock", "end_agreement", "agreement.expire", only="term_is_over"),
        Driver("clock", "suspend", "request.suspend", only="approval_has_an_end"),
        Driver("news", "people_changed", "request.pass_by"),
        Driver("job", "seal_signature", "agreement.execute"),
        Driver("command", "submit_request", "request.join"),
        Driver("command", "withdraw_request", "request.pass_by"),
    ),
    guards=(
        Guard(R, "agreement_covers_request", "is_covered", across=True),
        Guard(R, "approval_has_its_basis", "has_basis", across=True),
        Guard(R, "no_new_agreement_is_needed", "needs_no_new_agreement", across=True),
        Guard(R, "class_is_contract", "is_contract"),
        Guard(R, "no_student_data_attested", "is_attested"),
        Guard(R, "class_is_not_prohibited"),
        Guard(R, "nobody_at_school_can_answer"),
        Guard(R, "names_a_tool_or_project"),
        Guard(R, "says_purpose_and_who"),
        Guard(R, "data_schedule_is_filled"),
        Guard(R, "no_other_open_request"),
        Guard(R, "another_request_is_open"),
        Guard(R, "question_is_answered"),
        Guard(R, "near_matches_are_settled"),
        Guard(R, "data_is_named"),
        Guard(R, "agreement_can_be_drafted"),
        Guard(R, "tier_is_low"),
        Guard(R, "approver_is_independent"),
        Guard(R, "decision_is_written"),
        Guard(R, "screening_is_complete"),
        Guard(R, "screener_is_independent"),
        Guard(R, "risky_elements_are_struck"),
        Guard(R, "decline_has_a_reason"),
        Guard(R, "withdrawal_is_explained"),
        Guard(R, "suspension_has_a_reason"),
        Guard(R, "cause_is_gone"),
        # Exhibit B is the draft's own: whoever prepares it can put in what a request asks for.
        Guard(A, "schedule_matches_requests", across=True),
        # Exhibit A may print the requests' purposes; it can always be written by hand.
        Guard(A, "fields_are_complete", across=True),
        Guard(A, "end_date_has_passed", "term_is_over"),
        Guard(A, "template_is_active"),
        Guard(A, "exhibits_are_settled"),
        Guard(A, "signers_are_named"),
        Guard(A, "signatory_has_authority"),
        Guard(A, "quorum_approved_these_bytes"),
        Guard(A, "approved_bytes_are_offered"),
        Guard(A, "board_action_is_recorded"),
        Guard(A, "last_signer_has_not_signed"),
        Guard(A, "nobody_has_countersigned"),
        Guard(A, "every_signature_is_valid"),
        Guard(A, "effective_date_is_reached"),
        Guard(A, "no_other_is_in_force"),
        Guard(A, "termination_is_grounded"),
    ),
    commands=(Command("draft_another", A, (SCREENING, AWAITING_AGREEMENT)),),
    # Whoever joins an open request brings data along.
    news=(News("request_data_joined", OPEN, "request.agreement_ready",
               only="needs_an_agreement", opens=A),),
    rests=frozenset({EXPIRED, TERMINATED, DISPOSING}),
    waits={(R, "agreement_ready"): (A, frozenset(LIVE))},
)  # fmt: skip
