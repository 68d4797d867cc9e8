"""A vendor that follows none of the frameworks says so, and the paper says it too."""

import pytest
from django.test import Client

from contracts.agreements import commands, papermaking
from contracts.agreements.models import Agreement
from contracts.papers.text import of_pdf
from tests.factories import agreements, people, plainly
from vetting.people.queries import actor_of
from vetting.vault.queries import read
from workflows.engine import Refused
from workflows.ledger.models import Entry

pytestmark = pytest.mark.django_db
WORDS = "Two engineers look after one server in Denver; backups are sealed each night."


def without_framework(
    words: str = WORDS, frameworks: tuple[str, ...] = (), of: Agreement | None = None
) -> Agreement:
    agreement = of or agreements.settled()
    return commands.settle_exhibits(
        agreement,
        by=actor_of(people.pat()),
        services=agreement.exhibit_services,
        frameworks=frameworks,
        no_framework=True,
        security_words=words,
        vendor_signer=agreement.vendor_signer,
        district_signer=agreement.district_signer,
    )


def test_the_paper_says_that_none_is_followed_and_what_is_done_instead() -> None:
    agreement = without_framework()
    security = papermaking.fields_of(agreement).security
    assert [one.name for one in security.frameworks if one.followed] == []
    issued = commands.issue_document(agreement, by=actor_of(people.pat()))
    assert issued.current is not None
    printed = " ".join(of_pdf(read(issued.current.pdf)).split())
    assert "The Provider follows none of these frameworks." in printed
    assert WORDS in printed


def test_whoever_reviews_reads_it_before_approving() -> None:
    agreement = plainly.issue(without_framework())
    client = Client()
    client.force_login(people.pat().user)
    for page in ("", "review/"):
        shown = client.get(f"{agreement.get_absolute_url()}{page}").text
        assert WORDS in shown


def test_none_without_words_is_not_issued() -> None:
    agreement = without_framework(" ")
    with pytest.raises(Refused, match="write in the vendor's words what it does instead"):
        commands.issue_document(agreement, by=actor_of(people.pat()))
    assert agreements.fresh(agreement).state == "drafting"


@pytest.mark.parametrize(
    ("words", "frameworks", "reason"),
    [(WORDS, ("cis",), "not both"), ("x" * 4001, (), "at most 4,000 characters")],
)
def test_a_contradiction_is_refused_and_nothing_is_written(
    words: str, frameworks: tuple[str, ...], reason: str
) -> None:
    agreement = agreements.settled()
    before = Entry.objects.count()
    with pytest.raises(Refused, match=reason):
        without_framework(words, frameworks, agreement)
    assert Entry.objects.count() == before
    assert agreements.fresh(agreement).exhibit_security == ["nist-csf"]


def test_the_form_takes_it_and_shows_it_again() -> None:
    agreement = agreements.settled()
    client = Client()
    client.force_login(people.pat().user)
    typed = {"no_framework": "on", "security_words": WORDS, "services": "Reading"}
    assert client.post(f"{agreement.get_absolute_url()}exhibits/", typed).status_code == 302
    kept = agreements.fresh(agreement)
    assert (kept.no_framework, kept.security_words, kept.exhibit_security) == (True, WORDS, [])
    assert WORDS in client.get(f"{agreement.get_absolute_url()}exhibits/").text
