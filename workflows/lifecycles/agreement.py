"""AGREEMENT: one contract with one vendor, through its life."""

from workflows.actors import Role
from workflows.grammar import Dwell, Lifecycle, Notice, Todo, Unit, move
from workflows.lifecycles import ladders

DRAFTING = "drafting"
LEGAL_REVIEW = "legal_review"
WITH_VENDOR = "with_vendor"
AWAITING_BOARD = "awaiting_board"
OUT_FOR_SIGNATURE = "out_for_signature"
SIGNED = "signed"
IN_FORCE = "in_force"
RENEWING = "renewing"
EXPIRED = "expired"
TERMINATED = "terminated"
DISPOSING = "disposing"
DISPOSED = "disposed"
CLOSED_OUT = "closed_out"
SUPERSEDED = "superseded"
ABANDONED = "abandoned"

BEFORE_SIGNATURE = (DRAFTING, LEGAL_REVIEW, WITH_VENDOR, AWAITING_BOARD, OUT_FOR_SIGNATURE)
# The contract binds both parties here; public pages also test the dates on every read.
LIVE = (IN_FORCE, RENEWING)
EXECUTED = (SIGNED, *LIVE)

PRIVACY, LEAD, LEGAL = Role.PRIVACY, Role.PRIVACY_LEAD, Role.LEGAL
VENDOR, SYSTEM = Role.VENDOR, Role.SYSTEM
RENEWALS, REDLINES, DISPOSAL = "the renewal room", "the redline room", "the disposal room"

AGREEMENT = Lifecycle(
    "agreement",
    mail="contracts/agreements/mail",
    states={
        DRAFTING: "Preparing the DPA",
        LEGAL_REVIEW: "Legal review",
        WITH_VENDOR: "With the vendor",
        AWAITING_BOARD: "Waiting for the board",
        OUT_FOR_SIGNATURE: "Out for signature",
        SIGNED: "Fully signed",
        IN_FORCE: "In effect",
        RENEWING: "In effect, renewal under way",
        EXPIRED: "Ended",
        TERMINATED: "Ended early",
        DISPOSING: "Waiting for proof of deletion",
        DISPOSED: "Data destroyed, confirmed",
        CLOSED_OUT: "Ended, nothing to destroy",
        SUPERSEDED: "Replaced",
        ABANDONED: "Never signed",
    },
    initial=DRAFTING,
    ends=frozenset({DISPOSED, CLOSED_OUT, SUPERSEDED, ABANDONED}),
    turn={
        DRAFTING: "privacy",
        LEGAL_REVIEW: "legal",
        WITH_VENDOR: "vendor",
        AWAITING_BOARD: "board_clerk",
        OUT_FOR_SIGNATURE: "next_signer",
        EXPIRED: "privacy",
        TERMINATED: "privacy",
        DISPOSING: "vendor",
    },
    moves=(
        move(
            "issue", DRAFTING, LEGAL_REVIEW, by=(PRIVACY, LEGAL),
            label="Write the document", told="wrote the document for legal review",
            needs=("template_is_active", "fields_are_complete", "exhibits_are_settled",
                   "schedule_matches_requests", "signers_are_named", "signatory_has_authority"),
        ),
        move(
            "receive_paper", DRAFTING, LEGAL_REVIEW, by=(LEGAL, PRIVACY),
            label="Use the vendor's paper", told="took in the vendor's paper", since=REDLINES,
        ),
        move(
            "revise", (LEGAL_REVIEW, WITH_VENDOR, AWAITING_BOARD), DRAFTING, by=(LEGAL, PRIVACY),
            note=True, label="Take back to change it", told="took the document back to change it",
        ),
        move(
            "send", LEGAL_REVIEW, WITH_VENDOR, by=LEGAL,
            label="Send to the vendor", told="sent the approved document to the vendor",
            needs=("quorum_approved_these_bytes", "signers_are_named",
                   "signatory_has_authority"),
        ),
        move(
            "counter", WITH_VENDOR, LEGAL_REVIEW, by=(VENDOR, LEGAL), note=True,
            label="Ask for changes", told="asked for changes to the document",
        ),
        move(
            "settle", LEGAL_REVIEW, (OUT_FOR_SIGNATURE, AWAITING_BOARD), by=LEGAL,
            label="Accept the vendor's text", told="accepted the vendor's text",
            choose="after_acceptance", since=REDLINES,
        ),
        move(
            "accept_text", WITH_VENDOR, (OUT_FOR_SIGNATURE, AWAITING_BOARD), by=(VENDOR, LEGAL),
            label="Accept the text", told="accepted the text",
            needs=("approved_bytes_are_offered", "signers_are_named",
                   "signatory_has_authority"),
            choose="after_acceptance",
        ),
        move(
            "board_acted", AWAITING_BOARD, OUT_FOR_SIGNATURE, by=(Role.BOARD_CLERK, LEAD),
            label="Record the board's action", told="recorded the board's action",
            needs=("board_action_is_recorded",),
        ),
        move(
            "subscribe", DRAFTING, OUT_FOR_SIGNATURE, by=(PRIVACY, LEGAL),
            label="Use the general offer", told="subscribed to the general offer",
            since="the general offer room",
        ),
        move(
            "recall", OUT_FOR_SIGNATURE, DRAFTING, by=(LEGAL, PRIVACY), note=True,
            label="Recall from signature", told="recalled it from signature",
            needs=("last_signer_has_not_signed",),
        ),
        move(
            "refuse", (WITH_VENDOR, OUT_FOR_SIGNATURE), DRAFTING, by=VENDOR, note=True,
            label="Decline to sign", told="declined to sign",
            needs=("last_signer_has_not_signed",),
        ),
        move(
            "execute", OUT_FOR_SIGNATURE, SIGNED, by=SYSTEM,
            label="Fully signed", told="recorded that every signature is in place",
            needs=("every_signature_is_valid", "signatory_has_authority"),
        ),
        move(
            "record_existing", DRAFTING, SIGNED, by=LEGAL,
            label="Record a signed agreement", told="recorded an agreement signed on paper",
            since="the paper room",
        ),
        move(
            "take_effect", SIGNED, IN_FORCE, by=SYSTEM,
            label="Starts", told="noted that the agreement is in effect",
            needs=("effective_date_is_reached", "no_other_is_in_force"),
        ),
        move(
            "begin_renewal", IN_FORCE, RENEWING, by=(SYSTEM, PRIVACY),
            label="Start the renewal", told="started the renewal", since=RENEWALS,
        ),
        move(
            "let_lapse", RENEWING, IN_FORCE, by=PRIVACY, note=True,
            label="Let it end", told="decided to let it end", since=RENEWALS,
        ),
        move(
            "extend", LIVE, IN_FORCE, by=(PRIVACY, LEGAL, SYSTEM),
            label="Extend", told="extended the term", since=RENEWALS,
        ),
        move(
            "supersede", LIVE, SUPERSEDED, by=SYSTEM,
            label="Replaced", told="noted that the successor is in effect", since=RENEWALS,
        ),
        move(
            "expire", LIVE, EXPIRED, by=SYSTEM,
            label="Ends", told="noted that the term has ended", needs=("end_date_has_passed",),
        ),
        move(
            "terminate", (IN_FORCE, RENEWING, SIGNED), TERMINATED, by=(LEAD, LEGAL), note=True,
            label="End it early", told="ended the agreement early",
            needs=("termination_is_grounded",),
        ),
        move(
            "abandon", BEFORE_SIGNATURE, ABANDONED, by=(LEGAL, PRIVACY), note=True,
            label="Give it up", told="gave the agreement up",
            needs=("nobody_has_countersigned",),
        ),
        move(
            "begin_disposal", (EXPIRED, TERMINATED), DISPOSING, by=(SYSTEM, PRIVACY),
            label="Ask for deletion", told="asked the vendor to destroy the data", since=DISPOSAL,
        ),
        move(
            "dispose", DISPOSING, DISPOSED, by=PRIVACY,
            label="Deletion confirmed", told="confirmed the deletion", since=DISPOSAL,
        ),
        move(
            "close_out", (EXPIRED, TERMINATED), CLOSED_OUT, by=PRIVACY, note=True,
            label="Nothing to destroy", told="closed it: nothing to destroy", since=DISPOSAL,
        ),
    ),
    dwells=(
        Dwell("drafting", "Preparing the DPA", 5, (DRAFTING,), ladders.OWN),
        Dwell("legal_review", "Legal review", 10, (LEGAL_REVIEW,), ladders.OWN),
        Dwell("with_vendor", "The vendor's reading", 15, (WITH_VENDOR,), ladders.VENDORS),
        Dwell("board", "The board's action", 30, (AWAITING_BOARD,), ladders.OWN),
        Dwell("signature", "Signing", 10, (OUT_FOR_SIGNATURE,), ladders.SIGNERS),
        Dwell("disposal", "Proof of deletion", 60, (DISPOSING,), ladders.VENDORS,
              unit=Unit.CALENDAR_DAYS),
    ),
    todo={
        DRAFTING: Todo("prepare the agreement for {subject}"),
        LEGAL_REVIEW: Todo("review the agreement for {subject}"),
        WITH_VENDOR: Todo("accept the agreement for {subject} or say what must change"),
        AWAITING_BOARD: Todo("record what the board decided about {subject}"),
        OUT_FOR_SIGNATURE: Todo("sign the agreement for {subject}"),
        DISPOSING: Todo("send the proof of deletion for {subject}"),
        # Dates beside the service levels, by their kind.
        "agreement_starts": Todo("clear what keeps the agreement for {subject} from starting",
                                 of="owner"),
        "agreement_ends": Todo("decide what follows the agreement for {subject}", of="owner"),
        "hold_review": Todo("ask whether notices about {subject} are still held back", of="owner"),
    },
    work={LEGAL_REVIEW: "contracts.agreements.flows.LegalReviewFlow"},
    notices=(
        Notice("issue", "document_to_review", "reviewers"),
        Notice("send", "text_offered", "vendor"),
        Notice("counter", "changes_asked", "reviewers"),
        Notice("revise", "document_taken_back", "privacy"),
        Notice("recall", "document_taken_back", "privacy"),
        Notice("recall", "document_recalled", "those_asked_to_sign"),
        Notice("abandon", "agreement_given_up", "those_who_had_it"),
        Notice("accept_text", "text_accepted", "legal"),
        Notice("refuse", "signature_refused", "owner"),
        Notice("execute", "agreement_executed", "owner"),
        Notice("execute", "agreement_executed_vendor", "vendor"),
        Notice("expire", "agreement_ended", "owner"),
        Notice("terminate", "agreement_terminated", "vendor"),
    ),
)  # fmt: skip
