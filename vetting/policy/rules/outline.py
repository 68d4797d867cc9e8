"""An evaluation in a few lines for people; the whole of it is its JSON."""

from collections.abc import Iterator
from datetime import date

from vetting.policy.rules.classifying import NOT_VERIFIED, Reason
from vetting.policy.rules.evaluation import NAMES, Evaluation, is_draft
from vetting.policy.rules.facts import FACTS, RESIDENTS_WORDS
from vetting.policy.rules.merging import Demand
from vetting.policy.rules.packs import ALWAYS


def outline(found: Evaluation) -> Iterator[str]:
    """The class and why, what is demanded, what is in conflict, what is not known."""
    yield f"Class: {found.classification.name}"
    for reason in found.classification.reasons:
        yield f"  {_because(reason)}"
    for reason in found.classification.undecided:
        yield f"  Not decided yet ({', '.join(reason.missing)}): {_because(reason)}"
    for refused in found.classification.refused:
        yield f"No path by {refused.path}: {_because(refused.because)}"
    for kind, name in NAMES.items():
        if demands := found.of(kind):
            yield f"{name.capitalize()}:"
            yield from (f"  {_asked(demand)}" for demand in demands)
    for conflict in found.conflicts:
        least, most = conflict.at_least.rule, conflict.at_most.rule
        yield (
            f"In conflict over {conflict.about}: {least.citation} keeps it longer than "
            f"{most.citation} allows."
        )
    if unknown := sum(_may_be_older(demand, found.on) for demand in found.demands):
        yield (
            f"Of these, {unknown} do not say since when they are law. They were found in effect "
            f"later than {found.on}, and may not have been law on that day."
        )
    if found.missing:
        yield "Not known yet:"
        for missing in found.missing:
            fact = FACTS.get(missing.fact)
            words = fact.words if fact else RESIDENTS_WORDS
            yield f"  {missing.fact} ({len(missing.decides)}): {words}"


def _may_be_older(demand: Demand, on: date) -> bool:
    return demand.rule.effective_from == ALWAYS and on < demand.rule.last_verified


def _because(reason: Reason) -> str:
    return _marked(f"{reason.words} {reason.citation}".rstrip(), draft=reason.draft)


def _asked(demand: Demand) -> str:
    rule = demand.rule
    said = f"{rule.id}: {rule.title}. {rule.citation}"
    if demand.missing:
        said += f" (open: {', '.join(sorted(demand.missing))})"
    return _marked(said, draft=is_draft(rule))


def _marked(said: str, *, draft: bool) -> str:
    return f"{said} [{NOT_VERIFIED}]" if draft else said
