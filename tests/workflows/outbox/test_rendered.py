"""No mail of either lifecycle shows how the program thinks."""

import re
from typing import Any

import pytest

from contracts.agreements.models import Agreement
from tests.factories import people, plainly
from tests.factories import requests as make
from vetting.people.queries import recipient_of
from vetting.requests.models import ToolRequest
from workflows.ledger.models import Entry
from workflows.lifecycles.agreement import AGREEMENT
from workflows.lifecycles.request import REQUEST
from workflows.outbox import commands as outbox
from workflows.outbox.models import Message

pytestmark = pytest.mark.django_db
# What a value looks like that was never put in words, and a mark of the template itself.
PROGRAM = re.compile(r"<\w+|object at|\bNone\b|\bTrue\b|\bFalse\b|[{}]|datetime\.|Decimal\(")
NOTICES = [(one, notice) for one in (REQUEST, AGREEMENT) for notice in one.notices]


@pytest.mark.parametrize(
    ("lifecycle", "notice"), NOTICES, ids=[f"{n.name}-{n.move}-{n.to}" for _, n in NOTICES]
)
def test_a_notice_is_in_words(lifecycle: Any, notice: Any) -> None:
    mail = rendered(subject_of(lifecycle.name), lifecycle.mail, notice)
    assert PROGRAM.findall(f"{mail.subject}\n{mail.body}") == []


def test_an_approval_names_its_schools() -> None:
    notice = next(n for n in REQUEST.notices if n.name == "request_approved")
    request = subject_of("request")
    assert "Schools: Aspen" in rendered(request, REQUEST.mail, notice).body
    request.scope_schools.clear()
    assert "Schools: every school" in rendered(request, REQUEST.mail, notice).body


def subject_of(machine: str) -> Any:
    if machine == "agreement":
        return Agreement.objects.get(pk=plainly.executed().pk)
    request = ToolRequest.objects.get(pk=make.approved().pk)
    request.scope_schools.add(people.school())
    return request


def rendered(subject: Any, folder: str, notice: Any) -> Message:
    entry = Entry.objects.filter(case_id=subject.pk).latest("seq")
    entry.name = notice.move
    values = {"subject": subject, "entry": entry, "note": "Because of the data."}
    values |= {"recipient": recipient_of(people.ben()), "by": type("By", (), {"name": "Ada Park"})}
    return outbox.mail(
        case=subject.case, folder=folder, name=notice.name, to="ben@juniper.example",
        context=values, dedupe_key=notice.name,
    )  # fmt: skip
