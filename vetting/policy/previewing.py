"""What other rules would change, found by trying them; nothing is written."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from django.db.models import Max

from vetting.people.models import District
from vetting.policy import queries
from vetting.policy.commands.recomputing import law_of, preview_law
from vetting.policy.models import Evaluated
from vetting.policy.rules.evaluating import evaluate
from vetting.policy.rules.evaluation import Evaluation
from vetting.policy.rules.merging import Override
from vetting.policy.rules.packs import Pack
from vetting.policy.rules.wording import CLASSES
from workflows.lifecycles.request import OPEN

# Two evaluations each, half a millisecond apiece: a page that somebody waits for.
MOST_TRIED, MOST_LISTED = 500, 50


@dataclass(frozen=True, slots=True)
class Changed:
    """An open request that would be read otherwise; `was`, `now`: "" where its class stays."""

    code: str
    tool: str
    was: str
    now: str
    more: tuple[str, ...]
    fewer: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Move:
    """An open date by law that would be another one; `late`: at once."""

    what: str
    was: datetime
    now: datetime
    late: bool


@dataclass(frozen=True, slots=True)
class Preview:
    """`tried` of the `open` requests that the rules judged already; `changed` the first of many.

    `moved` open dates by law would be others, `late` of them late at once; `moves` the first.
    """

    changed: Sequence[Changed]
    number: int
    tried: int
    open: int
    moved: int = 0
    late: int = 0
    moves: Sequence[Move] = ()

    @property
    def unlisted_moves(self) -> int:
        return self.moved - len(self.moves)

    @property
    def unlisted(self) -> int:
        return self.number - len(self.changed)


def preview(
    district: District, *, packs: Iterable[Pack], overrides: Sequence[Override], on: date
) -> Preview:
    """Of the newest open requests; what they were judged by last is the facts."""
    rows = Evaluated.objects.filter(
        case__tenant=district.tenant_id, case__toolrequest__state__in=OPEN
    )
    newest = rows.order_by().values("case").annotate(newest=Max("pk"))
    keys = list(newest.order_by("-newest").values_list("newest", flat=True))
    asked = Evaluated.objects.filter(pk__in=keys[:MOST_TRIED]).order_by("-pk")
    told = asked.values_list("case__code", "case__toolrequest__tool_name", "facts")
    there = tuple(packs)
    now = _World(queries.packs_for(district), queries.overrides_of(district), on)
    then = _World(there, overrides, on)
    agency = queries.agency_facts(district)
    found = [_tried(code, tool, {**facts, **agency}, now, then) for code, tool, facts in told]
    changed = [one for one in found if one]
    tried = Preview(changed[:MOST_LISTED], len(changed), len(found), len(keys))
    return _with_dates(tried, district, there, overrides)


def _with_dates(
    tried: Preview, district: District, packs: tuple[Pack, ...], overrides: Sequence[Override]
) -> Preview:
    """By the very plan that a recompute follows."""
    law = law_of(district)
    read = law.read_otherwise | {one.rule for one in overrides}
    there = replace(law, packs=packs, overrides=list(overrides), read_otherwise=read)
    found = preview_law(district, there)
    titles = {rule.id: rule.title for pack in packs for rule in pack.rules}
    moves = [
        Move(titles.get(one.kind, one.kind), one.was, one.now, one.overdue)
        for one in found.moves[:MOST_LISTED]
    ]
    return replace(tried, moved=found.moved, late=found.overdue, moves=moves)


@dataclass(frozen=True, slots=True)
class _World:
    packs: tuple[Pack, ...]
    overrides: Sequence[Override]
    on: date

    def says(self, facts: Mapping[str, Any]) -> Evaluation:
        return evaluate(facts, self.packs, on=self.on, overrides=self.overrides)


def _tried(
    code: str, tool: str, facts: Mapping[str, Any], now: _World, then: _World
) -> Changed | None:
    before, after = now.says(facts), then.says(facts)
    was, becomes = before.classification.name, after.classification.name
    asked, asks = _asked(before), _asked(after)
    if was == becomes and asked == asks:
        return None
    more = tuple(title for key, title in asks.items() if key not in asked)
    fewer = tuple(title for key, title in asked.items() if key not in asks)
    words = (CLASSES[was], CLASSES[becomes]) if was != becomes else ("", "")
    return Changed(code, tool, *words, more, fewer)


def _asked(found: Evaluation) -> dict[tuple[str, str], str]:
    """What is demanded with its terms, so that another number is another demand."""
    return {(one.rule.id, repr(one.terms)): one.rule.title for one in found.demands}
