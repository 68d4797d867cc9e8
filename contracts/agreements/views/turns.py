"""Whose turn an agreement is, and what this person can do with it, as values for components."""

from datetime import datetime

from django.urls import reverse
from django.utils import timezone

from contracts.agreements import queries, rules
from contracts.agreements.models import Agreement
from vetting.pages import Blocked, Choice, Turn
from vetting.people.middleware import PersonRequest
from vetting.worklist.queries import holdings_of
from workflows.actors import ROLE_NAMES, Actor, Role
from workflows.clock.queries import waited_in_words
from workflows.desk.queries import OpenTask, holders_in_words, open_tasks_of
from workflows.desk.turns import ROLE_OF, turns_of
from workflows.engine import Option, options_for
from workflows.lifecycles.agreement import (
    AGREEMENT,
    DRAFTING,
    LEGAL_REVIEW,
    OUT_FOR_SIGNATURE,
    WITH_VENDOR,
)

# Moves that need a page of their own, and moves that another button speaks for.
PAGES = {"board_acted": "agreements:board", "terminate": "agreements:terminate"}
SENDS = "release_document"
ELSEWHERE = ("send", "settle", "refuse")
# Moves of one button: (address, tone, note, what will happen).
BUTTONS = {
    "issue": ("agreements:issue", "primary", "none", ""),
    "revise": (
        *("agreements:take_back", "plain", "required"),
        "Back to preparing. Approvals of this text are void, and the vendor's link is shut.",
    ),
    "recall": (
        *("agreements:take_back", "plain", "required"),
        "Back to preparing. Nobody can sign any more; a signature already given stays as history.",
    ),
    "accept_text": (
        *("agreements:accept", "plain", "none"),
        "Only when the vendor told you so: it accepts the approved text as it is.",
    ),
    "counter": (
        *("agreements:counter", "plain", "required"),
        "The vendor told you what must change. Earlier approvals of the text are void.",
    ),
    "abandon": (
        *("agreements:abandon", "danger", "required"),
        "Nobody works on it any more and the vendor's link is shut. The request stays and can "
        "get another agreement.",
    ),
}
# What the vendor does by its link reads differently when counsel does it.
LABELS = {
    "accept_text": "The vendor accepts the text",
    "counter": "The vendor asks for changes",
}


def who_waits(agreement: Agreement) -> str:
    """Whom a state waits for, in words; empty where it waits for nobody."""
    if agreement.state in queries.NEEDS_SIGNATORY and queries.lacks_signatory(agreement):
        return f"legal ({queries.who_is_gone(agreement)}: name another signatory)"
    if agreement.state == OUT_FOR_SIGNATURE:
        return _next_signer(agreement)
    role = _role_of_turn(agreement)
    vendor = f"the vendor, {agreement.vendor.name}"
    names = {Role.VENDOR: vendor, Role.LEGAL: "legal and the privacy team"}
    return names.get(role, ROLE_NAMES[role]) if role else ""


def _role_of_turn(agreement: Agreement) -> Role | None:
    """None where nobody can do anything: an agreement that is over waits for nobody."""
    known = {*turns_of(AGREEMENT), *AGREEMENT.work}
    return (
        ROLE_OF.get(AGREEMENT.turn.get(agreement.state, "")) if agreement.state in known else None
    )


def _next_signer(agreement: Agreement) -> str:
    turn = next(iter(agreement.open_turns()), None)
    if turn is None or turn.membership is None:
        return f"the vendor, {agreement.vendor.name}" if turn else "the seal"
    return turn.membership.user.name


def turn_of(
    request: PersonRequest, agreement: Agreement, since: datetime, *, unneeded: bool
) -> Turn:
    """`unneeded`: no open request needs it, so giving it up is the likely next step."""
    actor = request.actor
    tasks = open_tasks_of(agreement.case, agreement)
    options = options_for(agreement, actor)
    held = [task for task in tasks if task.is_for(agreement.roles_of(actor), actor.ref)]
    free = [task for task in held if task.owner_ref in ("", actor.ref)]
    signing = _sign_choice(agreement, actor)
    choices = [
        *signing,
        *_exhibits_choice(agreement, actor),
        *_task_choices(held),
        *_choices(agreement, options),
    ]
    who = holders_in_words(tasks) or who_waits(agreement)
    return Turn(
        who=who or "nobody",
        since=since if who else None,
        age=waited_in_words(agreement, since, timezone.now()) if who else "",
        yours=bool(free or signing)
        or queries.falls_to(agreement, actor)
        or (not tasks and _is_turn_of(agreement, actor)),
        what=_without_signatory(agreement) or "; ".join(dict.fromkeys(t.title for t in held)),
        choices=tuple(_given_up_first(agreement, choices) if unneeded else choices),
        blocked=tuple(
            Blocked(LABELS.get(o.move.name, o.move.label), o.reasons)
            for o in options
            if not o.allowed and o.move.name not in ELSEWHERE
        ),
        holdings=holdings_of(agreement, actor, tasks, back=agreement.get_absolute_url()),
    )


def _without_signatory(agreement: Agreement) -> str:
    """What to do about a signatory who is gone, before the document may go on."""
    if not queries.lacks_signatory(agreement):
        return ""
    gone = queries.who_is_gone(agreement)
    if agreement.state == DRAFTING:
        return f"{gone}: name another signatory in the exhibits."
    if agreement.state == LEGAL_REVIEW:
        return rules.nobody_to_sign(gone)
    back = "Recall it" if agreement.state == OUT_FOR_SIGNATURE else "Take it back"
    return (
        f"{gone}: name another signatory. {back}, name them in the exhibits, and write the "
        "document anew."
    )


def _is_turn_of(agreement: Agreement, actor: Actor) -> bool:
    role = _role_of_turn(agreement)
    # Signing is one named person's turn, not that of everybody who may sign.
    return role != Role.SIGNATORY and role in agreement.roles_of(actor)


def _task_choices(tasks: list[OpenTask]) -> list[Choice]:
    """Two opinions lead to one page: one button, which says what waits there."""
    urls = {task.url: task for task in tasks if task.url}
    sends = any(task.node == SENDS for task in tasks)
    label = "Send to the vendor" if sends else "Open the review"
    return [Choice(label, url, method="get") for url in urls]


def _exhibits_choice(agreement: Agreement, actor: Actor) -> list[Choice]:
    if agreement.state != DRAFTING or not actor.has(Role.PRIVACY, Role.LEGAL):
        return []
    url = reverse("agreements:exhibits", args=[agreement.code])
    tone = "plain" if agreement.exhibits_settled else "primary"
    return [Choice("Exhibits, signers and terms", url, method="get", tone=tone)]  # type: ignore[arg-type]


def _sign_choice(agreement: Agreement, actor: Actor) -> list[Choice]:
    """The named signatory's button, once the other party has signed."""
    if agreement.state != OUT_FOR_SIGNATURE or agreement.district_signer is None:
        return []
    mine = agreement.district_signer.ref == actor.ref
    if not mine or _next_signer(agreement) != agreement.district_signer.user.name:
        return []
    url = reverse("signing:sign", args=[agreement.code])
    return [Choice("Read and sign", url, method="get")]


def _choices(agreement: Agreement, options: list[Option]) -> list[Choice]:
    made = [_choice(agreement, o.move.name, o.move.label) for o in options if o.allowed]
    return [choice for choice in made if choice]


def _given_up_first(agreement: Agreement, choices: list[Choice]) -> list[Choice]:
    end = reverse("agreements:abandon", args=[agreement.code])
    return sorted(choices, key=lambda choice: choice.url != end)


def _choice(agreement: Agreement, name: str, label: str) -> Choice | None:
    if name in PAGES:
        url = reverse(PAGES[name], args=[agreement.code])
        tone = "primary" if name == "board_acted" else "danger"
        return Choice(f"{label}…", url, method="get", tone=tone)  # type: ignore[arg-type]
    if name not in BUTTONS:
        return None
    page, tone, note, consequence = BUTTONS[name]
    return Choice(
        LABELS.get(name, label),
        reverse(page, args=[agreement.code]),
        tone=tone,  # type: ignore[arg-type]
        note=note,  # type: ignore[arg-type]
        consequence=consequence,
        hidden=_read_bytes(agreement) if agreement.state == WITH_VENDOR else (),
    )


def _read_bytes(agreement: Agreement) -> tuple[tuple[str, str], ...]:
    """The fingerprint that was on the screen: accepting is of these bytes."""
    return (("sha256", agreement.current.sha256),) if agreement.current else ()
