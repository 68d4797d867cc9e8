"""When a message is tried again, on plain values."""

import hashlib
from datetime import timedelta

LONGEST_WAIT = timedelta(hours=1)
# With the waits below, a mail server may be away for a night before a message is given up.
MOST_ATTEMPTS = 20


def wait_after(attempts: int) -> timedelta:
    """2, 4, 8 … seconds, an hour at most."""
    return min(LONGEST_WAIT, timedelta(seconds=2 ** min(attempts, 12)))


def message_id(dedupe_key: str, domain: str) -> str:
    """The same for every attempt, so that a mailbox can tell a repeat from a second message."""
    return f"<{hashlib.sha256(dedupe_key.encode()).hexdigest()[:40]}@{domain}>"
