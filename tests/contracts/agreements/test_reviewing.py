"""Verdicts are of exact bytes and stay as evidence; a refused one writes nothing."""

import re

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from contracts.agreements import commands
from contracts.agreements.models import Agreement, Review
from tests.factories import agreements, people, plainly
from vetting.people.models import Membership
from vetting.people.queries import actor_of
from workflows.actors import Role
from workflows.desk import commands as desk
from workflows.desk.queries import inbox, open_tasks_of
from workflows.engine import Refused
from workflows.invariants import registry
from workflows.ledger.models import Entry
from workflows.outbox.drain import drain
from workflows.outbox.models import Message

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


def test_a_wish_for_changes_on_record_holds_the_document_back() -> None:
    """Also one that came around the desk: the guard reads the record, not the tasks."""
    agreement = plainly.in_review()
    plainly.say(agreement, people.pat(), Role.PRIVACY)
    plainly.say(agreement, people.cora(), Role.LEGAL)
    assert agreement.current is not None
    Review.objects.create(
        version=agreement.current, role="privacy", reviewer=quinn(), verdict="changes",
        sha256=agreement.current.sha256, given_at=timezone.now(), comment="Article 4.",
    )  # fmt: skip

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


def test_nothing_is_ready_while_a_colleague_of_the_role_asks_for_changes() -> None:
    agreement = plainly.in_review()
    jamal = people.person("Jamal Reed", Role.LEGAL)
    plainly.say(agreement, people.pat(), Role.PRIVACY)
    plainly.say(agreement, people.cora(), Role.LEGAL, "changes")
    before = Entry.objects.count()

    with pytest.raises(Refused, match="Cora Lind asked for changes in your role on "):
        plainly.say(agreement, jamal, Role.LEGAL)

    assert open_acts(agreement) == ["legal_opinion"]
    assert Entry.objects.count() == before


def test_the_other_role_may_approve_and_still_nothing_is_ready() -> None:
    agreement = plainly.in_review()
    plainly.say(agreement, people.cora(), Role.LEGAL, "changes")
    plainly.say(agreement, people.pat(), Role.PRIVACY)

    assert open_acts(agreement) == ["legal_opinion"]


def test_after_both_approved_a_colleague_may_still_ask_for_changes() -> None:
    agreement = plainly.in_review()
    plainly.say(agreement, people.cora(), Role.LEGAL)
    plainly.say(agreement, people.pat(), Role.PRIVACY)
    assert open_acts(agreement) == ["release_document"]

    plainly.say(agreement, quinn(), Role.PRIVACY, "changes")
    assert open_acts(agreement) == ["privacy_opinion"]
    with pytest.raises(Refused):
        commands.release_document(agreement, by=actor_of(people.cora()))
    assert agreements.fresh(agreement).state == "legal_review"

    # Her own word is hers to take back; what the others said stands again.
    commands.withdraw_verdict(agreement, by=actor_of(quinn()), reviewer=quinn())
    assert open_acts(agreement) == ["release_document"]
    assert registry.faults("open_work") == []
    commands.release_document(agreement, by=actor_of(people.cora()))
    assert agreements.fresh(agreement).state == "with_vendor"


def test_ones_own_approval_is_taken_back_and_the_others_stand() -> None:
    agreement = plainly.in_review()
    plainly.say(agreement, people.cora(), Role.LEGAL)
    plainly.say(agreement, people.pat(), Role.PRIVACY)

    commands.withdraw_verdict(agreement, by=actor_of(people.pat()), reviewer=people.pat())

    assert open_acts(agreement) == ["privacy_opinion"]
    standing = Review.objects.filter(voided_at=None).values_list("role", flat=True)
    assert list(standing) == ["legal"]
    line = Entry.objects.filter(case_id=agreement.pk).latest("seq")
    assert (line.name, line.facts["role"], line.facts["verdict"]) == (
        "verdict_withdrawn", "privacy", "approved",
    )  # fmt: skip


def test_only_a_word_of_ones_own_is_taken_back_and_only_in_review() -> None:
    agreement = plainly.in_review()
    plainly.say(agreement, people.cora(), Role.LEGAL)
    plainly.say(agreement, people.pat(), Role.PRIVACY)
    before = Entry.objects.count()

    with pytest.raises(Refused, match="You have given no verdict on this text"):
        commands.withdraw_verdict(agreement, by=actor_of(quinn()), reviewer=quinn())
    with pytest.raises(Refused, match="You have given no verdict on this text"):
        commands.withdraw_verdict(agreement, by=actor_of(quinn()), reviewer=people.pat())
    assert Entry.objects.count() == before

    commands.release_document(agreement, by=actor_of(people.cora()))
    with pytest.raises(Refused, match="There is nothing to review"):
        commands.withdraw_verdict(agreement, by=actor_of(people.pat()), reviewer=people.pat())


def test_a_wish_for_changes_is_mailed_to_the_other_reviewers() -> None:
    agreement = plainly.in_review()
    drain()
    quinn()
    plainly.say(agreement, people.cora(), Role.LEGAL, "changes")

    mails = Message.objects.filter(topic="changes_needed")
    told = set(mails.values_list("to", flat=True))
    assert {people.pat().user.email, quinn().user.email} <= told
    assert people.cora().user.email not in told
    first = mails.first()
    assert first is not None
    assert "Article 4." in first.body


def test_a_comment_has_a_length_that_somebody_reads() -> None:
    agreement = plainly.in_review()
    assert agreement.current is not None
    with pytest.raises(Refused) as refused:
        commands.give_verdict(
            agreement, by=actor_of(people.cora()), reviewer=people.cora(), role=Role.LEGAL,
            verdict="changes", sha256=agreement.current.sha256, comment="x" * 4001,
        )  # fmt: skip
    says = "The comment has 4,001 characters; write at most 4,000, or send the rest as a file."
    assert refused.value.reasons == [says]


def test_a_page_that_was_open_while_somebody_spoke_is_shown_again(client: Client) -> None:
    """Jamal read before Cora spoke: his word would overrule one that he has not seen."""
    agreement = plainly.in_review()
    assert agreement.current is not None
    page = reverse("agreements:review", args=[agreement.code])
    client.force_login(people.person("Jamal Reed", Role.LEGAL).user)
    seen = heard_on(client.get(page).content.decode())
    plainly.say(agreement, people.pat(), Role.PRIVACY, "changes")
    before = Entry.objects.count()

    typed = {"role": "legal", "verdict": "approved", "sha256": agreement.current.sha256}
    answer = client.post(page, typed | {"heard": seen, "comment": "Read to the end"})

    body = answer.content.decode()
    assert answer.status_code == 409
    assert "Pat Quill asked for changes for the privacy team while this page was open" in body
    assert "Article 4." in body
    assert "Read to the end" in body
    assert (Review.objects.count(), Entry.objects.count()) == (1, before)
    assert client.post(page, typed | {"heard": heard_on(body)}).status_code == 302


def heard_on(page: str) -> str:
    found = re.search(r'name="heard" value="([^"]*)"', page)
    assert found is not None
    return found[1]


def test_whoever_has_spoken_sees_their_word_and_takes_it_back(client: Client) -> None:
    agreement = plainly.in_review()
    plainly.say(agreement, people.cora(), Role.LEGAL)
    page = reverse("agreements:review", args=[agreement.code])
    back = reverse("agreements:withdraw_verdict", args=[agreement.code])

    client.force_login(people.cora().user)
    body = client.get(page).content.decode()
    assert "Give my verdict" not in body
    assert f'action="{back}"' in body
    assert client.post(back).status_code == 302
    assert "Give my verdict" in client.get(page).content.decode()
    assert client.post(back).status_code == 409


def test_a_colleague_of_a_role_that_has_spoken_may_only_object(client: Client) -> None:
    agreement = plainly.in_review()
    plainly.say(agreement, people.pat(), Role.PRIVACY)
    page = reverse("agreements:review", args=[agreement.code])

    client.force_login(quinn().user)
    body = client.get(page).content.decode()

    assert "Give my verdict" not in body
    assert 'value="approved"' not in body
    assert "Ask for changes" in body


def test_a_stand_in_who_spoke_for_one_role_is_not_offered_the_other() -> None:
    both = people.person("Lena Ode", Role.LEGAL, Role.PRIVACY)
    agreement = plainly.in_review()
    address, review = agreement.get_absolute_url(), f"{agreement.get_absolute_url()}review/"
    client = Client()
    client.force_login(both.user)
    assert "Read and approve for privacy" in client.get(address).text
    plainly.say(agreement, both, Role.LEGAL)
    before = Entry.objects.count()
    for page in (address, review):
        assert "Take this" not in client.get(page).text
    assert opinions_for(both) == []
    with pytest.raises(Refused, match="Lena Ode has spoken in another role already"):
        desk.claim(agreement.case, "privacy_opinion", by=actor_of(both))
    pat = actor_of(people.pat())
    with pytest.raises(Refused, match="Lena Ode has spoken in another role already"):
        desk.assign(agreement.case, "privacy_opinion", to=actor_of(both), by=pat)
    assert Entry.objects.count() == before
    commands.withdraw_verdict(agreement, by=actor_of(both), reviewer=both)
    assert opinions_for(both) == ["legal_opinion", "privacy_opinion"]


def opinions_for(person: Membership) -> list[str]:
    return sorted(work.node for work in inbox(actor_of(person)) if work.machine == "agreement")


def test_what_a_colleague_holds_stays_theirs_when_another_takes_a_word_back() -> None:
    agreement, cora = plainly.in_review(), people.cora()
    plainly.say(agreement, cora, Role.LEGAL)
    desk.claim(agreement.case, "privacy_opinion", by=actor_of(people.pat()))
    (before,) = [t for t in open_tasks_of(agreement.case) if t.node == "privacy_opinion"]
    commands.withdraw_verdict(agreement, by=actor_of(cora), reviewer=cora)
    held = {task.node: (task.owner_ref, task.held_since) for task in open_tasks_of(agreement.case)}
    assert held["privacy_opinion"] == (people.pat().ref, before.held_since)
    assert held["legal_opinion"] == ("", None)
