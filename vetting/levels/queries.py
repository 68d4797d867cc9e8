"""Service levels as a district reads them: steps in words."""

from collections.abc import Sequence
from dataclasses import dataclass

from workflows import providers
from workflows.cases import Tenant
from workflows.clock import ladders
from workflows.clock.ladders import Level, Levels, Step
from workflows.clock.queries import levels_of
from workflows.clock.rules import TELLING
from workflows.clock.words import counted
from workflows.grammar import Rung
from workflows.stateful import model_of, stateful_models

# The kinds of case that people know, in the order in which they meet them.
KINDS = {"request": "Requests", "agreement": "Agreements", "incident": "Incidents"}
SAID = {
    "remind": "a reminder to",
    "overdue": "that it is late, to",
    "escalate": "a call for help to",
}


@dataclass(frozen=True, slots=True)
class StepRow:
    """One line of the table; `acts`: what Countersign itself does at the date."""

    step: Step
    long: str
    lines: Sequence[str]
    acts: str
    ours: bool


@dataclass(frozen=True, slots=True)
class Table:
    title: str
    rows: Sequence[StepRow]


def tables_of(tenant: Tenant) -> list[Table]:
    """Each kind of case that is in use here; one query at most."""
    levels = levels_of(tenant)
    known = {model.lifecycle.name: model.lifecycle for model in stateful_models()}
    return [
        Table(title, [row_of(step, levels) for step in ladders.steps_of(known[machine])])
        for machine, title in KINDS.items()
        if machine in known and providers.audience_names(known[machine])
    ]


def row_of(step: Step, levels: Levels) -> StepRow:
    own = levels.own.get((step.machine, step.kind))
    level = own or ladders.heard(step.delivered)
    long = "As the law or the contract says" if step.by_law else counted(level.amount, level.unit)
    return StepRow(step, long, lines_in_words(level), acts_of(step), own is not None)


def lines_in_words(level: Level) -> list[str]:
    told = [rung for rung in level.ladder if rung.act in TELLING]
    return [_line(rung, level) for rung in told]


def _line(rung: Rung, level: Level) -> str:
    when = ladders.when_words(rung.offset, level.unit)
    when = when if not rung.offset else when.removesuffix(" the date")
    whom = ladders.AUDIENCES.get(rung.to, rung.to)
    return f"{when[0].upper()}{when[1:]}: {SAID[rung.act]} {whom}"


def acts_of(step: Step) -> str:
    """What the clock itself does at the date, by the label of its move; "" for nothing."""
    lifecycle = model_of(step.machine).lifecycle
    acts = [rung.act for rung in step.delivered.ladder if rung.act not in TELLING]
    return ", ".join(row.label for act in acts for row in lifecycle.rows(act)[:1])
