"""Deadlines run while their state lasts, one per kind, rung after rung."""

from collections.abc import Iterable

from django.db.models import CharField, Count, Exists, F, IntegerField, OuterRef, Value
from django.db.models.fields.json import KT
from django.db.models.functions import Cast, Concat

from workflows.clock.explaining import reckoning_of
from workflows.clock.models import Deadline
from workflows.clock.proving import faults_of
from workflows.clock.queries import OPEN
from workflows.clock.sweep import TOPIC
from workflows.invariants.registry import invariant
from workflows.outbox.models import Message
from workflows.stateful import stateful_models

# A tenth of a millisecond each.
MOST_COUNTED = 5_000
Found = Iterable[tuple[int | None, str]]


@invariant("deadline_per_kind")
def one_open_deadline_per_kind() -> Found:
    running = Deadline.objects.filter(OPEN).order_by().values("case", "kind")
    for row in running.annotate(count=Count("id")).filter(count__gt=1):
        yield row["case"], f"{row['count']} deadlines of the kind {row['kind']} are open."


@invariant("dwell_elsewhere")
def a_dwell_deadline_is_open_only_in_its_states() -> Found:
    """An end has none, because no dwell names an end (the model check sees to that)."""
    for model in stateful_models():
        for dwell in model.lifecycle.dwells:
            here = model._base_manager.filter(state__in=(*dwell.runs_in, *dwell.paused_in))
            running = Deadline.objects.filter(
                OPEN, layer="", kind=dwell.kind, case__machine=model.lifecycle.name
            )
            for case in running.exclude(case_id__in=here.values("pk")).values_list("case_id"):
                yield case[0], f"{dwell.label} is still running, but its state has passed."


@invariant("dwell_missing")
def a_state_with_a_service_level_has_its_deadline() -> Found:
    for model in stateful_models():
        for dwell in model.lifecycle.dwells:
            armed = Deadline.objects.filter(layer="", kind=dwell.kind).values("case_id")
            here = model._base_manager.filter(state__in=dwell.runs_in)
            for case in here.exclude(pk__in=armed).values_list("pk", flat=True):
                yield case, f"{dwell.label} should be running and is not."


@invariant("deadline_after_end")
def an_end_has_none_of_our_own_deadlines() -> Found:
    """Those of a law or a contract run on until somebody meets or waives them."""
    for model in stateful_models():
        ended = model._base_manager.filter(state__in=model.lifecycle.ends).values("pk")
        running = Deadline.objects.filter(OPEN, layer="", case_id__in=ended)
        for case, basis in running.values_list("case_id", "basis"):
            yield case, f"{basis} is still running, but the case has ended."


@invariant("fired_rungs")
def fired_rungs_are_a_prefix() -> Found:
    """The last rung fired has its message, and no rung beyond it has one."""
    key = Concat(
        Value("dl:"),
        Cast("pk", CharField()),
        Value(":"),
        Cast(F("rung") - 1, CharField()),
        output_field=CharField(),
    )
    fired = Deadline.objects.filter(rung__gt=0).annotate(key=key)
    sent = Message.objects.filter(dedupe_key=OuterRef("key"))
    for deadline in fired.exclude(Exists(sent)):
        says = f"{deadline.kind} counts {deadline.rung} rungs, but the last was never sent."
        yield deadline.case_id, says
    beyond = Message.objects.filter(topic=TOPIC).annotate(
        deadline=Cast(KT("payload__deadline"), IntegerField()),
        fired=Cast(KT("payload__rung"), IntegerField()),
    )
    counted = Deadline.objects.filter(pk=OuterRef("deadline"), rung__gt=OuterRef("fired"))
    for case in beyond.exclude(Exists(counted)).values_list("case_id", flat=True):
        yield case, "A rung was sent that its deadline does not count."


@invariant("date_explained")
def a_date_is_what_its_explanation_counts_to() -> Found:
    """Those soonest due, counted again day by day: somebody with a pencil comes to the same."""
    rows = Deadline.objects.filter(OPEN, explanation__has_keys=["anchor", "due"])
    soonest = rows.select_related("case__tenant").order_by("due_at", "id")
    for row in soonest[:MOST_COUNTED].iterator():
        left = row.left if row.paused_at and not row.layer else None
        one = reckoning_of(
            row.explanation,
            due_at=row.due_at,
            armed_at=row.armed_at,
            zone=row.case.tenant.zone,
            left=left,
        )
        for fault in faults_of(one.as_json()):
            yield row.case_id, f"{row.kind}: {fault}"
