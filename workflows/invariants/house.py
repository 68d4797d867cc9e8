"""The floor under the rest: triggers stand, messages can be accounted for."""

from collections.abc import Iterable

from django.db import connection
from django.db.models import BigIntegerField, Exists, OuterRef
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast

from workflows import triggers
from workflows.cases import Case
from workflows.invariants.registry import invariant
from workflows.ledger.models import Entry
from workflows.outbox.models import Message
from workflows.stateful import stateful_models

Found = Iterable[tuple[int | None, str]]


@invariant("trigger")
def every_trigger_stands() -> Found:
    for trigger in triggers.missing(connection):
        yield None, f"The trigger {trigger.name} is missing: run manage.py migrate --skip-checks."


@invariant("case_without_subject")
def every_case_has_its_subject() -> Found:
    for model in stateful_models():
        cases = Case.objects.filter(machine=model.lifecycle.name)
        subjects = model._base_manager.filter(pk=OuterRef("pk"))
        for case in cases.exclude(Exists(subjects)).values_list("pk", flat=True):
            yield case, "The case has no record of its own."


@invariant("pending_at_an_end")
def an_ended_case_waits_for_notices_and_reactions_only() -> Found:
    allowed = (Message.MAIL, Message.REACTION)
    for model in stateful_models():
        ended = model._base_manager.filter(state__in=model.lifecycle.ends)
        rows = Message.objects.filter(status__in=Message.PENDING, case__in=ended.values("pk"))
        for case, topic in rows.exclude(channel__in=allowed).values_list("case_id", "topic"):
            yield case, f"It has ended, but the job {topic} is still to be done."


@invariant("reaction_without_event")
def every_reaction_has_its_event() -> Found:
    """A reaction to a move names a ledger row of its own case."""
    pending = Message.objects.filter(channel=Message.REACTION, status__in=Message.PENDING)
    number = Cast(KeyTextTransform("entry", "payload"), BigIntegerField())
    entries = Entry.objects.filter(pk=OuterRef("event"), case=OuterRef("case"))
    rows = pending.filter(payload__has_key="entry").annotate(event=number)
    for case, topic in rows.exclude(Exists(entries)).values_list("case", "topic"):
        yield case, f"{topic} waits for an event that is not in the ledger."
