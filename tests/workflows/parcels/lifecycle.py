"""PARCEL: the smallest machine that has everything: a choice, a flow, a clock, notices."""

from workflows.actors import Role
from workflows.grammar import Dwell, Lifecycle, Notice, Rung, Todo, move

WRAPPED, AT_COUNTER, ON_SCALES, ASIDE = "wrapped", "at_counter", "on_scales", "aside"
ON_THE_ROAD, LOST = "on_the_road", "lost"

PARCEL = Lifecycle(
    "parcel",
    mail="parcels/mail",
    states={
        WRAPPED: "Wrapped",
        AT_COUNTER: "At the counter",
        ON_SCALES: "On the scales",
        ASIDE: "Put aside",
        ON_THE_ROAD: "On the road",
        LOST: "Lost",
    },
    initial=WRAPPED,
    ends=frozenset({ON_THE_ROAD, LOST}),
    turn={WRAPPED: "requesters", AT_COUNTER: "sourcing", ON_SCALES: "privacy", ASIDE: "vendor"},
    moves=(
        move("hand_in", WRAPPED, AT_COUNTER, by=Role.REQUESTER, label="Hand in",
             told="handed it in", needs=("has_an_address",)),
        move("weigh", AT_COUNTER, ON_SCALES, by=Role.SOURCING, label="Weigh",
             told="put it on the scales"),
        move("put_aside", (AT_COUNTER, ON_SCALES), ASIDE, by=(Role.SOURCING, Role.PRIVACY),
             note=True, label="Put aside", told="put it aside"),
        move("take_up", ASIDE, (AT_COUNTER, ON_SCALES), by=Role.SOURCING, label="Take up again",
             told="took it up again", choose="place_left"),
        move("dispatch", ON_SCALES, ON_THE_ROAD, by=(Role.PRIVACY, Role.LEGAL), label="Dispatch",
             told="dispatched it", needs=("postage_is_paid",)),
        move("lose", (AT_COUNTER, ASIDE), LOST, by=Role.SYSTEM, label="Lose", told="lost it"),
        move("insure", AT_COUNTER, AT_COUNTER, by=Role.PRIVACY_LEAD, label="Insure",
             told="insured it", since="the insurance room"),
        move("label_again", AT_COUNTER, AT_COUNTER, by=Role.SOURCING, label="New label",
             told="wrote a new label"),
    ),
    todo={AT_COUNTER: Todo("take {subject}"), ON_SCALES: Todo("weigh {subject}")},
    dwells=(
        Dwell("counter", "Time at the counter", 3, (AT_COUNTER,),
              (Rung(-1, "remind", "holders"), Rung(0, "overdue", "holders"),
               Rung(5, "lose", "")), paused_in=(ASIDE,)),
        Dwell("scales", "Weighing", 10, (ON_SCALES,), (Rung(0, "overdue", "holders"),)),
    ),
    work={ON_SCALES: "tests.workflows.parcels.flows.WeighingFlow"},
    notices=(
        Notice("hand_in", "parcel_received", "requesters"),
        Notice("dispatch", "parcel_dispatched", "requesters"),
    ),
)  # fmt: skip
