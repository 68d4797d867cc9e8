"""Why one date is what it is: the reckoning, and around it who, by what rule, and what came after.

Plain values, told alike by a page, as JSON and in a terminal.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from vetting.policy.rules.answers import question
from vetting.policy.rules.classifying import NOT_VERIFIED
from workflows.clock.arithmetic import sum_of
from workflows.clock.explaining import Mark, Reckoning, iso_in
from workflows.clock.rules import Pause, local_day
from workflows.clock.words import day_words
from workflows.grammar import Unit

LAYERS = {
    "": "Set by ourselves",
    "vendor": "Set by the law, for the vendor",
    "district": "Set by the law, for the district",
    "contract": "Set by the agreement",
}
OWED = {"vendor": ", for the vendor", "district": ", for the district"}
OPEN, STANDS, MET, WAIVED = "open", "stands still", "met", "waived"


@dataclass(frozen=True, slots=True)
class Happened:
    """What a date counts from. `entry` is its line in the case's history, 0 where it has none."""

    what: str
    at: datetime
    by: str = ""
    recorded_at: datetime | None = None
    source: str = ""
    entry: int = 0


@dataclass(frozen=True, slots=True)
class Law:
    """The rule as it stood in its pack; `address` is "" where it cannot be read on the web.

    `missing`: facts nobody has told yet, so that it counts only to be safe. `otherwise`: that the
    district reads it so, since when and why; `says` is then the law's own limit.
    """

    rule: str
    title: str
    citation: str
    address: str
    pack: str
    version: str
    digest: str
    verified: bool
    missing: tuple[str, ...] = ()
    otherwise: str = ""
    says: str = ""

    @property
    def own(self) -> bool:
        """A rule that the district made itself."""
        return self.pack.startswith("local-")

    @property
    def questions(self) -> list[str]:
        return list(map(question, self.missing))


@dataclass(frozen=True, slots=True)
class Ground:
    """What a date was set by. With `months` it is their sum from `start`, and the last day of so
    many `whole` months is the one before."""

    words: str
    day: date
    start: date | None = None
    months: int = 0
    whole: bool = False


@dataclass(frozen=True, slots=True)
class Stop:
    """A time in which the clock stood still. `not_counted` days passed in it (None: it goes on)."""

    pause: Pause
    why: str
    not_counted: int | None


@dataclass(frozen=True, slots=True)
class Rung:
    """A step of the ladder; `said` once its word went out, `fired` once its time was reached."""

    at: datetime
    what: str
    fired: bool
    said: datetime | None = None


@dataclass(frozen=True, slots=True)
class Moved:
    """The date was another one before; days, or instants where hours are counted, as kept."""

    was: str
    now: str
    why: str
    at: datetime
    by: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """`name` is unique on its page: the kind, numbered where a case had several.

    `promise`: how the date that a clock shows while it stands still was reckoned.
    """

    name: str
    kind: str
    label: str
    layer: str
    standing: str
    reckoning: Reckoning
    anchor: Happened
    others: tuple[Happened, ...] = ()
    law: Law | None = None
    ground: Ground | None = None
    stops: tuple[Stop, ...] = ()
    ladder: tuple[Rung, ...] = ()
    history: tuple[Moved, ...] = ()
    closed_at: datetime | None = None
    closed_by: str = ""
    ended: str = ""
    promise: Reckoning | None = None

    @property
    def is_open(self) -> bool:
        return self.standing in (OPEN, STANDS)

    @property
    def whose(self) -> str:
        if self.law and self.law.own:
            return f"Set by our board{OWED.get(self.layer, '')}"
        if self.law and self.law.otherwise:
            return f"Set by this district, which reads the law otherwise{OWED.get(self.layer, '')}"
        return LAYERS[self.layer]

    @property
    def due_words(self) -> str:
        return exact(self.reckoning.due_at, self.reckoning.zone)

    @property
    def caution(self) -> str:
        return NOT_VERIFIED if self.law and not self.law.verified else ""

    @property
    def span(self) -> str:
        """ "20 business days"; nothing where nothing is counted."""
        one = self.reckoning
        return (
            f"{one.amount} {UNITS[one.unit].removesuffix('s' if one.amount == 1 else '')}"
            if (one.unit)
            else ""
        )

    @property
    def sum(self) -> str:
        said = self.ground.words if self.ground else sum_of(self.reckoning)
        argued = [
            f"{day_words(day)} ({why}) counts, because whether it is a legal holiday is arguable, "
            "so the earlier date stands."
            for day, why in self.reckoning.arguable
        ]
        if self.promise:
            shown = f"Until then it was due {exact(self.promise.due_at, self.promise.zone)}"
            argued.append(f"{shown}. {sum_of(self.promise)}")
        return " ".join([said, *argued])

    def as_json(self) -> dict[str, Any]:
        zone = self.reckoning.zone
        closed = iso_in(self.closed_at, zone) if self.closed_at else None
        return {
            "kind": self.kind,
            "name": self.name,
            "label": self.label,
            "layer": self.layer or "own",
            "standing": self.standing,
            "closed_at": closed,
            "closed_by": self.closed_by or None,
            "ended": self.ended or None,
            "rule": _law_as_json(self.law),
            "anchor": _happened_as_json(self.anchor, zone),
            "other_events": [_happened_as_json(one, zone) for one in self.others],
            **self.reckoning.as_json(),
            "promise": self.promise.as_json() if self.promise else None,
            "set": _ground_as_json(self.ground),
            "stops": [_stop_as_json(stop, zone) for stop in self.stops],
            "ladder": [_rung_as_json(rung, zone) for rung in self.ladder],
            "history": [_moved_as_json(one, zone) for one in self.history],
            "sentence": self.reckoning.sentence or None,
            "arithmetic": self.sum,
            "caution": self.caution or None,
        }


UNITS = {
    Unit.BUSINESS_DAYS: "business days",
    Unit.CALENDAR_DAYS: "calendar days",
    Unit.HOURS: "hours",
}


def exact(instant: datetime, zone: str) -> str:
    """ "Thu, Dec 10, 2026 at 23:59:59 MST (America/Denver)"."""
    return f"{brief(instant, zone)} ({zone})"


def brief(instant: datetime, zone: str) -> str:
    """The same with no more than the name of the clock there."""
    local = instant.astimezone(ZoneInfo(zone))
    clock = f"{local:%H:%M:%S}" if local.second else f"{local:%H:%M}"
    return f"{day_words(local.date())} at {clock} {local:%Z}"


def not_counted(one: Reckoning, pause: Pause) -> int | None:
    """How many days a pause kept from being counted: all of them, weekends too."""
    if pause.end is None:
        return None
    first, last = local_day(pause.start, one.zone), local_day(pause.end, one.zone)
    if one.unit is Unit.HOURS:
        return (pause.end - pause.start) // timedelta(days=1)
    return sum(day.mark is Mark.PAUSED and first < day.day <= last for day in one.days)


def _law_as_json(law: Law | None) -> dict[str, Any] | None:
    if law is None:
        return None
    return {
        "id": law.rule,
        "title": law.title,
        "citation": law.citation,
        "address": law.address or None,
        "pack": law.pack,
        "version": law.version,
        "digest": law.digest or None,
        "verified": law.verified,
        "read_otherwise": law.otherwise or None,
        "law_says": law.says or None,
        "missing_facts": list(law.missing),
        "missing_in_words": law.questions,
    }


def _happened_as_json(one: Happened, zone: str) -> dict[str, Any]:
    recorded = iso_in(one.recorded_at, zone) if one.recorded_at else None
    return {
        "what": one.what,
        "at": iso_in(one.at, zone),
        "by": one.by or None,
        "recorded_at": recorded,
        "source": one.source or None,
        "entry": one.entry or None,
    }


def _ground_as_json(ground: Ground | None) -> dict[str, Any] | None:
    if ground is None:
        return None
    return {
        "words": ground.words,
        "day": ground.day.isoformat(),
        "from": ground.start.isoformat() if ground.start else None,
        "months": ground.months or None,
        "whole": ground.whole,
    }


def _stop_as_json(stop: Stop, zone: str) -> dict[str, Any]:
    end = iso_in(stop.pause.end, zone) if stop.pause.end else None
    told = {"from": iso_in(stop.pause.start, zone), "until": end, "why": stop.why}
    return told | {"days_not_counted": stop.not_counted}


def _rung_as_json(rung: Rung, zone: str) -> dict[str, Any]:
    said = iso_in(rung.said, zone) if rung.said else None
    return {"at": iso_in(rung.at, zone), "what": rung.what, "fired": rung.fired, "said_at": said}


def _moved_as_json(one: Moved, zone: str) -> dict[str, Any]:
    told = {"from": one.was, "to": one.now, "why": one.why}
    return told | {"at": iso_in(one.at, zone), "by": one.by}
