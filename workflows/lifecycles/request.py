"""REQUEST: may this district use this tool (or share this data) for this purpose?"""

from workflows.actors import Role
from workflows.grammar import Dwell, Lifecycle, Notice, Rung, Todo, Unit, move
from workflows.lifecycles import ladders

DRAFT = "draft"
WITH_SCHOOL = "with_school"
TRIAGE = "triage"
SCREENING = "screening"
RETURNED = "returned"
AWAITING_AGREEMENT = "awaiting_agreement"
DECIDING = "deciding"
APPROVED = "approved"
IN_RE_REVIEW = "in_re_review"
SUSPENDED = "suspended"
DECLINED = "declined"
WITHDRAWN = "withdrawn"
RETIRED = "retired"

# One open request per district and tool (lifecycles.md): these are the open states.
OPEN = (WITH_SCHOOL, TRIAGE, SCREENING, RETURNED, AWAITING_AGREEMENT, DECIDING)
CAN_BE_WITHDRAWN = (DRAFT, *OPEN)
USABLE = (APPROVED, IN_RE_REVIEW)

REQUESTER, SCHOOL_LEADER, SOURCING = Role.REQUESTER, Role.SCHOOL_LEADER, Role.SOURCING
PRIVACY, LEAD, SYSTEM = Role.PRIVACY, Role.PRIVACY_LEAD, Role.SYSTEM

REQUEST = Lifecycle(
    "request",
    mail="vetting/requests/mail",
    states={
        DRAFT: "Draft",
        WITH_SCHOOL: "With the principal",
        TRIAGE: "Checking the path",
        SCREENING: "Privacy review",
        RETURNED: "Waiting for your answer",
        AWAITING_AGREEMENT: "Waiting for the DPA",
        DECIDING: "Final decision",
        APPROVED: "Approved",
        IN_RE_REVIEW: "Approved, yearly review under way",
        SUSPENDED: "Stop using for now",
        DECLINED: "Not approved",
        WITHDRAWN: "Withdrawn or closed without reply",
        RETIRED: "No longer used",
    },
    initial=DRAFT,
    ends=frozenset({DECLINED, WITHDRAWN, RETIRED}),
    turn={
        DRAFT: "requesters",
        WITH_SCHOOL: "school_leaders",
        TRIAGE: "sourcing",
        SCREENING: "privacy",
        RETURNED: "requesters",
        AWAITING_AGREEMENT: "legal",
        DECIDING: "privacy_lead",
        IN_RE_REVIEW: "privacy",
        SUSPENDED: "privacy_lead",
    },
    moves=(
        move(
            "submit", DRAFT, (TRIAGE, WITH_SCHOOL), by=(REQUESTER, SOURCING),
            label="Send the request", told="sent the request",
            needs=("names_a_tool_or_project", "says_purpose_and_who", "data_schedule_is_filled",
                   "no_other_open_request"),
            choose="first_stop",
        ),
        move(
            "join", DRAFT, WITHDRAWN, by=SYSTEM,
            label="Join the open request", told="joined the open request for the same tool",
            needs=("another_request_is_open",),
        ),
        move(
            "endorse", WITH_SCHOOL, TRIAGE, by=SCHOOL_LEADER,
            label="Support this request", told="supported the request",
        ),
        move(
            "send_back", WITH_SCHOOL, DRAFT, by=SCHOOL_LEADER, note=True,
            label="Send back to the requester", told="sent the request back",
        ),
        move(
            "pass_by", WITH_SCHOOL, TRIAGE, by=SYSTEM,
            label="Go on without the principal",
            told="passed it on: its schools have no school leader to ask any more",
            needs=("nobody_at_school_can_answer",),
        ),
        move(
            "ask", (TRIAGE, SCREENING, DECIDING), RETURNED, by=(SOURCING, PRIVACY), note=True,
            label="Send back with a question", told="asked a question",
        ),
        move(
            "answer", RETURNED, (TRIAGE, SCREENING, DECIDING), by=(REQUESTER, SOURCING),
            label="Answer the question", told="answered the question",
            needs=("question_is_answered",), choose="place_left",
        ),
        move(
            "lapse", RETURNED, WITHDRAWN, by=SYSTEM,
            label="Close without reply", told="closed the request: no reply in time",
        ),
        move(
            "route_contract", TRIAGE, SCREENING, by=(SOURCING, PRIVACY),
            label="Needs a DPA", told="chose the contract path",
            needs=("class_is_contract", "data_is_named", "near_matches_are_settled",
                   "agreement_can_be_drafted"),
        ),
        move(
            "route_consent", TRIAGE, SCREENING, by=(SOURCING, PRIVACY),
            label="Parent permission", told="chose the parent permission path",
            since="the consent room",
        ),
        move(
            "route_exempt", TRIAGE, DECIDING, by=PRIVACY,
            label="No student data", told="chose the path without student data",
            needs=("no_student_data_attested",),
        ),
        move(
            "approve_covered", TRIAGE, APPROVED, by=(SOURCING, SYSTEM),
            label="Already covered: approve", told="approved it under the agreement in effect",
            needs=("agreement_covers_request", "class_is_not_prohibited", "tier_is_low",
                   "approver_is_independent", "decision_is_written"),
        ),
        move(
            "route_covered", TRIAGE, DECIDING, by=(SOURCING, PRIVACY),
            label="Already covered: decide", told="found an agreement that covers it",
            needs=("agreement_covers_request", "class_is_not_prohibited"),
        ),
        move(
            "reroute", (SCREENING, AWAITING_AGREEMENT, DECIDING), TRIAGE, by=PRIVACY, note=True,
            label="Choose another path", told="sent it back to choose another path",
        ),
        move(
            "clear", SCREENING, AWAITING_AGREEMENT, by=PRIVACY,
            label="Screening passed", told="cleared the screening",
            needs=("class_is_contract", "data_is_named", "screening_is_complete",
                   "screener_is_independent"),
        ),
        move(
            "clear_without", SCREENING, DECIDING, by=PRIVACY,
            label="Screening passed, no new DPA",
            told="cleared the screening; no new DPA is needed",
            needs=("no_new_agreement_is_needed", "data_is_named", "screening_is_complete",
                   "screener_is_independent"),
        ),
        move(
            "agreement_ready", AWAITING_AGREEMENT, DECIDING, by=SYSTEM,
            label="The DPA is in effect", told="noted that the DPA is in effect",
            needs=("agreement_covers_request",),
        ),
        move(
            "approve", DECIDING, APPROVED, by=LEAD,
            label="Approve", told="approved it",
            needs=("approver_is_independent", "approval_has_its_basis", "decision_is_written"),
        ),
        move(
            "approve_without", DECIDING, APPROVED, by=LEAD,
            label="Approve without these data elements",
            told="approved it without some data elements",
            needs=("approver_is_independent", "approval_has_its_basis", "decision_is_written",
                   "risky_elements_are_struck"),
        ),
        move(
            "decline", (TRIAGE, SCREENING, AWAITING_AGREEMENT, DECIDING), DECLINED, by=PRIVACY,
            label="Do not approve", told="did not approve it",
            needs=("decline_has_a_reason",),
        ),
        move(
            "withdraw", CAN_BE_WITHDRAWN, WITHDRAWN, by=(REQUESTER, SOURCING),
            label="Withdraw", told="withdrew the request",
            needs=("withdrawal_is_explained",),
        ),
        move(
            "open_review", APPROVED, IN_RE_REVIEW, by=(SYSTEM, PRIVACY),
            label="Start the yearly review", told="started the yearly review",
            since="the re-review room",
        ),
        move(
            "renew", IN_RE_REVIEW, APPROVED, by=PRIVACY,
            label="Renew the approval", told="renewed the approval", since="the re-review room",
        ),
        move(
            "condition", IN_RE_REVIEW, APPROVED, by=PRIVACY, note=True,
            label="Renew with conditions", told="renewed with conditions",
            since="the re-review room",
        ),
        move(
            "needs_agreement", IN_RE_REVIEW, AWAITING_AGREEMENT, by=PRIVACY, note=True,
            label="Needs a new DPA", told="asked for a new DPA", since="the re-review room",
        ),
        move(
            "suspend", USABLE, SUSPENDED, by=(PRIVACY, SYSTEM),
            label="Suspend", told="suspended the approval",
            needs=("suspension_has_a_reason",),
        ),
        move(
            "reinstate", SUSPENDED, APPROVED, by=LEAD, note=True,
            label="Reinstate", told="reinstated the approval",
            needs=("approver_is_independent", "approval_has_its_basis", "cause_is_gone"),
        ),
        move(
            "retire", (APPROVED, IN_RE_REVIEW, SUSPENDED), RETIRED, by=PRIVACY, note=True,
            label="Retire", told="retired the tool",
        ),
    ),
    dwells=(
        Dwell("school", "The school leader's answer", 5, (WITH_SCHOOL,), ladders.SCHOOLS),
        Dwell("triage", "Choosing the path", 3, (TRIAGE,), ladders.OWN, paused_in=(RETURNED,)),
        # Jeffco publishes a promise of four weeks for screening: 20 business days.
        Dwell("privacy_review", "Privacy review", 20, (TRIAGE, SCREENING), ladders.OWN,
              paused_in=(RETURNED,)),
        Dwell("agreement", "Getting the DPA signed", 45, (AWAITING_AGREEMENT,), ladders.OWN),
        Dwell("decision", "Final decision", 5, (DECIDING,), ladders.OWN, paused_in=(RETURNED,)),
        Dwell("answer", "Answering the question", 10, (RETURNED,), ladders.REQUESTERS),
        Dwell("no_reply", "Closing without reply", 30, (RETURNED,), (Rung(0, "lapse", ""),),
              unit=Unit.CALENDAR_DAYS),
        Dwell("re_review", "Yearly review", 30, (IN_RE_REVIEW,), ladders.OWN),
        Dwell("suspension", "Ending the suspension", 60, (SUSPENDED,), ladders.OWN),
    ),
    todo={
        WITH_SCHOOL: Todo("support {subject} or send it back"),
        TRIAGE: Todo("choose the path for {subject}"),
        SCREENING: Todo("finish the privacy review of {subject}"),
        RETURNED: Todo("answer the question about {subject}"),
        AWAITING_AGREEMENT: Todo("bring the agreement for {subject} to signature"),
        DECIDING: Todo("decide whether {subject} is approved"),
        IN_RE_REVIEW: Todo("finish the yearly review of {subject}"),
        SUSPENDED: Todo("reinstate {subject} or retire it"),
        # Dates beside the service levels, by their kind.
        "approval_ends": Todo("decide what follows the approval of {subject}", of="owner"),
        "hold_review": Todo("ask whether notices about {subject} are still held back",
                            of="privacy"),
    },
    work={SCREENING: "vetting.screening.flows.ScreeningFlow"},
    notices=(
        Notice("submit", "request_received", "requesters"),
        Notice("submit", "request_to_school", "school_leaders", into=WITH_SCHOOL),
        Notice("submit", "request_to_triage", "sourcing", into=TRIAGE),
        Notice("endorse", "request_endorsed", "requesters"),
        Notice("endorse", "request_to_triage", "sourcing"),
        Notice("send_back", "request_sent_back", "requesters"),
        Notice("pass_by", "request_passed_by", "requesters"),
        Notice("pass_by", "request_to_triage", "sourcing"),
        Notice("ask", "question_asked", "requesters"),
        Notice("answer", "question_answered", "holders", into=TRIAGE),
        Notice("answer", "question_answered", "holders", into=SCREENING),
        Notice("answer", "decision_due", "privacy_lead", into=DECIDING),
        Notice("answer", "answered_for_you", "other_requesters"),
        Notice("lapse", "request_lapsed", "requesters"),
        Notice("route_contract", "request_to_screen", "privacy"),
        Notice("reroute", "request_to_triage", "sourcing"),
        Notice("clear", "agreement_to_prepare", "those_who_prepare"),
        Notice("route_exempt", "decision_due", "privacy_lead"),
        Notice("route_covered", "decision_due", "privacy_lead"),
        Notice("clear_without", "decision_due", "privacy_lead"),
        Notice("agreement_ready", "decision_due", "privacy_lead"),
        Notice("approve", "request_approved", "requesters"),
        Notice("approve_without", "request_approved", "requesters"),
        Notice("approve_covered", "request_approved", "requesters"),
        Notice("decline", "request_declined", "requesters"),
        Notice("withdraw", "request_withdrawn", "other_requesters"),
        Notice("withdraw", "request_taken_back", "those_who_knew"),
        Notice("suspend", "tool_suspended", "requesters"),
        Notice("suspend", "tool_suspended", "school_leaders"),
        Notice("reinstate", "tool_reinstated", "requesters"),
        Notice("retire", "tool_retired", "school_leaders"),
    ),
)  # fmt: skip
