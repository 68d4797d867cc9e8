import json
from argparse import ArgumentParser
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from vetting.people.models import District
from vetting.policy import checking, telling
from vetting.policy.queries import SHIPPED, due_by_law, library
from vetting.policy.rules.facts import STATES
from vetting.policy.rules.faults import meant
from vetting.policy.rules.packs import Pack, Rule, anchors_of, rule_named
from vetting.policy.rules.timing import ASKED


class Command(BaseCommand):
    help = "Jurisdiction packs: their own tests, their faults, what they hold, a date by one rule."

    def add_arguments(self, parser: ArgumentParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        check = verbs.add_parser("check", help="Run every pack's own tests.")
        lint = verbs.add_parser("lint", help="Name every fault with its file, line and rule.")
        listed = verbs.add_parser("list", help="The packs and their rules.")
        due = verbs.add_parser(
            "due", help="When a rule's duty is due, and why. Nothing is written."
        )
        for verb in (check, lint, listed, due):
            verb.add_argument("--folder", type=Path, default=SHIPPED, help="other packs than ours")
        for verb in (listed, due):
            verb.add_argument("--json", action="store_true", help="JSON and nothing else")
        due.add_argument("rule", metavar="RULE_ID")
        due.add_argument("--anchor", required=True, metavar="INSTANT")
        due.add_argument("--zone", default="", help="the district's, as America/Denver")
        due.add_argument("--state", default="", help="the district's, for rules of no state")

    def handle(self, *args: Any, **options: Any) -> None:
        getattr(self, f"_{options['verb']}")(**options)

    def _lint(self, *, folder: Path, **options: Any) -> None:
        found = library(_existing(folder))
        if found.faults:
            self.stdout.write("\n".join(map(str, found.faults)))
            raise CommandError(f"{telling.counted(len(found.faults), 'fault')}.")
        rules = sum(len(pack.rules) for pack in found.packs)
        packs = telling.counted(len(found.packs), "pack")
        self.stdout.write(f"{packs}, {telling.counted(rules, 'rule')}, no faults.")

    def _check(self, *, folder: Path, **options: Any) -> None:
        packs = _sound(folder)
        ran = {pack.slug: list(checking.outcomes(pack, packs)) for pack in packs}
        self.stdout.write(telling.table_of(packs, ran))
        differing = [one for outcomes in ran.values() for one in outcomes if one.differs]
        unguarded = list(checking.unguarded(packs))
        if differing:
            raise CommandError("\n".join(map(str, differing)))
        if unguarded:
            said = "No case of its pack fails when the number of these is changed by one:"
            raise CommandError("\n".join([said, *unguarded]))

    def _list(self, *, folder: Path, json: bool, **options: Any) -> None:
        packs = _sound(folder)
        if json:
            self.stdout.write(_dump([telling.pack_as_json(pack) for pack in packs]))
        else:
            self.stdout.write("\n".join(line for pack in packs for line in telling.in_words(pack)))

    def _due(self, *, folder: Path, rule: str, json: bool, **options: Any) -> None:
        anchor = _instant(options["anchor"])
        found = _rule(_sound(folder), rule, anchor)
        state = options["state"].upper()
        if state and state not in STATES:
            raise CommandError(f"“{state}” is no state: write its two letters, as NY.")
        zone = _zone(options["zone"] or found.zone or _zone_of_the_only_district() or _any(found))
        event = next(iter(anchors_of(found)), ASKED)
        try:
            due = due_by_law(found, {event: anchor}, zone=zone, state=state)
        except (ValueError, OverflowError):
            raise CommandError(f"No calendar reaches from {options['anchor']}.") from None
        told = telling.due_as_json(found, due, anchor, zone)
        self.stdout.write(_dump(told) if json else telling.due_in_words(found, told))


def _existing(folder: Path) -> Path:
    if not folder.is_dir():
        raise CommandError(f"There is no folder {folder}.")
    return folder


def _sound(folder: Path) -> tuple[Pack, ...]:
    found = library(_existing(folder))
    if found.faults:
        raise CommandError("\n".join(map(str, found.faults)))
    return found.packs


def _instant(text: str) -> datetime:
    example = "write it with its offset, as 2026-03-05T16:30:00-05:00"
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        raise CommandError(f"“{text}” is no instant: {example}.") from None
    if instant.utcoffset() is None:
        raise CommandError(f"“{text}” does not say where in the world: {example}.")
    return instant


def _rule(packs: Iterable[Pack], name: str, anchor: datetime) -> Rule:
    found = rule_named(packs, name, anchor.date())
    if found is None:
        known = {rule.id for pack in packs for rule in pack.rules}
        raise CommandError(f"There is no rule “{name}”{meant(name, known)}.")
    return found


def _zone(name: str) -> str:
    if not name:
        said = "This rule counts where the district is: write --zone, as America/Denver"
        raise CommandError(f"{said}.")
    try:
        return ZoneInfo(name).key
    except (ValueError, OSError, KeyError):
        raise CommandError(f"“{name}” is no time zone: write one as America/Denver.") from None


def _zone_of_the_only_district() -> str:
    """Where one installation serves one district, its zone goes without saying."""
    try:
        zones = set(District.objects.values_list("tenant__zone", flat=True)[:2])
    except DatabaseError:
        return ""
    return zones.pop() if len(zones) == 1 else ""


def _any(rule: Rule) -> str:
    """Hours that really pass are the same everywhere; days are not."""
    days = {"relative", "each_year"} & rule.terms.keys()
    unit = rule.terms.get("limit", {}).get("unit", "hours")
    return "" if days or unit != "hours" else "UTC"


def _dump(told: Any) -> str:
    return json.dumps(told, indent=2, ensure_ascii=False)
