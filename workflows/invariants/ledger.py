"""The ledger and the rows it tells of."""

from collections.abc import Iterable

from django.db.models import Count, F, Max, OuterRef, Q, Subquery, Value, Window
from django.db.models.functions import Lag

from workflows.invariants.registry import invariant
from workflows.ledger.models import Entry
from workflows.stateful import Stateful, stateful_models

Found = Iterable[tuple[int | None, str]]


@invariant("ledger_gap")
def rows_are_numbered_without_a_gap() -> Found:
    chains = Entry.objects.order_by().values("case").annotate(last=Max("seq"), rows=Count("id"))
    for chain in chains.exclude(last=F("rows")):
        yield chain["case"], f"The ledger has {chain['rows']} rows, its last is {chain['last']}."


@invariant("version")
def every_version_has_its_row() -> Found:
    last = Entry.objects.filter(case_id=OuterRef("pk")).order_by("-seq").values("seq")[:1]
    for model in stateful_models():
        rows = model._base_manager.annotate(told=Subquery(last))
        for subject in rows.filter(~Q(told=F("version")) | Q(told=None)):
            yield subject.pk, f"It is at version {subject.version}, the ledger at {subject.told}."


@invariant("replay")
def each_move_starts_where_the_one_before_ended() -> Found:
    moves = Entry.objects.filter(kind=Entry.MOVE)
    before = Window(Lag("target", default=Value("")), partition_by="case_id", order_by="seq")
    for entry in moves.annotate(before=before).exclude(source=F("before")):
        said, was = entry.source or "nothing", entry.before or "nothing"
        yield entry.case_id, f"Row {entry.seq} leaves {said}, but the case was at {was}."


@invariant("state")
def replaying_the_ledger_gives_the_state() -> Found:
    moves = Entry.objects.filter(case_id=OuterRef("pk"), kind=Entry.MOVE)
    told = moves.order_by("-seq").values("target")[:1]
    for model in stateful_models():
        rows = model._base_manager.annotate(told=Subquery(told))
        for subject in rows.filter(~Q(told=F("state")) | Q(told=None)):
            yield subject.pk, f"It stands at {subject.state}, the ledger says {subject.told}."


@invariant("since")
def each_row_tells_since_when_it_stands_where_it_stands() -> Found:
    """What has no move at all is named by its state."""
    moves = Entry.objects.filter(case_id=OuterRef("pk"), kind=Entry.MOVE)
    told = moves.order_by("-seq").values("at")[:1]
    for model in stateful_models():
        rows = model._base_manager.annotate(told=Subquery(told))
        for subject in rows.filter(Q(told__lt=F("since")) | Q(told__gt=F("since"))):
            yield (
                subject.pk,
                f"It stands there since {subject.since}, the ledger says {subject.told}.",
            )


@invariant("outside_the_table")
def no_move_is_outside_the_table() -> Found:
    for model in stateful_models():
        machine = Entry.objects.filter(kind=Entry.MOVE, case__machine=model.lifecycle.name)
        ways = machine.order_by().values_list("name", "source", "target").distinct()
        for name, source, target in ways:
            if not _is_in_table(model, name, source, target):
                rows = machine.filter(name=name, source=source, target=target)
                for case in rows.values_list("case_id", flat=True):
                    yield case, f"No row allows {name} from {source or 'nothing'} to {target}."


@invariant("foreign_actor")
def no_actor_comes_from_another_district() -> Found:
    rows = Entry.objects.exclude(actor_tenant=None).exclude(actor_tenant=F("case__tenant"))
    for case, seq, ref in rows.values_list("case_id", "seq", "actor_ref"):
        yield case, f"Row {seq} was written by {ref} of another district."


def _is_in_table(model: type[Stateful], name: str, source: str, target: str) -> bool:
    if not source:
        return name == "opened" and target == model.lifecycle.initial
    row = model.lifecycle.row(name, source)
    return row is not None and target in row.targets
