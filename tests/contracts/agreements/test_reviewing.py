"""Verdicts are of exact bytes and stay as evidence; a refused one writes nothing."""

import pytest

from contracts.agreements import commands
from contracts.agreements.models import Agreement, Review
from tests.factories import agreements, people, plainly
from vetting.people.models import Membership
from vetting.people.queries import actor_of
from workflows.actors import Role
from workflows.desk.queries import open_tasks_of
from workflows.engine import Refused
from workflows.ledger.models import Entry

pytestmark = pytest.mark.django_db
CHANGES = "Sixty days instead of thirty."


def quinn() -> Membership:
    return people.person("Quinn Abara", Role.PRIVACY)


def open_acts(agreement: Agreement) -> list[str]:
    return [task.node for task in open_tasks_of(agreement.case)]


def countered() -> Agreement:
    agreement = plainly.with_vendor()
    dee = agreements.vendor_actor(agreement)
    commands.ask_for_changes(agreement, by=dee, note=CHANGES)
    return agreements.fresh(agreement)


def test_a_counter_voids_what_was_said_and_keeps_it() -> None:
    agreement = countered()

    assert agreement.state == "legal_review"
    assert [(r.verdict, r.voided_at is not None) for r in Review.objects.all()] == [
        ("approved", True),
        ("approved", True),
    ]
    assert open_acts(agreement) == ["legal_opinion", "privacy_opinion"]
    with pytest.raises(Refused):
        commands.release_document(agreement, by=actor_of(people.cora()))


def test_after_a_counter_the_same_people_approve_the_same_bytes_again() -> None:
    agreement = countered()
    (old,) = agreement.links.all()

    plainly.say(agreement, people.cora(), Role.LEGAL)
    plainly.say(agreement, people.pat(), Role.PRIVACY)
    commands.release_document(agreement, by=actor_of(people.cora()))

    assert agreements.fresh(agreement).state == "with_vendor"
    assert Review.objects.filter(voided_at=None).count() == 2
    assert Review.objects.count() == 4
    old.refresh_from_db()
    assert old.revoked_at is not None


def test_whoever_asked_for_changes_may_approve_after_all() -> None:
    agreement = plainly.in_review()
    plainly.say(agreement, people.cora(), Role.LEGAL, "changes")
    assert open_acts(agreement) == ["legal_opinion", "privacy_opinion"]

    plainly.say(agreement, people.cora(), Role.LEGAL)

    assert open_acts(agreement) == ["privacy_opinion"]
    said = [(review.verdict, review.voided_at is None) for review in Review.objects.all()]
    assert said == [("changes", False), ("approved", True)]


def test_a_colleagues_wish_for_changes_holds_the_document_back() -> None:
    agreement = plainly.in_review()
    plainly.say(agreement, quinn(), Role.PRIVACY, "changes")
    plainly.say(agreement, people.pat(), Role.PRIVACY)
    plainly.say(agreement, people.cora(), Role.LEGAL)

    says = "Somebody of the privacy team asks for changes: take the document back, or settle it."
    with pytest.raises(Refused) as refused:
        commands.release_document(agreement, by=actor_of(people.cora()))

    assert refused.value.reasons == [says]
    assert agreements.fresh(agreement).state == "legal_review"


def test_the_second_of_a_role_reads_who_was_first_and_when() -> None:
    agreement = plainly.in_review()
    plainly.say(agreement, people.pat(), Role.PRIVACY)
    before = Entry.objects.count()

    with pytest.raises(Refused, match="Pat Quill already approved this in your role on "):
        plainly.say(agreement, quinn(), Role.PRIVACY)
    with pytest.raises(Refused, match="You approved this text on "):
        plainly.say(agreement, people.pat(), Role.PRIVACY)

    assert (Review.objects.count(), Entry.objects.count()) == (1, before)


def test_a_verdict_is_of_ones_own_role_in_ones_own_name_on_the_bytes_seen() -> None:
    agreement = plainly.in_review()
    before = Entry.objects.count()
    plain = {"verdict": "approved", "sha256": "0" * 64, "comment": ""}

    with pytest.raises(Refused) as refused:
        commands.give_verdict(
            agreement, by=actor_of(people.sol()), reviewer=people.cora(), role=Role.LEGAL, **plain
        )
    assert refused.value.reasons == [
        "You do not review in this role.",
        "The document changed since you opened it. Read it again.",
    ]
    with pytest.raises(Refused, match="There is nothing here for you"):
        plainly.say(agreement, people.eve(), Role.LEGAL)
    assert (Review.objects.count(), Entry.objects.count()) == (0, before)


def test_one_person_with_both_roles_is_not_two_reviewers() -> None:
    agreement = plainly.in_review()
    both = people.person("Bo Li", Role.LEGAL, Role.PRIVACY)
    plainly.say(agreement, both, Role.LEGAL)

    with pytest.raises(Refused, match="You approved this text on "):
        plainly.say(agreement, both, Role.PRIVACY)


def test_taking_it_back_voids_the_text_and_shuts_the_vendors_link() -> None:
    agreement = plainly.with_vendor()
    version = agreement.current
    assert version is not None

    back = commands.take_back(agreement, by=actor_of(people.cora()), note="A clause is missing.")

    assert (back.state, back.current) == ("drafting", None)
    version.refresh_from_db()
    assert version.voided_at is not None
    assert agreement.links.filter(revoked_at=None).count() == 0
    assert Review.objects.filter(voided_at=None).count() == 2  # what was said stays said


def test_what_is_in_effect_is_not_taken_back() -> None:
    agreement = plainly.executed()
    before = Entry.objects.count()

    with pytest.raises(Refused, match="this is “In effect”"):
        commands.take_back(agreement, by=actor_of(people.cora()), note="Too late.")

    assert Entry.objects.count() == before


def test_a_move_without_its_note_is_refused() -> None:
    agreement = plainly.in_review()
    before = Entry.objects.count()
    cora = actor_of(people.cora())

    for act in (commands.take_back, commands.abandon):
        with pytest.raises(Refused, match="Write a note that says why"):
            act(agreement, by=cora, note=" ")
    assert Entry.objects.count() == before
    assert agreements.fresh(agreement).state == "legal_review"
