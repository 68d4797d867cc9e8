"""DEAL: six events from a request to the last signature, with work, clocks, a mail, a reaction."""

from workflows.actors import Role
from workflows.grammar import Dwell, Lifecycle, Notice, Rung, Todo, move

DRAFT, SCREENING, REVIEW = "deal_draft", "deal_screening", "deal_review"
WITH_VENDOR, WITH_DISTRICT, IN_FORCE = "with_vendor", "with_district", "in_force"
REMIND = (Rung(-1, "remind", "holders"), Rung(0, "overdue", "holders"))

DEAL = Lifecycle(
    "deal",
    mail="deals/mail",
    states={
        DRAFT: "Draft",
        SCREENING: "Being screened",
        REVIEW: "In review",
        WITH_VENDOR: "With the vendor",
        WITH_DISTRICT: "With the district's signatory",
        IN_FORCE: "In force",
    },
    initial=DRAFT,
    ends=frozenset({IN_FORCE}),
    turn={
        DRAFT: "requesters",
        SCREENING: "privacy",
        REVIEW: "privacy",
        WITH_VENDOR: "vendor",
        WITH_DISTRICT: "privacy",
    },
    moves=(
        move("ask_for", DRAFT, SCREENING, by=Role.REQUESTER, label="Submit", told="submitted it"),
        move("let_pass", SCREENING, REVIEW, by=Role.PRIVACY, label="Clear", told="cleared it"),
        move(
            "offer", REVIEW, WITH_VENDOR, by=(Role.LEGAL, Role.IT_SECURITY),
            needs=("both_have_approved",), label="Send", told="sent it to the vendor",
        ),
        move("vendor_sign", WITH_VENDOR, WITH_DISTRICT, by=Role.VENDOR, label="Sign",
             told="signed it"),
        move("district_sign", WITH_DISTRICT, IN_FORCE, by=Role.SIGNATORY, label="Sign",
             told="signed it for the district"),
    ),
    todo={
        SCREENING: Todo("screen {subject}"),
        REVIEW: Todo("review {subject}"),
        WITH_VENDOR: Todo("sign {subject}"),
        WITH_DISTRICT: Todo("sign {subject}"),
    },
    dwells=(
        Dwell("deal_screening", "Screening", 20, (SCREENING,), REMIND),
        Dwell("deal_review", "Review", 10, (REVIEW,), REMIND),
        Dwell("deal_vendor", "The vendor's signature", 15, (WITH_VENDOR,), REMIND),
        Dwell("deal_district", "The district's signature", 5, (WITH_DISTRICT,), REMIND),
    ),
    work={
        SCREENING: "tests.workflows.deals.flows.ScreeningFlow",
        REVIEW: "tests.workflows.deals.flows.ReviewFlow",
    },
    notices=(Notice("offer", "deal_offered", "vendor"),),
)  # fmt: skip
