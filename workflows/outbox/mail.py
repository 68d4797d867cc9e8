"""Sending one mail; the only place that imports django.core.mail."""

from smtplib import SMTPRecipientsRefused
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.template.loader import render_to_string

from workflows.outbox import jobs, rules
from workflows.outbox.letterhead import letterhead_of
from workflows.outbox.models import Message


class PermanentFault(Exception):
    """Trying again would change nothing."""


def send(message: Message) -> None:
    """Hand one mail to the mail server; raises what the server raised."""
    text = _with_link(message)
    mail = EmailMultiAlternatives(
        subject=message.subject,
        body=text,
        from_email=settings.DEFAULT_FROM_EMAIL,
        to=[message.to],
        headers={
            "Message-ID": rules.message_id(message.dedupe_key, _domain()),
            "Auto-Submitted": "auto-generated",
        },
    )
    mail.attach_alternative(_html(message, text), "text/html")
    try:
        mail.send()
    except SMTPRecipientsRefused as refused:
        if all(code >= 500 for code, _ in refused.recipients.values()):
            raise PermanentFault("The mail server does not know this address.") from refused
        raise


def _domain() -> str:
    return urlsplit(settings.SITE_URL).hostname or "localhost"


def _with_link(message: Message) -> str:
    """The sent copy of the text. The address lives in it alone: neither row nor log keeps it."""
    places = message.payload.get("link_at")
    if not places:
        return message.body
    kind = (message.payload.get("link") or {}).get("kind", "")
    if not kind:
        raise PermanentFault("The text promises a personal link, but payload names no kind of it.")
    with transaction.atomic():
        address = jobs.minter_of(kind)(message)
    return rules.filled(message.body, places, address)


def _html(message: Message, text: str) -> str:
    """The same words on the district's letterhead; what the text carries of it is taken off."""
    head = letterhead_of(message.tenant)
    body, _, foot = text.strip().removeprefix(head["district_name"]).partition("\n--\n")
    reason = foot.partition("\nQuestions?")[0].strip()
    words = {"subject": message.subject, "text": body.strip(), "foot": reason}
    context = {**words, **head, "site": settings.SITE_URL}
    return render_to_string("workflows/mail/body.html", context)
