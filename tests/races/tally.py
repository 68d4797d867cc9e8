"""What stands in the database for each subject, counted in a few statements for all of them."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db.models import Count

from contracts.signing.models import SignatureEvent, SignatureRequest
from tests.races.belonging import Model, paths_to
from vetting.requests.models import Requester
from workflows.cases import Case
from workflows.clock.models import Deadline
from workflows.desk.models import Process, Task
from workflows.ledger.models import Entry
from workflows.outbox.models import Message
from workflows.stateful import Stateful, stateful_models

# By what rows of one table are told apart, beside their number. "?": whether there is any.
DETAILS: dict[Model, tuple[str, ...]] = {
    Entry: ("name",),
    Message: ("channel", "topic", "status"),
    Deadline: ("kind", "rung", "met_at?", "waived_at?", "paused_at?"),
    Process: ("state", "status"),
    Task: ("flow_task", "status"),
    SignatureRequest: ("slot", "status", "sealed?"),
    SignatureEvent: ("kind",),
    Requester: ("left_at?",),
}
# Locked anew by each check, or about a whole night: nothing that a press writes.
APART = {"CheckpointHead"}

Tally = Counter[str]


def cases_of(subject: Any) -> tuple[int, ...]:
    """The keys of its cases, in order: a subject is a case, or several things raced for."""
    parts = subject if isinstance(subject, tuple) else (subject,)
    return tuple(part.pk for part in parts if isinstance(part, Stateful))


def tallies(subjects: Sequence[Any]) -> list[Tally]:
    """Per subject: how many rows of each kind hang on its cases, and where each case stands."""
    mine = [cases_of(subject) for subject in subjects]
    counted = _per_case({case for cases in mine for case in cases})
    several = any(len(cases) > 1 for cases in mine)
    return [_together(cases, counted, several=several) for cases in mine]


def _together(cases: Sequence[int], counted: Mapping[int, Tally], *, several: bool) -> Tally:
    total: Tally = Counter()
    for place, case in enumerate(cases, 1):
        for kind, count in counted[case].items():
            total[f"{place}. {kind}" if several else kind] += count
    return total


def _per_case(cases: Iterable[int]) -> dict[int, Tally]:
    found: dict[int, Tally] = {case: Counter() for case in cases}
    for model, path in paths_to(Case).items():
        if model is not Case and model.__name__ not in APART:
            for case, kind, count in _rows_of(model, path, found):
                found[case][kind] += count
    return found


def _rows_of(model: Model, path: str, cases: Mapping[int, Any]) -> Iterable[tuple[int, str, int]]:
    details = ("state",) if model in stateful_models() else DETAILS.get(model, ())
    names = [detail.rstrip("?") for detail in details]
    rows = model._base_manager.order_by().values_list(path, *names)
    for case, *values, count in rows.annotate(count=Count("pk")):
        if case in cases:
            shown = [_shown(v, d) for v, d in zip(values, details, strict=True)]
            yield case, " ".join([model.__name__, *filter(None, shown)]), count


def _shown(value: Any, detail: str) -> str:
    if detail.endswith("?"):
        return f"{'with' if value else 'without'}-{detail.rstrip('?').removesuffix('_at')}"
    return str(getattr(value, "name", value))
