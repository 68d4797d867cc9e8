"""What a timeline says about messages that were tried again or let go."""

from collections.abc import Mapping
from typing import Any

from workflows.grammar import Lifecycle
from workflows.ledger.telling import told
from workflows.outbox.models import Message

WHAT = {
    Message.MAIL: "had a mail that failed sent again",
    Message.REACTION: "had a follow-up step that failed tried again",
    Message.JOB: "had the making of a paper that failed tried again",
}


@told("message_retried")
def retried(facts: Mapping[str, Any], lifecycle: Lifecycle) -> str:
    return WHAT.get(str(facts.get("channel")), "had something that failed tried again")


@told("message_let_go")
def let_go(facts: Mapping[str, Any], lifecycle: Lifecycle) -> str:
    return "let a mail go that could not be delivered"
