"""Handing work to a colleague, who is told so."""

from django.db import transaction

from vetting.people.models import Membership
from vetting.people.queries import actor_of
from workflows.actors import Actor
from workflows.desk import commands as desk
from workflows.desk.queries import shown_title
from workflows.outbox import commands as outbox
from workflows.stateful import Stateful, lock

MAIL = "vetting/worklist/mail"


@transaction.atomic
def give_work(subject: Stateful, node: str, *, to: Membership, by: Actor) -> None:
    """Assign it and write to them, in one commit; whoever gives it to themself needs no mail."""
    before = lock(subject).version
    task = desk.assign(subject.case, node, to=actor_of(to), by=by)
    now = lock(subject)
    if to.ref == by.ref or now.version == before:
        return
    context = {
        "subject": now,
        "title": shown_title(task.flow_task.act.title, now),
        "person": to,
        "by": by,
    }
    key = f"{now.pk}:{now.version}:work_given"
    mail = outbox.mail(case=now.case, folder=MAIL, name="work_given", to=to.user.email,
                       context=context, dedupe_key=key)  # fmt: skip
    outbox.post([mail])
