"""DEAL: the benchmark's six events as a lifecycle of ours, with clocks, work, mail, a reaction."""

from workflows.actors import Role
from workflows.grammar import Dwell, Lifecycle, Notice, Todo, move
from workflows.lifecycles import ladders

DRAFT, SCREENING, REVIEW = "draft", "screening", "review"
WITH_VENDOR, WITH_DISTRICT, IN_FORCE = "with_vendor", "with_district", "in_force"

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
        REVIEW: "legal",
        WITH_VENDOR: "vendor",
        WITH_DISTRICT: "next_signer",
    },
    moves=(
        move("submit", DRAFT, SCREENING, by=Role.REQUESTER, label="Submit", told="submitted it"),
        move("clear", SCREENING, REVIEW, by=Role.PRIVACY, label="Clear", told="cleared it"),
        move(
            "send", REVIEW, WITH_VENDOR, by=(Role.LEGAL, Role.IT_SECURITY),
            needs=("both_have_approved",), label="Send", told="sent it to the vendor",
        ),
        move(
            "vendor_sign", WITH_VENDOR, WITH_DISTRICT, by=Role.VENDOR,
            label="Sign", told="signed it",
        ),
        move(
            "district_sign", WITH_DISTRICT, IN_FORCE, by=Role.SIGNATORY,
            label="Sign", told="signed it for the district",
        ),
    ),
    todo={
        SCREENING: Todo("screen {subject}"),
        REVIEW: Todo("review {subject}"),
        WITH_VENDOR: Todo("sign {subject}"),
        WITH_DISTRICT: Todo("sign {subject}"),
    },
    dwells=(
        Dwell("screening", "Screening", 20, (SCREENING,), ladders.OWN),
        Dwell("review", "Review", 10, (REVIEW,), ladders.OWN),
        Dwell("vendor", "The vendor's signature", 15, (WITH_VENDOR,), ladders.VENDORS),
        Dwell("district", "The district's signature", 5, (WITH_DISTRICT,), ladders.OWN),
    ),
    work={
        SCREENING: "tests.workflows.deals.flows.ScreeningFlow",
        REVIEW: "tests.workflows.deals.flows.ReviewFlow",
    },
    notices=(
        Notice("send", "deal_offered", "vendor"),
        Notice("district_sign", "deal_in_force", "requesters"),
    ),
)  # fmt: skip
