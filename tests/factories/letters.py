"""What arrived in the mailboxes of a test, and the personal links in it."""

import re

from django.core import mail

from workflows.outbox.drain import drain


def to(address: str) -> list[str]:
    """The texts of the mails to one address, oldest first."""
    return [str(letter.body) for letter in mail.outbox if letter.to == [address]]


def link_for(address: str = "dee@quillwork.example") -> str:
    """The path of the newest personal link mailed to this address."""
    drain()
    found = [path for text in to(address) for path in re.findall(r"/vendor/[\w-]+/", text)]
    return found[-1]
