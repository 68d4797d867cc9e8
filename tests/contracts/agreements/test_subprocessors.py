"""The contract says of other companies only what somebody has said."""

from typing import Any

import pytest
from django.test import Client

from contracts.agreements import commands
from contracts.agreements.commands import Subprocessors
from contracts.agreements.models import Agreement
from contracts.papers.text import of_pdf
from tests.factories import agreements, people
from vetting.people.queries import actor_of
from vetting.vault.queries import read
from workflows.engine import Refused
from workflows.ledger.models import Entry

pytestmark = pytest.mark.django_db
TWO = "Granite Cloud Inc.; hosting and backup; Oregon\n\n Quill Mail Co. ; mail to teachers"
NONE = "On the date of this agreement no other company handles Student Data for the Provider."


def said(of: Subprocessors, about: Agreement | None = None) -> Agreement:
    agreement = about or agreements.settled()
    return commands.settle_exhibits(
        agreement,
        by=actor_of(people.pat()),
        services=agreement.exhibit_services,
        frameworks=agreement.exhibit_security,
        subprocessors=of,
        vendor_signer=agreement.vendor_signer,
        district_signer=agreement.district_signer,
    )


def printed(agreement: Agreement) -> str:
    issued = commands.issue_document(agreement, by=actor_of(people.pat()))
    assert issued.current is not None
    return " ".join(of_pdf(read(issued.current.pdf)).split())


def test_nothing_is_written_while_nobody_has_said_whether_there_are_any() -> None:
    agreement = said(Subprocessors())
    with pytest.raises(Refused) as refused:
        commands.issue_document(agreement, by=actor_of(people.pat()))
    assert refused.value.reasons == [
        "Exhibit A: name the other companies that handle student data for the vendor, or say that "
        "it states there are none."
    ]
    assert agreements.fresh(agreement).current is None


def test_the_paper_names_each_company_and_what_it_does() -> None:
    paper = printed(said(Subprocessors(TWO)))
    assert "These companies handle Student Data for the Provider" in paper
    assert "Granite Cloud Inc. hosting and backup Oregon" in paper
    assert "Quill Mail Co. mail to teachers" in paper
    assert NONE not in paper


def test_that_there_are_none_is_printed_where_the_vendor_states_it() -> None:
    assert NONE in printed(said(Subprocessors(none=True)))


@pytest.mark.parametrize(
    ("of", "reason"),
    [
        (
            Subprocessors(TWO, none=True),
            "Exhibit A: name the other companies, or say there are none; not both.",
        ),
        (
            Subprocessors("Granite Cloud Inc."),
            "Exhibit A: say what “Granite Cloud Inc.” does for the vendor: “Name; what for”, one "
            "company a line.",
        ),
        (Subprocessors(f"A; {'x' * 4000}"), "Exhibit A: write at most 4,000 characters."),
    ],
)
def test_what_is_unclear_is_refused_and_nothing_is_written(of: Subprocessors, reason: str) -> None:
    agreement = agreements.settled()
    before = Entry.objects.count()
    with pytest.raises(Refused) as refused:
        said(of, agreement)
    assert refused.value.reasons == [reason]
    assert Entry.objects.count() == before
    assert agreements.fresh(agreement).no_subprocessors


def test_the_form_asks_takes_it_and_shows_it_again() -> None:
    agreement, client = agreements.settled(), Client()
    client.force_login(people.pat().user)
    page = f"{agreement.get_absolute_url()}exhibits/"
    shown = client.get(page).text
    assert "Which other companies handle student data for the vendor?" in shown
    assert "The vendor states that there are none" in shown
    typed: dict[str, Any] = {"services": "Reading", "frameworks": ["nist-csf"]}

    assert client.post(page, typed | {"subprocessors": TWO}).status_code == 302

    kept = agreements.fresh(agreement)
    assert (kept.subprocessors, kept.no_subprocessors) == (
        [
            {"name": "Granite Cloud Inc.", "service": "hosting and backup", "place": "Oregon"},
            {"name": "Quill Mail Co.", "service": "mail to teachers", "place": ""},
        ],
        False,
    )
    lines = "Granite Cloud Inc.; hosting and backup; Oregon\nQuill Mail Co.; mail to teachers"
    assert lines in client.get(page).text
    said_there = client.get(kept.get_absolute_url()).text
    assert "Granite Cloud Inc. (hosting and backup), Quill Mail Co. (mail to teachers)" in (
        said_there
    )
