"""A district's own pack: read, and judged before it is saved."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import yaml

from vetting.people.models import District
from vetting.policy import checking, queries
from vetting.policy.marked import marked
from vetting.policy.models import PackVersion
from vetting.policy.reading import read_texts
from vetting.policy.rules import examples, own
from vetting.policy.rules.own import Data
from vetting.policy.rules.packs import Pack, Rule
from workflows.refusals import Refused

EXAMPLE = queries.SHIPPED / "local-denver.yaml"


class _Plain(yaml.SafeDumper):
    """Every rule is written out: what two of them share would be hard to change in one."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


@dataclass(frozen=True, slots=True)
class Own:
    """What a district has now; `digest` is "" and `rows` 0 where nothing was saved yet."""

    data: Data
    digest: str = ""
    rows: int = 0

    @property
    def exists(self) -> bool:
        return bool(self.data["rules"])


@dataclass(frozen=True, slots=True)
class Draft:
    """A pack that could be saved: without a fault, and its own cases come out."""

    pack: Pack
    text: str


def own_of(district: District) -> Own:
    rows = PackVersion.objects.filter(district=district, slug=own.slug_of(district.code))
    newest = rows.order_by("-pk").first()
    if newest is None or newest.withdrawn:
        return Own(begun(district), rows=rows.count())
    return Own(marked(newest.text).data, newest.digest, rows.count())


def begun(district: District) -> Data:
    zone = district.tenant.zone
    return own.empty(code=district.code, name=district.name, state=district.state, zone=zone)


def example_for(district: District) -> Data:
    text = EXAMPLE.read_text(encoding="utf-8")
    return own.from_example(marked(text).data, begun(district))


def draft(district: District, data: Data, *, today: date) -> Draft:
    """Raises Refused with the linter's sentences, and with every case that comes out otherwise."""
    found = own_of(district)
    dated = own.dated(data, today=today, number=found.rows + 1)
    text = yaml.dump(dated, Dumper=_Plain, sort_keys=False, allow_unicode=True, width=100)
    name, shared = f"{data['pack']}.yaml", shared_packs(district)
    library = read_texts([(name, text.encode())], beside=shared)
    if library.faults:
        raise Refused([fault.sentence for fault in library.faults])
    (pack,) = library.packs
    wrong = [one for one in checking.outcomes(pack, (*shared, pack)) if one.differs]
    if wrong:
        raise Refused([f"{w.about}: expected {w.expected}, got {w.got}." for w in wrong])
    return Draft(pack, text)


def shared_packs(district: District) -> tuple[Pack, ...]:
    """All that counts here but the district's own."""
    return tuple(p for p in queries.packs_for(district) if p.layer != queries.LOCAL)


def candidate_packs(district: District, pack: Pack) -> tuple[Pack, ...]:
    return (*shared_packs(district), pack)


def example_of(
    rule: Rule, row: Data, *, district: District, today: date
) -> examples.Example | None:
    """A date by this rule, or its number, to be confirmed; None where it has neither.

    Raises Refused where no calendar reaches that far.
    """
    if not {"limit", "each_year"} & rule.terms.keys():
        return examples.said(row)
    zone = rule.zone or district.tenant.zone
    day = examples.day_of_example(rule.effective_from, today)
    anchor = datetime.combine(day, examples.MORNING, ZoneInfo(zone))
    event = examples.first_anchor(row) or checking.ASKED
    try:
        due = queries.due_by_law(rule, {event: anchor}, zone=zone, state=district.state)
    except (ValueError, OverflowError):
        raise Refused(["No calendar reaches that far: write a shorter time."]) from None
    if due is None:
        return None
    return examples.counted(row, anchor=anchor, due=due.at, zone=zone)
