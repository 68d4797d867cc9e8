"""Which cases an administrator may open from here; each room says so for its own."""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from vetting.pages import Link
from vetting.people.models import SettingChange
from workflows.actors import Actor, resolve_names
from workflows.cases import Case
from workflows.clock.models import Deadline
from workflows.desk.queries import title_of
from workflows.ledger.models import Entry
from workflows.lifecycles import ALL
from workflows.outbox.models import Message

# The rows of one machine whose page this person may read.
Reader = Callable[[Actor], QuerySet[Any]]
_readers: dict[str, Reader] = {}
RETRIED = ("message_retried", "seal_retried")
MACHINES = {machine.name: machine.name.replace("_", " ").capitalize() for machine in ALL}


def can_be_read(machine: str, reader: Reader) -> None:
    """Register whose pages of a machine somebody may read: actor in, rows out."""
    _readers[machine] = reader


def links_of(actor: Actor, cases: Iterable[Case]) -> dict[int, Link]:
    """A link to each case; without an address where its page is not for this person."""
    wanted = {case.pk: case for case in cases}
    found = {pk: Link(_plain(case), "") for pk, case in wanted.items()}
    for machine, reader in _readers.items():
        ids = [pk for pk, case in wanted.items() if case.machine == machine]
        for subject in reader(actor).filter(pk__in=ids) if ids else ():
            words = f"{title_of(subject)} ({MACHINES[machine].lower()})"
            found[subject.pk] = Link(words, subject.get_absolute_url())
    return found


def _plain(case: Case) -> str:
    """Somebody's draft, for example: it is theirs alone until they send it."""
    return f"{MACHINES.get(case.machine, case.machine)} {case.code}"


Asker = tuple[str, datetime]


def last_asker(message: Message, by: Actor) -> Asker | None:
    """(reference, instant) of whoever of the asker's district last had it tried again."""
    if message.case_id is None:
        changes = SettingChange.objects.filter(tenant=by.tenant_id, what=RETRIED[0])
        own_changes = changes.filter(facts__message=message.pk).order_by("-pk")
        return own_changes.values_list("actor_ref", "at").first()
    entries = Entry.objects.filter(case=message.case_id, name__in=RETRIED).order_by("-seq")
    # The signing room tries all papers of an agreement at once, and its row names none.
    rows = entries if message.channel == Message.JOB else entries.filter(facts__message=message.pk)
    return rows.values_list("actor_ref", "at").first()


def last_asker_for_date(deadline: Deadline) -> Asker | None:
    entries = Entry.objects.filter(case=deadline.case_id, name="deadline_retried")
    rows = entries.filter(facts__deadline=deadline.pk).order_by("-seq")
    return rows.values_list("actor_ref", "at").first()


def name_of(ref: str) -> str:
    return resolve_names({ref})[ref]
