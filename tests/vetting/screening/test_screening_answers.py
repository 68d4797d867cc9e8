"""What an answer opens, what settles it, and that nobody overwrites what they have not seen."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from tests.factories import people, requests, screening
from vetting.people.queries import actor_of
from vetting.screening import commands
from vetting.screening.models import Answer, Finding
from workflows.engine import Refused
from workflows.ledger.models import Entry

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def questions(db: None) -> None:
    commands.load_questionnaires()


def test_a_bad_answer_opens_a_finding_and_a_better_one_settles_it() -> None:
    request = requests.in_screening()
    pat = actor_of(people.pat())

    commands.save_answer(request, question="no_sale", value="no", by=pat)
    assert Finding.objects.get().title == "Selling student data is not forbidden"

    commands.save_answer(request, question="no_sale", value="yes", by=pat)
    assert (Finding.objects.get().status, Answer.objects.get().value) == ("mitigated", "yes")


def test_an_exception_needs_an_end_in_the_future() -> None:
    request = requests.in_screening()
    pat = actor_of(people.pat())
    commands.save_answer(request, question="no_sale", value="no", by=pat)
    finding = Finding.objects.get()

    with pytest.raises(Refused, match="An exception needs a date in the future"):
        commands.settle_finding(
            request,
            finding=finding.pk,
            status="excepted",
            resolution="The board accepts it",
            excepted_until=date(2020, 1, 1),
            by=pat,
        )

    assert Finding.objects.get().status == "open"


def test_evidence_alone_does_not_open_a_settled_finding_again() -> None:
    request = requests.in_screening()
    pat = actor_of(people.pat())
    commands.save_answer(request, question="no_sale", value="no", by=pat)
    commands.settle_finding(
        request,
        finding=Finding.objects.get().pk,
        status="mitigated",
        resolution="DPA, article 4",
        by=pat,
    )
    commands.save_answer(request, question="no_sale", value="no", evidence="Section 9", by=pat)
    assert [f.status for f in Finding.objects.all()] == ["mitigated"]


def test_an_exception_ends_with_its_cause_and_its_words_stay() -> None:
    request = requests.in_screening()
    pat = actor_of(people.pat())
    commands.save_answer(request, question="no_targeted_ads", value="partly", by=pat)
    commands.settle_finding(
        request,
        finding=Finding.objects.get().pk,
        status="excepted",
        resolution="The board accepts it.",
        excepted_until=timezone.localdate() + timedelta(days=30),
        by=pat,
    )
    commands.save_answer(request, question="no_targeted_ads", value="yes", by=pat)
    finding = Finding.objects.get()
    assert (finding.status, finding.excepted_until, finding.resolution) == (
        "mitigated",
        None,
        "The board accepts it. A better answer settled it.",
    )


def test_the_second_to_settle_reads_who_was_first() -> None:
    request = requests.in_screening()
    finding = commands.add_finding(
        request, title="No accessible sign-in", severity="low", by=actor_of(people.pat())
    )
    settle = {"finding": finding.pk, "status": "mitigated", "resolution": "Fixed"}
    commands.settle_finding(request, by=actor_of(people.pat()), **settle)
    rows = Entry.objects.count()

    with pytest.raises(Refused, match=r"Pat Quill settled this finding on .* Take it up again"):
        commands.settle_finding(request, by=actor_of(people.ada()), **settle)

    assert Entry.objects.count() == rows
    again = {"finding": finding.pk, "status": "open", "resolution": "It came back"}
    commands.settle_finding(request, by=actor_of(people.ada()), **again)
    assert Finding.objects.get().status == "open"


def test_saving_what_stands_there_already_writes_nothing() -> None:
    request = requests.in_screening()
    pat = actor_of(people.pat())
    commands.save_answer(request, question="no_sale", value="yes", evidence="Section 9", by=pat)
    rows = Entry.objects.count()
    again = commands.save_answer(
        request, question="no_sale", value="yes", evidence=" Section 9 ", by=actor_of(people.ada())
    )
    assert (again.version, again.answered_by, Entry.objects.count()) == (1, pat.ref, rows)


def test_nobody_overwrites_an_answer_they_have_not_seen() -> None:
    request = requests.in_screening()
    pat, ada = actor_of(people.pat()), actor_of(people.ada())
    commands.save_answer(request, question="no_sale", value="no", by=pat, seen=0)
    rows = Entry.objects.count()

    with pytest.raises(Refused, match="Pat Quill answered this with “No” on"):
        commands.save_answer(request, question="no_sale", value="yes", by=ada, seen=0)

    assert (Answer.objects.get().value, Entry.objects.count()) == ("no", rows)
    commands.save_answer(request, question="no_sale", value="yes", by=ada, seen=1)
    assert (Answer.objects.get().value, Answer.objects.get().version) == ("yes", 2)
    # One's own answer may be typed over from a page that is a moment old.
    commands.save_answer(request, question="no_sale", value="no", by=ada, seen=1)
    assert Answer.objects.get().value == "no"


def test_nobody_overwrites_a_legal_basis_they_have_not_seen() -> None:
    request = requests.in_screening()
    pat, ada = actor_of(people.pat()), actor_of(people.ada())
    commands.record_legal_basis(request, basis="studies", reason="A study.", by=pat, seen="")

    with pytest.raises(Refused, match="Pat Quill recorded the legal basis “Studies"):
        commands.record_legal_basis(request, basis="audit", reason="Audit.", by=ada, seen="")

    assert screening.screening_of(request).legal_basis == "studies"
