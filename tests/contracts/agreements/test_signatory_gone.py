"""A signatory who cannot sign any more is not waited for, and nothing goes out in their name."""

import pytest
from django.test import Client
from django.utils.html import strip_tags

from contracts.agreements import commands
from contracts.agreements.models import Agreement
from contracts.signing.commands import call_again
from contracts.signing.commands.turns import call
from tests.factories import agreements, people, plainly, screening
from vetting.people.commands import (
    deactivate,
    grant_role,
    remove_signing_authority,
    revoke_role,
)
from vetting.people.models import Membership
from vetting.people.queries import actor_of
from workflows.actors import Role
from workflows.desk.queries import inbox
from workflows.engine import Refused
from workflows.outbox.drain import drain
from workflows.outbox.models import Message
from workflows.providers import recipients

pytestmark = pytest.mark.django_db
GONE = "Gwen Hart cannot sign for the district any more: name another signatory in the exhibits."
NAMED = "Gwen Hart has no authority to sign this agreement: see the authority table."
TITLE = "Reading Ladder by Ladder Labs"
TO_VENDOR = "The school district has to name another signatory first; you will get a mail."


def gwen_leaves() -> None:
    deactivate(membership=people.gwen(), by=actor_of(people.max()))
    drain()


def mails(topic: str, agreement: Agreement) -> list[str]:
    rows = Message.objects.filter(case_id=agreement.pk, topic=topic, channel=Message.MAIL)
    return list(rows.order_by("pk").values_list("to", flat=True))


def accepted(agreement: Agreement) -> None:
    assert agreement.current is not None
    by = agreements.vendor_actor(agreement)
    commands.accept_text(agreement, by=by, sha256=agreement.current.sha256)


def test_the_vendor_does_not_accept_for_somebody_who_cannot_sign() -> None:
    agreement = plainly.with_vendor()
    gwen_leaves()
    with pytest.raises(Refused) as refused:
        accepted(agreement)
    assert refused.value.reasons == [TO_VENDOR]
    assert agreements.fresh(agreement).state == "with_vendor"
    assert mails("signatory_gone", agreement) == ["cora@juniper.example"]


@pytest.mark.parametrize("lost", ["access", "role", "authority"])
def test_no_text_goes_out_that_nobody_can_sign(lost: str) -> None:
    agreement, gwen, boss = plainly.in_review(), people.gwen(), actor_of(people.max())
    plainly.say(agreement, people.cora(), Role.LEGAL)
    plainly.say(agreement, people.pat(), Role.PRIVACY)
    if lost == "access":
        deactivate(membership=gwen, by=boss)
    elif lost == "role":
        revoke_role(membership=gwen, role=Role.SIGNATORY, by=boss)
    else:
        remove_signing_authority(authority=gwen.authorities.get(), by=boss)
    drain()
    with pytest.raises(Refused) as refused:
        commands.release_document(agreement, by=actor_of(people.cora()))
    assert set(refused.value.reasons) <= {GONE, NAMED}
    assert refused.value.reasons[0] == (NAMED if lost == "authority" else GONE)
    assert agreements.fresh(agreement).state == "legal_review"
    assert mails("signatory_gone", agreement) == ["cora@juniper.example"]


def test_whose_turn_it_is_falls_to_counsel() -> None:
    agreement = plainly.with_vendor()
    accepted(agreement)
    drain()
    agreement = plainly.signed_by_vendor(agreements.fresh(agreement))
    gwen_leaves()
    assert [one.email for one in recipients(agreement, "next_signer")] == ["cora@juniper.example"]
    call(agreements.turn(agreement, "district"))
    assert mails("please_sign_district", agreement) == []
    assert mails("signatory_gone", agreement) == ["cora@juniper.example"]


def test_who_has_signed_may_leave() -> None:
    agreement = plainly.executed()
    gwen_leaves()
    assert mails("signatory_gone", agreement) == []


def out_for_signature() -> Agreement:
    agreement = plainly.with_vendor()
    accepted(agreement)
    drain()
    return agreements.fresh(agreement)


def pages_of(person: Membership, *paths: str) -> list[str]:
    browser = Client()
    browser.force_login(person.user)
    return [" ".join(strip_tags(browser.get(path).content.decode()).split()) for path in paths]


WAITS = "Waiting for legal (Gwen Hart has left: name another signatory)"
WHAT = (
    "Gwen Hart has left: name another signatory. Recall it, name them in the exhibits, and write "
    "the document anew."
)


def test_every_page_says_that_she_left_and_whose_turn_it_is_now() -> None:
    agreement = plainly.signed_by_vendor(out_for_signature())
    request = screening.concluded(agreement.serves.get().request)
    drain()
    Agreement.objects.filter(pk=agreement.pk).update(owner=people.pat())
    assert "Waiting for Gwen Hart" in pages_of(people.cora(), agreement.get_absolute_url())[0]
    gwen_leaves()
    for person in (people.cora(), people.pat()):
        actor = actor_of(person)
        assert [work.title for work in inbox(actor)] == [f"Name another signatory: {TITLE}"]
        page, home, case = pages_of(
            person, agreement.get_absolute_url(), "/", request.get_absolute_url()
        )
        assert f"Your turn {WHAT}" in page
        assert "Send the mail again" not in page
        assert f"Name another signatory: {TITLE}" in home
        assert "Send a reminder" not in home + case
        assert "Your turn is on its agreement." in case
    listed, other = pages_of(people.sol(), "/agreements/", request.get_absolute_url())
    assert WAITS.removeprefix("Waiting for ") in listed
    assert WAITS in other
    assert "Gwen Hart has left: name another signatory" in pages_of(people.ada(), "/")[0]
    assert "Send a reminder" in other
    assert [one.email for one in recipients(agreement, "holders")] == ["cora@juniper.example"]


def test_no_mail_is_promised_that_nobody_gets() -> None:
    agreement = plainly.signed_by_vendor(out_for_signature())
    gwen_leaves()
    sent = Message.objects.count()
    with pytest.raises(Refused) as refused:
        call_again(agreement, by=actor_of(people.cora()))
    assert refused.value.reasons == [
        "No mail goes out: Gwen Hart has left. Name another signatory first."
    ]
    assert Message.objects.count() == sent


def test_it_is_nobodys_matter_once_another_can_sign() -> None:
    agreement, boss = out_for_signature(), actor_of(people.max())
    revoke_role(membership=people.gwen(), role=Role.SIGNATORY, by=boss)
    drain()
    (work,) = inbox(actor_of(people.cora()))
    assert work.title == f"Name another signatory: {TITLE}"
    page = pages_of(people.cora(), agreement.get_absolute_url())[0]
    assert "Gwen Hart cannot sign any more: name another signatory." in page
    grant_role(membership=people.gwen(), role=Role.SIGNATORY, by=boss)
    assert inbox(actor_of(people.cora())) == []


IN_VAIN = (
    "Gwen Hart has left: nobody could sign this text. Take the document back to change it, name "
    "another signatory in the exhibits, and write it anew."
)


def test_nobody_approves_in_vain_what_nobody_could_sign() -> None:
    agreement = plainly.in_review()
    plainly.say(agreement, people.cora(), Role.LEGAL)
    gwen_leaves()
    for person, role in ((people.pat(), Role.PRIVACY), (people.cora(), Role.LEGAL)):
        assert IN_VAIN in pages_of(person, f"/agreements/{agreement.code}/review/")[0]
        assert IN_VAIN in pages_of(person, agreement.get_absolute_url())[0]
        if role == Role.LEGAL:
            commands.withdraw_verdict(agreement, by=actor_of(person), reviewer=person)
        with pytest.raises(Refused) as refused:
            plainly.say(agreement, person, role)
        assert refused.value.reasons == [IN_VAIN]
    assert agreement.current is not None
    assert list(agreement.current.standing_reviews()) == []
    assert mails("ready_to_send", agreement) == []
    titles = [work.title for work in inbox(actor_of(people.pat()))]
    assert f"Name another signatory: {TITLE}" in titles
    plainly.say(agreement, people.pat(), Role.PRIVACY, "changes")


@pytest.mark.parametrize("lost", ["access", "authority"])
def test_it_is_not_ready_to_send_after_both_have_approved(lost: str) -> None:
    agreement, gwen, boss = plainly.in_review(), people.gwen(), actor_of(people.max())
    plainly.say(agreement, people.cora(), Role.LEGAL)
    if lost == "authority":
        remove_signing_authority(authority=gwen.authorities.get(), by=boss)
    plainly.say(agreement, people.pat(), Role.PRIVACY)
    told = {"access": ["cora@juniper.example"], "authority": []}
    assert mails("ready_to_send", agreement) == told[lost]
    if lost == "access":
        gwen_leaves()
    page = pages_of(people.cora(), f"/agreements/{agreement.code}/review/")[0]
    assert "Not ready to send Both have approved the fingerprint" in page
    assert (GONE if lost == "access" else NAMED) in page
    assert "gets a mail with a personal link" not in page


def test_the_exhibits_say_whom_to_replace() -> None:
    agreement = agreements.settled()
    gwen_leaves()
    form, page = pages_of(
        people.pat(), f"/agreements/{agreement.code}/exhibits/", agreement.get_absolute_url()
    )
    assert "Gwen Hart has left: name another signatory below." in form
    assert "Gwen Hart has left: name another signatory in the exhibits." in page
