"""Who holds the open work of a case, and who else could."""

from collections.abc import Iterable, Sequence

from django.utils import timezone

from vetting.pages import Choice, Holding
from vetting.people.models import Membership
from vetting.people.queries import NOBODYS, people_able
from vetting.people.sentences import absence_of
from workflows.actors import Actor, Role, leads_of
from workflows.desk.queries import OpenTask, Work, open_acts
from workflows.ledger.queries import entries_of, people_in
from workflows.stateful import Stateful

Able = tuple[Membership, Actor]


def holdings_of(
    subject: Stateful, actor: Actor, tasks: Iterable[OpenTask], *, back: str = ""
) -> tuple[Holding, ...]:
    """The acts that this person's roles may do; one query more where they may hand one out."""
    roles = subject.roles_of(actor)
    mine = [task for task in tasks if task.is_for(roles, actor.ref)]
    given = [task for task in mine if _may_give(task, actor, roles)]
    able = people_able(subject.case.tenant_id) if given else []
    return tuple(_holding(subject, actor, task, back, able) for task in mine)


def _may_give(task: OpenTask, actor: Actor, roles: frozenset[Role]) -> bool:
    return task.owner_ref == actor.ref or bool(leads_of(task.roles) & roles)


def people_of(subject: Stateful) -> set[str]:
    """Whoever a case's page names in its history and as holders of its work."""
    holders = {task.owner_ref for task in open_acts(subject.case) if task.owner_ref}
    return people_in(entries_of(subject)) | holders


def holding_of(work: Work, *, back: str) -> Holding | None:
    """A row of the inbox: taken or put back in place, handed out on the case's page."""
    if not work.node:
        return None
    url = work.record.work_url(work.node)
    button = _choice(url, work.owner, work.owner_ref, mine=work.mine, back=back, about=work.title)
    return Holding(work.title, url, who=work.owner, mine=work.mine, choices=(button,))


def colleague(actor: Actor, code: str) -> Membership | None:
    """Somebody active of the actor's own district, by the code that stands in the form."""
    rows = Membership.objects.filter(district__tenant_id=actor.tenant_id or NOBODYS, active=True)
    with_user = rows.select_related("user", "district__tenant")
    return with_user.filter(user__is_active=True, code=code).first()


def _holding(
    subject: Stateful, actor: Actor, task: OpenTask, back: str, able: Sequence[Able]
) -> Holding:
    url, mine = subject.work_url(task.node), task.owner_ref == actor.ref
    may_give = _may_give(task, actor, subject.roles_of(actor))
    return Holding(
        task.title,
        url,
        who=task.owner,
        mine=mine,
        since=task.held_since,
        choices=(_choice(url, task.owner, task.owner_ref, mine=mine, back=back),),
        colleagues=_colleagues(subject, task, able) if may_give else (),
        back=back,
    )


def _choice(
    url: str, owner: str, owner_ref: str, *, mine: bool, back: str, about: str = ""
) -> Choice:
    """One button: of what is free, of one's own, of a colleague's."""
    label, act, consequence = "Take this", "take", ""
    if mine:
        label, act = "Put it back", "put_back"
    elif owner_ref:
        label, act = "Take it back", "take_back"
        consequence = f"{owner} no longer has it; everybody of the role can take it then."
    hidden = (("act", act), ("seen", owner_ref), ("back", back))
    return Choice(label, url, tone="plain", consequence=consequence, hidden=hidden, about=about)


def _colleagues(
    subject: Stateful, task: OpenTask, able: Sequence[Able]
) -> tuple[tuple[str, str], ...]:
    """Everybody who may do it today, stand-ins among them, but whoever has it."""
    today = subject.case.tenant.day_of(timezone.now())
    not_to = {task.owner_ref, *task.barred}
    others = [p for p, who in able if who.has(*task.roles) and p.ref not in not_to]
    return tuple((p.code, _named(p.user.name, absence_of(p, today))) for p in others)


def _named(name: str, absence: str) -> str:
    return f"{name} ({absence.partition(';')[0].lower()})" if absence else name
