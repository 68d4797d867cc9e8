"""Where a request stands and what this person can do with it, as values for the components."""

from datetime import datetime

from django.urls import reverse
from django.utils import timezone

from vetting.pages import Blocked, Choice, Step, Turn
from vetting.people.middleware import PersonRequest
from vetting.requests import queries, rules
from vetting.requests.models import ToolRequest
from vetting.requests.panels import Behind, agreement_waits_of, breached_of
from vetting.worklist.queries import holdings_of
from workflows.actors import ROLE_NAMES, Role
from workflows.clock.queries import waited_in_words
from workflows.desk.queries import (
    OpenTask,
    address_of,
    holders_in_words,
    open_tasks_of,
    waits_for,
)
from workflows.desk.turns import ROLE_OF
from workflows.engine import Option, options_for
from workflows.lifecycles.request import (
    APPROVED,
    AWAITING_AGREEMENT,
    DECLINED,
    DRAFT,
    OPEN,
    REQUEST,
    RETIRED,
    TRIAGE,
    WITH_SCHOOL,
    WITHDRAWN,
)
from workflows.providers import recipients

# Moves that need a page of their own: what must be typed, and where.
PAGES = {
    "submit": "requests:continue",
    "ask": "requests:ask",
    "answer": "requests:answer",
    "route_contract": "requests:triage",
    "route_exempt": "requests:triage",
    "route_covered": "requests:triage",
    "approve_covered": "requests:cover",
    "approve": "requests:decide",
    "decline": "requests:decline",
    "suspend": "requests:suspend",
    "reinstate": "requests:reinstate",
}
# Moves of one button: (address, tone, note, what will happen).
BUTTONS = {
    "endorse": ("requests:endorse", "primary", "optional", ""),
    "send_back": ("requests:send_back", "plain", "required", "The requester reads your note."),
    "reroute": (
        *("requests:reroute", "plain", "required"),
        "It goes back to the start of the path; work that is open on it is canceled.",
    ),
    "withdraw": (
        *("requests:withdraw", "plain", "optional"),
        "Nobody works on it any more. Where others ask too, only you and your schools leave.",
    ),
    "withdraw_others": (
        *("requests:withdraw", "plain", "required"),
        "It is closed for everybody who asks, and they read your reason.",
    ),
    "retire": (
        *("requests:retire", "danger", "required"),
        "It leaves the list of tools you may use, and the schools are told.",
    ),
}
# These wait behind another button's page, or a room's own page offers them.
ELSEWHERE = ("approve_without", "clear", "clear_without")
FIRST = ("submit", "answer", "endorse", "approve", "reinstate", "route_contract")
LAST = ("withdraw", "retire")
# Their page is where what stands against the move is mended: it opens before the move can be made.
MENDED_THERE = ("submit", "route_contract", "route_exempt", "route_covered")


def steps_of(case: ToolRequest, agreement: str) -> list[Step]:
    marks = rules.seven_steps(
        case.state,
        left_state=case.left_state,
        agreement=agreement,
        without_data=case.relationship == "exempt",
        review_on=case.review_on,
        today=case.case.tenant.day_of(timezone.now()),
        incident=case.pk in breached_of([case]),
    )
    return [Step(mark.label, mark.status, mark.note) for mark in marks]  # type: ignore[arg-type]


def who_waits(case: ToolRequest, behind: Behind | None = None) -> str:
    """Whom a state waits for, in words; empty where it waits for nobody.

    `behind`: the agreement that this request waits for.
    """
    if case.state == AWAITING_AGREEMENT:
        return str(behind or "") or "the agreement"
    if queries.review_is_late(case):
        return ROLE_NAMES[Role.PRIVACY]
    role = ROLE_OF.get(REQUEST.turn.get(case.state, ""))
    names = {"requester": "the requester", "school_leader": "the principal"}
    return names.get(role or "", ROLE_NAMES[role] if role else "")


def who_waits_by_name(case: ToolRequest, behind: Behind | None) -> str:
    """The same for the case's own page, which has room for the principal's name."""
    if case.state != WITH_SCHOOL:
        return who_waits(case, behind)
    names = [person.name for person in recipients(case, "school_leaders")]
    if not names:
        return "the principal"
    more = f" and {len(names) - 2} more" if len(names) > 2 else ""
    return f"the principal, {' or '.join(names[:2])}{more}"


def turn_of(request: PersonRequest, case: ToolRequest, since: datetime) -> Turn:
    actor = request.actor
    waits = case.state in REQUEST.turn or queries.review_is_late(case)
    tasks = open_tasks_of(case.case, case)
    options = options_for(case, actor)
    asks = Role.REQUESTER in case.roles_of(actor)
    held = [task for task in tasks if task.is_for(case.roles_of(actor), actor.ref)]
    free = any(task.owner_ref in ("", actor.ref) for task in held)
    behind = behind_of(case)
    if queries.review_is_late(case):
        since = queries.waits_since(case)
    waited, since = (behind.subject, behind.since) if behind else (case, since)
    theirs = behind is not None and waits_for(behind.subject, actor)
    yours = free or theirs or (not tasks and queries.is_turn_of(case, actor))
    return Turn(
        who=holders_in_words(tasks) or who_waits_by_name(case, behind) or "nobody",
        since=since if waits else None,
        age=waited_in_words(waited, since, timezone.now()) if waits else "",
        yours=yours,
        what=_go_on_there(behind, theirs) or _what(case, held, yours) or _asked_of_privacy(case),
        choices=(
            *_task_choices(held),
            *_there(behind, theirs),
            *_reminder(case, yours, behind),
            *_choices(case, options, asks),
        ),
        blocked=tuple(
            Blocked(option.move.label, option.reasons) for option in options if not option.allowed
        ),
        holdings=holdings_of(case, actor, tasks, back=case.get_absolute_url()),
    )


def _asked_of_privacy(case: ToolRequest) -> str:
    wanted = rules.WANTED_OF_PRIVACY.get(case.relationship)
    if case.state != TRIAGE or wanted is None or not queries.privacy_asked(case):
        return ""
    return f"{queries.privacy_lead_of(case.district)} was asked to {wanted.format('it')}."


def behind_of(case: ToolRequest) -> Behind | None:
    if case.state != AWAITING_AGREEMENT:
        return None
    return agreement_waits_of([case]).get(case.pk)


def _go_on_there(behind: Behind | None, theirs: bool) -> str:
    return "Your turn is on its agreement." if behind and theirs else ""


def _there(behind: Behind | None, theirs: bool) -> list[Choice]:
    """Who must act on the agreement is led there."""
    if behind is None or not theirs:
        return []
    return [Choice("Open the agreement", address_of(behind.subject), method="get")]


def can_be_reminded(case: ToolRequest, behind: Behind | None) -> bool:
    """Whether a mail would reach somebody who can act."""
    waits_there = case.state == AWAITING_AGREEMENT
    return case.state in OPEN and (not waits_there or bool(behind and behind.waits_for))


def _reminder(case: ToolRequest, yours: bool, behind: Behind | None) -> list[Choice]:
    """For everybody who reads the case and is not the one who must act."""
    if yours or not can_be_reminded(case, behind):
        return []
    return [Choice("Send a reminder", reverse("requests:nudge", args=[case.code]), tone="plain")]


def _what(case: ToolRequest, held: list[OpenTask], yours: bool) -> str:
    if held:
        return "; ".join(task.title for task in held)
    if case.state == DRAFT and yours:
        return "Finish the three pages and send it."
    late = f" {rules.late_review_in_words(case.review_on)}" if queries.review_is_late(case) else ""
    return RESTING.get(case.state, "") + late


def _task_choices(tasks: list[OpenTask]) -> list[Choice]:
    return [Choice(task.title, task.url, method="get") for task in tasks if task.url]


def _choices(case: ToolRequest, options: list[Option], asks: bool) -> list[Choice]:
    """One button a page: several moves may lead to the same one."""
    made: dict[str, Choice] = {}
    for option in sorted(options, key=_rank):
        name = option.move.name
        if name in ELSEWHERE or not (option.allowed or name in MENDED_THERE):
            continue
        own = asks or name != "withdraw"
        one = _choice(case, name if own else "withdraw_others", option.move.label)
        if one:
            made.setdefault(one.url, one)
    return list(made.values())


def _rank(option: Option) -> int:
    """What brings the case forward, then the rest, then what ends it."""
    return (option.move.name in LAST) - (option.move.name in FIRST)


RESTING = {
    APPROVED: "It may be used as written below.",
    DECLINED: "It is decided: not approved.",
    WITHDRAWN: "It is closed.",
    RETIRED: "The district no longer uses it.",
}
LABELS = {
    "requests:triage": "Choose the path",
    "requests:decide": "Decide",
    "requests:continue": "Go on with the draft",
}


def _choice(case: ToolRequest, name: str, label: str) -> Choice | None:
    if name in PAGES:
        url = reverse(PAGES[name], args=[case.code])
        tone = "primary" if name in FIRST or name.startswith("route") else "plain"
        words = LABELS.get(PAGES[name], label)
        return Choice(words, url, method="get", tone=tone)  # type: ignore[arg-type]
    if name in BUTTONS:
        page, tone, note, consequence = BUTTONS[name]
        url = reverse(page, args=[case.code])
        return Choice(label, url, tone=tone, note=note, consequence=consequence)  # type: ignore[arg-type]
    return None
