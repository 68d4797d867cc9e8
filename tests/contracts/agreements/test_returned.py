"""A text that came back: what to change stands on top; who must act or had signed gets a mail."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from contracts.agreements import commands
from contracts.agreements.views.sheets import files_of
from contracts.signing import commands as signing
from contracts.signing.views.words import history_for_vendor
from tests.factories import agreements, people, plainly
from vetting.people.models import Membership
from vetting.people.queries import actor_of
from workflows.actors import Role
from workflows.engine import Refused
from workflows.lifecycles.request import REQUEST
from workflows.outbox.drain import drain
from workflows.outbox.models import Message

pytestmark = pytest.mark.django_db
NOTE = "Sixty days instead of thirty."


def told(topic: str) -> set[str]:
    return set(Message.objects.filter(topic=topic).values_list("to", flat=True))


def page(client: Client, name: str, code: str, person: Membership) -> str:
    client.force_login(person.user)
    return client.get(reverse(f"agreements:{name}", args=[code])).content.decode()


def test_the_vendors_words_stand_on_top_and_both_reviewing_roles_get_them(client: Client) -> None:
    agreement = plainly.with_vendor()
    dee = agreements.vendor_actor(agreement)
    commands.ask_for_changes(agreement, by=dee, note=NOTE)

    for name in ("review", "detail"):
        body = page(client, name, agreement.code, people.pat())
        assert body.index("What to change") < body.index(NOTE) < body.index("Version")
    assert {people.pat().user.email, people.cora().user.email} <= told("changes_asked")

    commands.take_back(agreement, by=actor_of(people.cora()), note="I agree: article 4.")
    body = page(client, "detail", agreement.code, people.pat())
    top = body[body.index("What to change") : body.index("Parties")]
    assert NOTE in top
    assert "I agree: article 4." in top
    assert people.pat().user.email in told("document_taken_back")


def test_a_reviewers_wish_is_what_to_change_once_the_text_is_taken_back(client: Client) -> None:
    agreement = plainly.in_review()
    plainly.say(agreement, people.cora(), Role.LEGAL, "changes")
    commands.take_back(agreement, by=actor_of(people.cora()), note="See my verdict.")

    body = page(client, "detail", agreement.code, people.pat())
    top = body[body.index("What to change") : body.index("Parties")]
    assert "Cora Lind asked for changes" in top
    assert "Article 4." in top


def test_a_recall_is_told_to_whoever_was_asked_to_sign() -> None:
    agreement = plainly.signed_by_vendor(out_for_signature())
    commands.take_back(agreement, by=actor_of(people.cora()), note="Wrong term.")

    assert told("document_recalled") == {"dee@quillwork.example", people.gwen().user.email}
    mail = Message.objects.filter(topic="document_recalled")[0]
    assert "does not count for the changed text" in mail.body
    assert "Wrong term." not in mail.body


def test_a_signatory_who_was_not_asked_yet_hears_of_no_recall() -> None:
    agreement = out_for_signature()
    commands.take_back(agreement, by=actor_of(people.cora()), note="Wrong term.")
    assert told("document_recalled") == {"dee@quillwork.example"}


def out_for_signature() -> "agreements.Agreement":
    agreement = plainly.with_vendor()
    assert agreement.current is not None
    by = agreements.vendor_actor(agreement)
    commands.accept_text(agreement, by=by, sha256=agreement.current.sha256)
    plainly.drain()
    return agreements.fresh(agreement)


def test_every_road_to_the_final_decision_writes_to_the_lead() -> None:
    roads = {m.name for m in REQUEST.moves if "deciding" in m.targets}
    told_of = {n.move for n in REQUEST.notices if n.name == "decision_due"}
    assert roads == told_of


def test_a_label_says_what_the_text_is() -> None:
    agreement = plainly.in_review()
    version = agreement.current
    assert version is not None
    assert files_of(version)[0].label == "Text not approved yet (PDF)"
    plainly.say(agreement, people.cora(), Role.LEGAL)
    plainly.say(agreement, people.pat(), Role.PRIVACY)
    assert files_of(version)[0].label == "Document as approved (PDF)"
    commands.take_back(agreement, by=actor_of(people.cora()), note="Wrong term.")
    version.refresh_from_db()
    assert files_of(version)[0].label == "Void text (PDF)"


def test_the_vendors_history_begins_when_the_text_reached_them() -> None:
    agreement = plainly.in_review()
    commands.take_back(agreement, by=actor_of(people.cora()), note="Not yet.")
    assert history_for_vendor(agreements.fresh(agreement)) == []


def test_once_it_reached_them_the_vendor_reads_on_from_there() -> None:
    shown = history_for_vendor(plainly.with_vendor())
    assert "sent the approved document to the vendor" in shown[-1].sentence


def test_the_signatory_tells_counsel_why_not(client: Client) -> None:
    agreement = plainly.signed_by_vendor(out_for_signature())
    gwen = people.gwen()
    client.force_login(gwen.user)
    address = reverse("signing:question", args=[agreement.code])

    assert client.post(address, {"question-note": " "}).status_code == 422
    assert client.post(address, {"question-note": "The amount is wrong."}).status_code == 302

    assert {people.cora().user.email, people.pat().user.email} <= told("signing_questioned")
    body = page(client, "detail", agreement.code, people.cora())
    assert "The amount is wrong." in body[: body.index("Parties")]
    assert agreements.fresh(agreement).state == "out_for_signature"


def test_sign_after_a_recall_says_who_recalled_it(client: Client) -> None:
    agreement = plainly.signed_by_vendor(out_for_signature())
    assert agreement.current is not None
    typed = {"sha256": agreement.current.sha256, "typed_name": "Gwen Hart", "read": "on"}
    commands.take_back(agreement, by=actor_of(people.cora()), note="Wrong term.")

    client.force_login(people.gwen().user)
    body = client.post(reverse("signing:sign", args=[agreement.code]), typed).content.decode()
    assert "Cora Lind recalled it from signature on " in body


def test_the_signatory_says_so_once_a_day() -> None:
    agreement = plainly.with_vendor()
    assert agreement.current is not None
    by = agreements.vendor_actor(agreement)
    commands.accept_text(agreement, by=by, sha256=agreement.current.sha256)
    drain()
    agreement = plainly.signed_by_vendor(agreements.fresh(agreement))
    turn, gwen = agreements.turn(agreement, "district"), actor_of(people.gwen())
    signing.question_signing(turn, by=gwen, note="Article 4 is missing.")
    written = Message.objects.filter(topic="signing_questioned").count()
    with pytest.raises(Refused, match="counsel and the privacy team have your words"):
        signing.question_signing(turn, by=gwen, note="Article 4!")
    assert Message.objects.filter(topic="signing_questioned").count() == written
    with time_machine.travel(timezone.now() + timedelta(days=1, minutes=1)):
        signing.question_signing(turn, by=gwen, note="Still missing.")
