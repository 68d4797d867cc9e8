"""ERRAND: a machine small enough to be seen whole, with a clock that pauses and a late move."""

from workflows.actors import Role
from workflows.grammar import Dwell, Lifecycle, Notice, Rung, Todo, Unit, move
from workflows.lifecycles import ladders

DRAFT, DOING, WAITING, CHECKING, DONE, DROPPED = (
    *("draft", "doing", "waiting"),
    *("checking", "done", "dropped"),
)
PRIVACY, REQUESTER, SYSTEM = Role.PRIVACY, Role.REQUESTER, Role.SYSTEM

ERRAND = Lifecycle(
    "errand",
    mail="toy/mail",
    states={
        DRAFT: "Draft",
        DOING: "Being done",
        WAITING: "Waiting for your answer",
        CHECKING: "Being checked",
        DONE: "Done",
        DROPPED: "Dropped",
    },
    initial=DRAFT,
    ends=frozenset({DONE, DROPPED}),
    turn={DRAFT: "requesters", DOING: "privacy", WAITING: "requesters", CHECKING: "privacy"},
    moves=(
        move("begin", DRAFT, DOING, by=REQUESTER, label="Begin", told="began the errand"),
        move(
            "ask", (DOING, CHECKING), WAITING, by=PRIVACY, note=True,
            label="Ask", told="asked a question",
        ),
        move(
            "answer", WAITING, (DOING, CHECKING), by=REQUESTER,
            label="Answer", told="answered the question", choose="place_left",
        ),
        move("hand_over", DOING, CHECKING, by=PRIVACY, label="Hand over", told="handed it over"),
        move("nod", CHECKING, CHECKING, by=PRIVACY, label="Nod", told="nodded"),
        move("finish", CHECKING, DONE, by=PRIVACY, label="Finish", told="finished the errand"),
        move("lapse", WAITING, DROPPED, by=SYSTEM, label="Drop", told="dropped it: no reply"),
        move(
            "forbid", (DOING, CHECKING), DROPPED, by=SYSTEM, needs=("it_may_be_forbidden",),
            label="Forbid", told="forbade the errand",
        ),
    ),
    todo={
        DOING: Todo("do this: {subject}"),
        CHECKING: Todo("check this: {subject}"),
        WAITING: Todo("answer the question about {subject}"),
        "feast": Todo("prepare the feast after {subject}", of="owner_lead"),
    },
    dwells=(
        Dwell("work", "Doing the errand", 20, (DOING, CHECKING), ladders.OWN, paused_in=(WAITING,)),
        Dwell("check", "Checking the errand", 2, (CHECKING,), ladders.OWN, paused_in=(WAITING,)),
        Dwell("answer", "Answering the question", 10, (WAITING,), ladders.REQUESTERS),
        Dwell("no_reply", "Dropping without reply", 30, (WAITING,), (Rung(0, "lapse", ""),),
              unit=Unit.CALENDAR_DAYS),
    ),
    notices=(Notice("finish", "errand_finished", "requesters"),),
)  # fmt: skip
