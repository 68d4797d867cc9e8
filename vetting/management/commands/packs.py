import json
from argparse import ArgumentParser
from collections.abc import Iterable
from contextlib import suppress
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError
from django.utils import timezone

from vetting.people.models import District
from vetting.policy import checking, mutating, telling
from vetting.policy.queries import SHIPPED, due_by_law, library, loaded_versions
from vetting.policy.rules import paper
from vetting.policy.rules.evaluating import evaluate
from vetting.policy.rules.facts import STATES, complaints_about, meant
from vetting.policy.rules.outline import outline
from vetting.policy.rules.packs import ANCHORS, Pack, Rule, anchors_of, rule_named
from vetting.policy.rules.timing import ASKED
from vetting.policy.shape import DAY
from workflows.clock.rules import local_day

PAPER = settings.BASE_DIR / "docs" / "rules.md"


class Command(BaseCommand):
    help = "Jurisdiction packs: their tests, faults and rules; a date; what facts lead to."

    def add_arguments(self, parser: ArgumentParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        check = verbs.add_parser("check", help="Run every pack's own tests.")
        lint = verbs.add_parser("lint", help="Name every fault with its file, line and rule.")
        listed = verbs.add_parser("list", help="The packs and their rules.")
        due = verbs.add_parser(
            "due", help="When a rule's duty is due, and why. Nothing is written."
        )
        evaluated = verbs.add_parser(
            "evaluate", help="What the rules demand, from a file of facts."
        )
        for verb in (check, lint, listed, due, evaluated):
            verb.add_argument("--folder", type=Path, default=SHIPPED, help="other packs than ours")
        for verb in (listed, due, evaluated):
            verb.add_argument("--json", action="store_true", help="JSON and nothing else")
        listed.add_argument(
            "--loaded", action="store_true", help="what counts in this installation instead"
        )
        listed.add_argument("--write", action="store_true", help="write docs/rules.md")
        evaluated.add_argument("facts", metavar="FACTS.json", type=Path)
        evaluated.add_argument("--on", default="", metavar="DATE", help="today where it is absent")
        evaluated.add_argument(
            "--local", nargs="*", default=[], metavar="PACK", help="a district's own packs too"
        )
        due.add_argument("rule", metavar="RULE_ID")
        due.add_argument(
            "--anchor",
            required=True,
            action="append",
            metavar="[EVENT=]INSTANT",
            help="when it happened; of several events (EVENT=INSTANT, repeated) the first counts",
        )
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
        unguarded = [str(one) for one in mutating.unguarded(packs)]
        if differing:
            raise CommandError("\n".join(map(str, differing)))
        if unguarded:
            said = "No case of its pack fails when this is written instead:"
            raise CommandError("\n".join([said, *unguarded]))
        changes = telling.counted(mutating.tried(packs), "change")
        said = f"{changes} of a number, a unit, a day or a threshold: cases fail on each."
        self.stdout.write(said)

    def _list(self, *, folder: Path, json: bool, loaded: bool, write: bool, **options: Any) -> None:
        if loaded:
            rows = list(loaded_versions())
            told = [telling.version_as_json(row) for row in rows]
            self.stdout.write(_dump(told) if json else telling.table_of_versions(rows))
            return
        packs = _sound(folder)
        if write:
            PAPER.write_text(paper.document(packs), encoding="utf-8")
        elif json:
            self.stdout.write(_dump([telling.pack_as_json(pack) for pack in packs]))
        else:
            self.stdout.write("\n".join(line for pack in packs for line in telling.in_words(pack)))

    def _due(self, *, folder: Path, rule: str, json: bool, **options: Any) -> None:
        told = [_anchor(text) for text in options["anchor"]]
        found = _rule(_sound(folder), rule, min(instant for _, instant in told))
        anchors = _of_the_rule(found, told)
        state = options["state"].upper()
        if state and state not in STATES:
            raise CommandError(f"“{state}” is no state: write its two letters, as NY.")
        zone = _zone(options["zone"] or found.zone or _zone_of_the_only_district() or _any(found))
        try:
            due = due_by_law(found, anchors, zone=zone, state=state)
        except (ValueError, OverflowError):
            typed = " and ".join(text.rpartition("=")[2] for text in options["anchor"])
            raise CommandError(f"No calendar reaches from {typed}.") from None
        since = due.since if due else min(anchors.values())
        said = telling.due_as_json(found, due, since, zone)
        self.stdout.write(_dump(said) if json else telling.due_in_words(found, said))

    def _evaluate(self, *, folder: Path, facts: Path, json: bool, **options: Any) -> None:
        on = _day(options["on"]) if options["on"] else timezone.localdate()
        known = _facts(facts)
        found = evaluate(known, _with_local(_sound(folder), options["local"]), on=on)
        self.stdout.write(_dump(found.as_json()) if json else "\n".join(outline(found)))


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


def _anchor(text: str) -> tuple[str, datetime]:
    """The event, "" where none is named, and when it happened."""
    event, named, instant = text.rpartition("=")
    if named and event not in ANCHORS:
        raise CommandError(f"“{event}” is no event{meant(event, ANCHORS)}.")
    return event, _instant(instant)


def _of_the_rule(rule: Rule, told: Iterable[tuple[str, datetime]]) -> dict[str, datetime]:
    """Of these the events that the rule counts from; one without a name is its first."""
    names = anchors_of(rule) or (ASKED,)
    anchors: dict[str, datetime] = {}
    for event, instant in told:
        name = event or names[0]
        if name in anchors:
            raise CommandError("Each event happens once: name each with EVENT=INSTANT.")
        if name not in names:
            counts = " or ".join(one for one in names if one != ASKED) or "no event"
            raise CommandError(f"{rule.id} counts from {counts}, not from {name}.")
        anchors[name] = instant
    return anchors


def _rule(packs: Iterable[Pack], name: str, anchor: datetime) -> Rule:
    packs = tuple(packs)
    found = rule_named(packs, name, anchor.date())
    # Which version of a law counts is told by the day it is where the law is.
    if found and found.zone:
        with suppress(ValueError, OverflowError):
            found = rule_named(packs, name, local_day(anchor, found.zone))
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


def _with_local(packs: tuple[Pack, ...], wanted: Iterable[str]) -> tuple[Pack, ...]:
    """One district's own rules are no other's: its packs count only where they are named."""
    local = {pack.slug for pack in packs if pack.layer == "local"}
    for slug in wanted:
        if slug not in local:
            raise CommandError(f"There is no local pack “{slug}”{meant(slug, local)}.")
    return tuple(pack for pack in packs if pack.slug not in local - set(wanted))


def _day(text: str) -> date:
    try:
        if DAY.fullmatch(text):
            return date.fromisoformat(text)
    except ValueError:
        pass
    raise CommandError(f"“{text}” is no day: write it as 2026-11-22.")


def _facts(file: Path) -> dict[str, Any]:
    try:
        told = json.loads(file.read_bytes(), object_pairs_hook=_once)
    except OSError as error:
        raise CommandError(f"{file} cannot be read: {error.strerror}.") from None
    except (ValueError, RecursionError) as error:
        raise CommandError(f"{file} is not JSON: {error}.") from None
    if not isinstance(told, dict):
        raise CommandError(f"{file} holds no facts: write an object, as {_EXAMPLE}.")
    if complaints := complaints_about(told):
        raise CommandError("\n".join(complaints))
    return told


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Of two answers to one question nobody knows which is meant."""
    told = dict(pairs)
    if len(told) < len(pairs):
        names = [name for name, _ in pairs]
        raise ValueError(f"“{next(one for one in names if names.count(one) > 1)}” is written twice")
    return told


_EXAMPLE = '{"agency_state": "NY", "student_data": true}'


def _dump(told: Any) -> str:
    return json.dumps(told, indent=2, ensure_ascii=False)
