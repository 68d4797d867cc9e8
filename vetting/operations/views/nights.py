"""What the worker does round after round, and what the nights put right, as plain values."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from vetting.pages import Link, Tone
from workflows.clock.models import Beat
from workflows.operations import rules
from workflows.operations.models import Mending
from workflows.stateful import model_of


@dataclass(frozen=True, slots=True)
class Mended:
    case: Link | None
    at: datetime
    found: str
    did: str


@dataclass(frozen=True, slots=True)
class Round:
    """One of the three that the worker makes; `tone` and `state` say whether it is late."""

    title: str
    about: str
    at: datetime | None
    did: str
    state: str
    tone: Tone


FOUND = {
    "missing": "The work that “{state}” asks for was not open.",
    "stray": "Work was open that “{state}” does not ask for.",
    "stuck": "The work of “{state}” had stopped: nobody could go on.",
    "gone": "A piece of work was open that this release no longer has.",
    "left": "A piece of work was still open although its step had ended.",
    "overtaken": "A piece of work was still open although it was done already.",
}


def mended_of(mending: Mending, links: Mapping[int, Link]) -> Mended:
    state = model_of(mending.case.machine).lifecycle.states.get(mending.state, mending.state)
    return Mended(
        case=links.get(mending.case_id),
        at=mending.at,
        found=FOUND.get(mending.found, mending.found).format(state=state),
        did=_did(mending),
    )


def _did(mending: Mending) -> str:
    parts = [
        f"{number} {words}"
        for number, words in (
            (mending.canceled, "closed"),
            (mending.opened, "opened anew"),
            (mending.completed, "marked as done"),
        )
        if number
    ]
    return ", ".join(parts) or "looked at"


TITLES = {
    "drain": ("Mails and follow-up steps", "every second, or when cron ticks"),
    "sweep": ("Dates and reminders", "every minute"),
    "reconcile": ("The nightly check", "once a night: work, dates, the ledger"),
}
COUNTED = {
    "done": "done", "awaiting_retry": "to be tried again", "failed": "failed",
    "withheld": "kept back", "overtaken": "taken over", "swept": "dates", "fired": "reminders",
    "mended": "put right", "deadlines": "dates reckoned again",
}  # fmt: skip

PARTS = {
    "checkpoint": "the ledger's checkpoint", "deadlines": "reckoning dates again",
    "desk": "putting work right", "faults": "checking the ledger",
}  # fmt: skip


def rounds_of(seen: Mapping[str, Beat], late: Collection[str]) -> list[Round]:
    return [_round(name, seen.get(name), late=name in late) for name in rules.ROUNDS]


def _round(name: str, beat: Beat | None, *, late: bool) -> Round:
    title, about = TITLES[name]
    broken = bool(beat and beat.result.get("broken"))
    tone: Tone = "error" if late or broken else "success" if beat else "plain"
    state = ("Late" if late else "In part" if broken else "As usual") if beat else "Not yet"
    return Round(title, about, beat.at if beat else None, _did_last(name, beat), state, tone)


def _did_last(name: str, beat: Beat | None) -> str:
    if beat is None:
        return ""
    counted = _at_night(beat.result) if name == "reconcile" else beat.result
    said = [f"{counted[key]} {words}" for key, words in COUNTED.items() if counted.get(key)]
    said += [f"failed: {PARTS.get(part, part)}" for part in beat.result.get("broken", [])]
    return ", ".join(said) or "nothing to do"


def _at_night(result: Mapping[str, Any]) -> dict[str, Any]:
    desk = result.get("desk", {})
    mended = desk.get("cases", 0) + desk.get("completed", 0)
    return {"mended": mended, "deadlines": result.get("deadlines")}
