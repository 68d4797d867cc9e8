"""What has to become of a case's dates by law, on plain values: so it can be seen beforehand."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from vetting.policy.rules.conditions import facts_of
from vetting.policy.rules.facts import FACTS
from vetting.policy.rules.packs import Rule
from workflows.clock.rules import Dated, explained
from workflows.grammar import Unit

Act = Literal["arm", "move", "stop", "start", "tell", "end"]


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to do. `standing` is the open row, None where there is none; `dated` is how it
    should stand, None where it should not. "tell": the same date for other reasons."""

    act: Act
    kind: str
    dated: Dated | None
    standing: Any = None
    why: str = ""

    def overdue(self, now: datetime) -> bool:
        return self.dated is not None and not self.dated.held and self.dated.due_at < now


def layer_of(rule: Rule) -> str:
    """Whose clock it is. What is owed by nobody in particular is owed by the district."""
    if rule.nexus == "contract":
        return "contract"
    return "vendor" if rule.terms.get("duty_of") == "vendor" else "district"


def unit_of(rule: Rule) -> Unit:
    span = rule.terms.get("limit") or rule.terms.get("relative") or {}
    return Unit(span.get("unit", Unit.CALENDAR_DAYS))


def is_yearly(rule: Rule) -> bool:
    return bool({"each_year", "relative"} & rule.terms.keys())


def is_of_a_case(rule: Rule) -> bool:
    """The year's days and fixed days are the district's own, unless their condition asks about the
    tool or what happened to it."""
    if not is_yearly(rule):
        return True
    asked = facts_of(rule.when)
    return any(FACTS[name].about != "agency" for name in asked if name in FACTS)


def steps(
    wanted: Mapping[str, Dated], standing: Iterable[Any], done: Mapping[str, datetime]
) -> Iterator[Step]:
    """What to do so that the open rows are those wanted, in the order of their kinds.

    `done`: when somebody met or waived a date of the kind. It stays done, unless what it counts
    from happened again after that, not where only its hour is corrected, or the next one of each
    year follows it. A limit and the one in its place after a hold are one duty.
    """
    open_rows = {row.kind: row for row in standing}
    for kind in sorted({*wanted, *open_rows}):
        dated, row = wanted.get(kind), open_rows.get(kind)
        if row is None and dated is not None:
            if "last" in dated.explanation or not _is_done(dated, done):
                yield Step("arm", kind, dated)
        elif dated is None:
            yield Step("end", kind, None, row)
        elif act := _change(row, dated):
            yield Step(act, kind, dated, row)


def _is_done(dated: Dated, done: Mapping[str, datetime]) -> bool:
    closed = [done[kind] for kind in (dated.kind, *dated.also) if kind in done]
    return bool(closed) and max(closed) >= (dated.begun or _since(dated))


def _since(dated: Dated) -> datetime:
    return datetime.fromisoformat(dated.explanation["anchor"])


def _change(row: Any, dated: Dated) -> Act | None:
    if bool(row.paused_at) != bool(dated.held):
        return "stop" if dated.held else "start"
    if row.due_at != dated.due_at:
        return "move"
    same = (row.layer, row.basis) == (dated.layer, dated.basis)
    return None if same and row.explanation == explained(dated, row.paused_at) else "tell"
