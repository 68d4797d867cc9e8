"""Lines of the page as plain values: what failed, of which case, why, how often, what to press."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse

from vetting.pages import Choice, Link
from vetting.templatetags.moments import ago
from workflows.clock.models import Deadline
from workflows.operations import rules
from workflows.outbox import jobs
from workflows.outbox.models import Message

Links = Mapping[int, Link]
NO_DISTRICT = "somebody who belongs to no district"


@dataclass(frozen=True, slots=True)
class Trouble:
    """`since`: when it was promised; `again`: when it is tried by itself, None once given up."""

    what: str
    whom: str
    case: Link | None
    why: str
    exact: str
    since: datetime
    tried: int
    last: datetime | None
    again: datetime | None
    choice: Choice | None
    let_go: Choice | None = None

    @property
    def times(self) -> str:
        return "once" if self.tried == 1 else f"{self.tried} times"

    @property
    def next_try(self) -> str:
        """In words; what is nearer than a minute is not "just now"."""
        words = ago(self.again)
        return "within a minute" if words == "just now" else words


def words_for(message: Message) -> str:
    if message.channel == Message.MAIL:
        return f"Mail “{message.subject}”"
    if message.channel == Message.JOB:
        return jobs.title_of(message.topic)
    if message.topic == "deadline_rung":
        return "What follows when a date comes near or passes"
    room, _, step = message.topic.partition(".")
    return f"Follow-up step: {(step or room).replace('_', ' ')}"


def trouble_of(message: Message, links: Links, now: datetime) -> Trouble:
    what, (whom, why, exact) = words_for(message), _told(message)
    return Trouble(
        what=what,
        whom=whom,
        case=links.get(message.case_id or 0),
        why=why,
        exact=exact,
        since=message.created_at,
        tried=message.attempts,
        last=message.claimed_at,
        again=message.send_after,
        choice=_again(
            "operations:message_again", message.pk, message.attempts, message.send_after, now, what
        ),
        let_go=_let_go(message, what),
    )


def _told(message: Message) -> tuple[str, str, str]:
    """To whom, why it failed, and the exact words.

    What is of no district is shown to every district, so without the address: nor in the server's
    words, which like to repeat it.
    """
    mail, error = message.channel == Message.MAIL, message.last_error
    why = rules.reason_in_words(error, mail=mail)
    if message.tenant_id is not None:
        return message.to, why, rules.exact_words(error, mail=mail)
    if not message.to:
        return "", why, ""
    return NO_DISTRICT, re.sub(re.escape(message.to), "the address", why, flags=re.IGNORECASE), ""


def _let_go(message: Message, about: str) -> Choice | None:
    if message.channel != Message.MAIL or message.status != Message.FAILED:
        return None
    return Choice(
        "Let it go",
        reverse("operations:message_let_go"),
        tone="plain",
        note="required",
        consequence="The mail is kept as a record and never sent. Tell the reader another way.",
        hidden=(("number", str(message.pk)),),
        about=about,
    )


def late_date_of(deadline: Deadline, links: Links, now: datetime) -> Trouble:
    what = deadline.basis or deadline.kind.replace("_", " ").capitalize()
    return Trouble(
        what=what,
        whom="",
        case=links.get(deadline.case_id),
        why=rules.reason_in_words(deadline.last_error),
        exact=rules.exact_words(deadline.last_error),
        since=deadline.due_at,
        tried=deadline.attempts,
        last=None,
        again=deadline.next_at,
        choice=_again(
            "operations:deadline_again", deadline.pk, deadline.attempts, deadline.next_at, now, what
        ),
    )


def _again(
    name: str, number: int, seen: int, due: datetime | None, now: datetime, about: str
) -> Choice | None:
    """No button where it is due already: the worker has it next."""
    if due is not None and due <= now:
        return None
    hidden = (("number", str(number)), ("seen", str(seen)))
    label = "Try again" if due is None else "Try now"
    return Choice(label, reverse(name), tone="plain", hidden=hidden, about=about)
