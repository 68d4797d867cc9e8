"""A contender in front of a page: presses the button, and reads what is said when refused."""

import html
import re
from collections.abc import Mapping
from typing import Any

from django.contrib.messages import get_messages
from django.contrib.messages.constants import ERROR
from django.test import Client

from vetting.people.models import Membership
from workflows.refusals import Refused


def signed_in(person: Membership) -> Client:
    client = Client()
    client.force_login(person.user)
    return client


def press(client: Client, path: str, typed: Mapping[str, Any], **extra: Any) -> None:
    """Raises Refused with the text of the page that says so; a view's own error comes through."""
    answer = client.post(path, typed, **extra)
    told = [str(m) for m in get_messages(answer.wsgi_request) if m.level >= ERROR]
    if answer.status_code < 400 and not told:
        return
    if answer.status_code < 400:
        answer = client.get(answer["Location"], **extra)
    if answer.status_code >= 500:
        raise AssertionError(f"{path} answered {answer.status_code}")
    raise Refused([said_on(answer.text)])


def said_on(page: str) -> str:
    """The page's own words, without its frame."""
    main = page.partition("<main")[2].partition("</main>")[0] or page
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", main)).split())
