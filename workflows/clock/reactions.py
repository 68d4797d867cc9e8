"""What happens when a rung has fired: somebody is told, or the system moves the case."""

from collections.abc import Mapping
from typing import Any

from workflows import engine, providers
from workflows.actors import system
from workflows.clock import rules, words
from workflows.clock.acts import act_named
from workflows.clock.models import Deadline
from workflows.clock.sweep import TOPIC
from workflows.outbox import commands as outbox
from workflows.outbox import reactions
from workflows.outbox.models import Message
from workflows.stateful import Stateful, model_of

OVER = "The deadline is no longer running."


@reactions.topic(TOPIC)
def deadline_rung(message: Message) -> str:
    """Returns why nothing was done, else nothing."""
    subject = _locked_subject(message)
    # Read after the lock: whoever closes a deadline holds the subject, so it stays what it is.
    deadline = Deadline.objects.get(pk=message.payload["deadline"])
    step = deadline.ladder[message.payload["rung"]]
    if not deadline.is_open or deadline.paused_at:
        return OVER
    if step["act"] in rules.TELLING:
        _record(subject, deadline, message.payload, step)
        _tell(subject, deadline, step, message)
        return ""
    return _act(subject, deadline, message.payload, step)


def _locked_subject(message: Message) -> Stateful:
    if message.case is None:
        raise LookupError("A rung without a case.")
    return engine.lock(model_of(message.case.machine)(case=message.case))


def _record(
    subject: Stateful, deadline: Deadline, payload: Mapping[str, Any], step: Mapping[str, Any]
) -> None:
    facts = {"kind": deadline.kind, "act": step["act"], "to": step["to"], "rung": payload["rung"]}
    if payload.get("missed"):
        facts["missed"] = payload["missed"]
    engine.record(subject, "deadline_fired", by=system("sweep"), facts=facts)


def _act(
    subject: Stateful, deadline: Deadline, payload: Mapping[str, Any], step: Mapping[str, Any]
) -> str:
    name = step["act"]
    special = act_named(name)
    if not special and not subject.lifecycle.rows(name):
        raise LookupError(f"{name} is neither a move nor a registered act.")
    if not special and subject.lifecycle.row(name, subject.state) is None:
        return "The case has moved on."
    _record(subject, deadline, payload, step)
    try:
        if special:
            special(engine.lock(subject), deadline)
        else:
            engine.perform(subject, name, by=system("clock"))
    except engine.Refused as refused:
        # A guard that says no today is an answer; the reason stands beside the message.
        return str(refused)
    return ""


def _tell(subject: Stateful, deadline: Deadline, step: Mapping[str, Any], message: Message) -> None:
    audience = step["to"]
    if audience == "holders":
        audience = subject.lifecycle.turn.get(subject.state, "")
    people = providers.recipients(subject, audience) if audience else []
    outbox.post([_mail(subject, deadline, step, person, message) for person in people])


def _mail(
    subject: Stateful,
    deadline: Deadline,
    step: Mapping[str, Any],
    person: providers.Recipient,
    message: Message,
) -> Message:
    day = rules.local_day(deadline.due_at, subject.case.tenant.zone)
    return outbox.mail(
        case=subject.case,
        folder="workflows/mail",
        name=f"deadline_{step['act']}",
        to=person.email,
        context={
            "subject": subject,
            "title": getattr(subject, "title", "") or f"{subject.lifecycle.name} {subject.code}",
            "deadline": deadline,
            "due": words.day_words(day),
            "recipient": person,
        },
        payload={"link": dict(person.link)} if person.link else None,
        dedupe_key=f"{message.dedupe_key}:{person.email.casefold()}",
    )
