"""What happens when a rung has fired: somebody is told, or the system moves the case."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone

from workflows import engine, providers
from workflows.actors import system
from workflows.clock import ladders, rules, words
from workflows.clock.acts import act_named
from workflows.clock.models import Deadline
from workflows.clock.sweep import TOPIC
from workflows.grammar import Todo
from workflows.ledger.models import Entry
from workflows.outbox import commands as outbox
from workflows.outbox import reactions
from workflows.outbox.models import Message
from workflows.providers import Recipient
from workflows.stateful import Stateful, model_of

log = logging.getLogger("workflows.clock")
OVER = "The deadline is no longer running."
PASSED = "The date itself has passed: a reminder of it helps nobody."
SAID = "Said together with another rung of this case."
NOBODY = "Nobody here could be told: there is no privacy lead and no administrator."
# Who hears where nobody holds the part a rung speaks to: a date is never late in silence.
LAST_RESORTS = ("privacy_lead", "administrators")
FIRED = "deadline_fired"
# What a person hears where several rungs reach them at once: the most serious.
WEIGHT = {"remind": 0, "overdue": 1, "escalate": 2}


@dataclass(frozen=True, slots=True)
class Fired:
    """A rung the sweep promised, as its deadline stands now."""

    deadline: Deadline
    rung: int
    missed: Sequence[int]

    @property
    def step(self) -> Mapping[str, Any]:
        return self.deadline.ladder[self.rung]

    @property
    def key(self) -> tuple[int, int]:
        return self.deadline.pk, self.rung

    @property
    def tells(self) -> bool:
        return self.step["act"] in rules.TELLING

    @property
    def runs(self) -> bool:
        return self.deadline.is_open and not self.deadline.paused_at

    def is_stale(self, now: datetime) -> bool:
        """A reminder that a night without power kept back until the clock itself acts: what was
        to be done in time is over then."""
        ends = any(step["act"] not in rules.TELLING for step in self.deadline.ladder)
        return ends and self.step["act"] == "remind" and self.deadline.due_at < now

    @property
    def weight(self) -> tuple[int, str, int]:
        """Escalations before lateness before reminders; then the latest news."""
        return WEIGHT[self.step["act"]], self.step["at"], -self.deadline.pk


@reactions.topic(TOPIC)
def deadline_rung(message: Message) -> str:
    """Returns why nothing was done, else nothing."""
    subject = _locked_subject(message)
    # Read after the lock: whoever closes a deadline holds the subject, so it stays what it is.
    first = _fired(message)
    if first.key in _said(subject):
        return SAID
    if not first.runs:
        return OVER
    if not first.tells:
        return _act(subject, first)
    if first.is_stale(timezone.now()):
        return PASSED
    together = [first, *_waiting_beside(message, subject)]
    for one in together:
        _record(subject, one)
    if _tell(subject, together, message):
        return ""
    log.error("Deadline %s reaches nobody", first.deadline.pk)
    return NOBODY


def _locked_subject(message: Message) -> Stateful:
    if message.case is None:
        raise LookupError("A rung without a case.")
    return engine.lock(model_of(message.case.machine)(case=message.case))


def _fired(message: Message) -> Fired:
    said = message.payload
    deadline = Deadline.objects.get(pk=said["deadline"])
    return Fired(deadline, said["rung"], said.get("missed") or ())


def _said(subject: Stateful) -> set[tuple[Any, Any]]:
    rows = Entry.objects.filter(case_id=subject.pk, name=FIRED).values_list("facts", flat=True)
    return {(facts.get("deadline"), facts.get("rung")) for facts in rows}


def _waiting_beside(message: Message, subject: Stateful) -> list[Fired]:
    """The other rungs of this case that wait to be told: spoken for now, under this one lock.

    Their own messages find themselves in the ledger, also those that another worker has claimed
    and that wait for our lock. One that has failed before is left to itself, so that it cannot keep
    the rest from being said.
    """
    rows = Message.objects.filter(
        topic=TOPIC, case_id=subject.pk, status__in=Message.PENDING, last_error="", deaths=0
    )
    said = _said(subject)
    others = [_fired(row) for row in rows.exclude(pk=message.pk).order_by("id")]
    now = timezone.now()
    told = [one for one in others if one.tells and one.runs and one.key not in said]
    return [one for one in told if not one.is_stale(now)]


def _record(subject: Stateful, one: Fired) -> None:
    facts = {"kind": one.deadline.kind, "act": one.step["act"], "to": one.step["to"]}
    facts |= {"deadline": one.deadline.pk, "rung": one.rung}
    if one.missed:
        facts["missed"] = one.missed
    engine.record(subject, FIRED, by=system("sweep"), facts=facts)


def _act(subject: Stateful, one: Fired) -> str:
    name = one.step["act"]
    special = act_named(name)
    if not special and not subject.lifecycle.rows(name):
        raise LookupError(f"{name} is neither a move nor a registered act.")
    if not special and subject.lifecycle.row(name, subject.state) is None:
        return "The case has moved on."
    _record(subject, one)
    try:
        if special:
            special(engine.lock(subject), one.deadline)
        else:
            engine.perform(subject, name, by=system("clock"))
    except engine.Refused as refused:
        # A guard that says no today is an answer; the reason stands beside the message.
        return str(refused)
    return ""


@dataclass(frozen=True, slots=True)
class News:
    """What one person hears; `instead`: for whom they stand in, because nobody is there."""

    person: Recipient
    said: list[Fired]
    instead: str


def _tell(subject: Stateful, together: Sequence[Fired], message: Message) -> bool:
    """One mail a person: the most serious rung that reaches them, and what else is due.

    False: there is nobody at all.
    """
    news: dict[str, News] = {}
    for one in sorted(together, key=lambda fired: fired.weight, reverse=True):
        people, instead = _reached(subject, one.step["to"])
        for person in people:
            known = news.setdefault(person.email.casefold(), News(person, [], instead))
            known.said.append(one)
    doers = {
        of: _audience(subject, of)
        for of in {_todo(subject, one.said[0].deadline).of for one in news.values()}
    }
    outbox.post([_mail(subject, one, message, doers) for one in news.values()])
    return bool(news)


def _reached(subject: Stateful, name: str) -> tuple[list[Recipient], str]:
    """The people behind an audience, or whoever looks after the house, and in whose place."""
    if people := _audience(subject, name):
        return people, ""
    known = providers.audience_names(subject.lifecycle)
    for other in LAST_RESORTS:
        if other in known and (people := providers.recipients(subject, other)):
            return people, ladders.AUDIENCES.get(name, name.replace("_", " "))
    return [], ""


def _audience(subject: Stateful, name: str) -> list[Recipient]:
    own = name in providers.audience_names(subject.lifecycle)
    who = name if own else subject.lifecycle.turn.get(subject.state, "")
    return providers.recipients(subject, who) if who else []


BY_LAW = {
    "vendor": Todo("see that the vendor does what the law asks of it about {subject}", of="owner"),
    "district": Todo("do what the law asks of the district about {subject}", of="owner"),
    "contract": Todo("see that the contract about {subject} is kept", of="owner"),
}


def _todo(subject: Stateful, deadline: Deadline) -> Todo:
    """A date beside the service levels asks for its own; what dwells asks for its state's."""
    if deadline.layer:
        return BY_LAW[deadline.layer]
    known = subject.lifecycle.todo
    return known.get(deadline.kind) or known.get(subject.state) or Todo("look at {subject}")


def _mail(
    subject: Stateful, news: News, message: Message, asked: Mapping[str, list[Recipient]]
) -> Message:
    """`asked`: who has to do it, by audience; one ladder reaches many with the same answer."""
    person, said = news.person, news.said
    first, zone = said[0], subject.case.tenant.zone
    others = {one.deadline.pk: one.deadline for one in said if one.deadline.pk != first.deadline.pk}
    title = getattr(subject, "title", "") or f"{subject.lifecycle.name} {subject.code}"
    todo = _todo(subject, first.deadline)
    doers = asked[todo.of]
    return outbox.mail(
        case=subject.case,
        folder="workflows/mail",
        name=f"deadline_{first.step['act']}",
        to=person.email,
        context={
            "subject": subject,
            "title": title,
            "task": todo.words.format(subject=title),
            "doers": words.people_words([one.name for one in doers if not _same(one, person)]),
            "yours": any(_same(one, person) for one in doers),
            "elsewhere": providers.elsewhere(subject),
            "deadline": first.deadline,
            "unverified": words.unverified(first.deadline.explanation),
            "due": _due_words(first.deadline, zone),
            "others": [_beside(subject, todo, title, one) for one in others.values()],
            "recipient": person,
            "instead": news.instead,
        },
        payload={"link": dict(person.link)} if person.link else None,
        dedupe_key=f"{message.dedupe_key}:{person.email.casefold()}",
    )


def _same(one: Recipient, other: Recipient) -> bool:
    return one.email.casefold() == other.email.casefold()


def _beside(subject: Stateful, todo: Todo, title: str, other: Deadline) -> tuple[str, str, str]:
    """Another date of the same mail: what it is of, its day, and its task where that differs."""
    asked = _todo(subject, other)
    task = "" if asked == todo else asked.words.format(subject=title)
    mark = " (not yet verified)" if words.unverified(other.explanation) else ""
    return f"{other.basis}{mark}", _due_words(other, subject.case.tenant.zone), task


def _due_words(deadline: Deadline, zone: str) -> str:
    return words.day_words(rules.local_day(deadline.due_at, zone))
