"""What may happen between a signature and its seal, and afterwards: faults, recalls, past dates."""

import re
from datetime import UTC, date, datetime, timedelta
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.template.loader import render_to_string
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from contracts.agreements import commands as agreement_commands
from contracts.agreements.models import Agreement, AgreementVersion, VendorLink
from contracts.agreements.views.sheets import versions_of
from contracts.papers.text import of_pdf
from contracts.signing import appearance, commands, jobs, queries
from contracts.signing.commands import sign_document
from contracts.signing.models import Signature, SignatureEvent, SignatureRequest
from contracts.signing.panels import signatures
from tests.factories import agreements, letters, people
from tests.services.mail import PostOffice
from vetting.people.models import Membership
from vetting.people.queries import actor_of
from vetting.vault.queries import read
from workflows.engine import Refused
from workflows.ledger.models import Entry
from workflows.outbox.drain import drain
from workflows.outbox.models import Message

pytestmark = pytest.mark.django_db
DEE, RAVI = "dee@quillwork.example", "ravi@quillwork.example"


def sign_as_vendor(agreement: Agreement, at: datetime | None = None) -> Signature:
    dee = agreements.vendor_actor(agreement)
    act = agreements.act(agreement, dee.name)
    return sign_document(agreements.turn(agreement, "vendor"), by=dee, act=act, at=at)


def shown(agreement: Agreement, person: Membership) -> str:
    panel = signatures(agreements.fresh(agreement), actor_of(person))
    assert panel is not None
    return render_to_string(panel.template, dict(panel.context))


def test_a_seal_that_fails_is_shown_keeps_the_signature_and_is_tried_again(
    settings: Settings,
) -> None:
    agreement = agreements.out_for_signature()
    path = letters.link_for(DEE)
    sign_as_vendor(agreement)
    settings.TIMESTAMP_URL = "http://127.0.0.1:9/time"
    drain()

    (turn,) = queries.turns_of(agreements.fresh(agreement))[:1]
    assert turn.status == SignatureRequest.SIGNED
    message = Message.objects.get(topic="seal_signature")
    assert message.status == Message.RETRY
    page = shown(agreement, people.cora())
    assert "Signed, the seal failed" in page
    assert "The timestamp server gave no time" in page
    assert "Try the seal again" in page
    assert "Try the seal again" not in shown(agreement, people.sol())
    vendors = Client().get(path).text
    assert "Its seal could not be made yet; the district sees to it" in vendors
    assert "timestamp server" not in vendors

    settings.TIMESTAMP_URL = ""
    with pytest.raises(Refused, match="is for the privacy team or legal"):
        commands.retry_seal(agreement, by=actor_of(people.sol()))
    commands.retry_seal(agreement, by=actor_of(people.cora()))
    drain()

    assert "Signed and sealed" in shown(agreement, people.cora())
    assert Signature.objects.count() == 1
    with pytest.raises(Refused, match="No seal of this agreement has failed"):
        commands.retry_seal(agreement, by=actor_of(people.cora()))


def test_a_seal_made_days_later_moves_no_date_of_the_contract(settings: Settings) -> None:
    with time_machine.travel(datetime(2026, 11, 19, 22, 0, tzinfo=UTC)):
        agreement = agreements.vendor_signs(agreements.out_for_signature())
        settings.TIMESTAMP_URL = "http://127.0.0.1:9/time"
        gwen = actor_of(agreements.signer())
        given = sign_document(
            agreements.turn(agreement, "district"),
            by=gwen,
            act=agreements.act(agreement, gwen.name),
        )
        drain()
        assert agreements.fresh(agreement).state == "out_for_signature"
    with time_machine.travel(datetime(2026, 11, 22, 22, 0, tzinfo=UTC)):
        settings.TIMESTAMP_URL = ""
        commands.retry_seal(agreement, by=actor_of(people.cora()))
        drain()

    agreement = agreements.fresh(agreement)
    assert agreement.state == "in_force"
    assert agreement.executed_at == given.signed_at
    assert agreement.effective_from == date(2026, 11, 19)
    assert agreement.ends_on == date(2029, 11, 18)
    assert Entry.objects.get(name="execute").at.date() == date(2026, 11, 22)


def test_a_recalled_file_with_one_signature_is_never_called_signed_by_both() -> None:
    agreement = agreements.vendor_signs(agreements.out_for_signature())
    first = agreement.current
    assert first is not None
    agreement_commands.take_back(agreement, by=actor_of(people.cora()), note="Wrong term.")
    drain()
    agreement_commands.issue_document(agreements.fresh(agreement), by=actor_of(people.pat()))
    agreement = agreements.fresh(agreement)
    agreements.release(agreement, people.pat(), people.cora())
    agreement = agreements.fresh(agreement)
    assert agreement.current is not None
    agreement_commands.accept_text(
        agreement, by=agreements.vendor_actor(agreement), sha256=agreement.current.sha256
    )
    drain()
    gwen = actor_of(agreements.signer())
    agreement = agreements.vendor_signs(agreements.fresh(agreement))
    sign_document(
        agreements.turn(agreement, "district"), by=gwen, act=agreements.act(agreement, gwen.name)
    )
    drain()

    second, old = versions_of(agreements.fresh(agreement))
    assert (second.files[0].label, old.files[0].label) == (
        "Signed by both parties",
        "Signed by the vendor",
    )


def test_a_dead_seal_is_revived_by_the_same_button() -> None:
    agreement = agreements.out_for_signature()
    sign_as_vendor(agreement)
    Message.objects.filter(topic="seal_signature").update(status=Message.FAILED, attempts=20)

    commands.retry_seal(agreement, by=actor_of(people.pat()))
    drain()

    assert agreements.turn(agreement, "vendor").status == SignatureRequest.SEALED


def test_a_recall_while_the_seal_is_being_made_leaves_no_seal_and_calls_nobody() -> None:
    agreement = agreements.out_for_signature()
    sign_as_vendor(agreement)
    message = Message.objects.get(topic="seal_signature")
    finish = jobs.seal_signature(message)  # the leased part has run
    agreement_commands.take_back(agreement, by=actor_of(people.cora()), note="Wrong term.")
    # The clock of the draft stops and starts for reasons of its own.
    entries = Entry.objects.exclude(name__startswith="clock_").count()

    assert finish is not None
    finish()
    drain()

    assert Entry.objects.exclude(name__startswith="clock_").count() == entries
    assert AgreementVersion.objects.get().sealed is None
    assert not Message.objects.filter(topic="please_sign_district").exists()
    assert [turn.status for turn in SignatureRequest.objects.order_by("position")] == [
        SignatureRequest.REVOKED,
        SignatureRequest.REVOKED,
    ]
    assert Message.objects.get(topic="seal_signature").status == Message.DONE


def test_a_late_recall_closes_only_its_own_text() -> None:
    agreement = agreements.out_for_signature()
    agreement_commands.take_back(agreement, by=actor_of(people.cora()), note="Wrong term.")
    recalled = Entry.objects.get(name="recall")
    drain()
    agreement_commands.issue_document(agreements.fresh(agreement), by=actor_of(people.pat()))
    agreement = agreements.fresh(agreement)
    agreements.release(agreement, people.pat(), people.cora())
    agreement = agreements.fresh(agreement)
    assert agreement.current is not None
    agreement_commands.accept_text(
        agreement, by=agreements.vendor_actor(agreement), sha256=agreement.current.sha256
    )
    drain()

    commands.revoke_signature_requests(
        agreement, seq=recalled.seq, at=recalled.at, recorded_at=recalled.recorded_at
    )

    assert [turn.status for turn in queries.turns_of(agreements.fresh(agreement))] == [
        SignatureRequest.OPEN,
        SignatureRequest.OPEN,
    ]
    assert VendorLink.objects.filter(revoked_at=None).exists()


def test_a_mail_that_waits_is_withheld_when_its_turn_is_over() -> None:
    agreement = agreements.with_vendor()
    agreement_commands.take_back(agreement, by=actor_of(people.cora()), note="Wrong term.")
    waiting = Message.objects.get(topic="text_offered")
    # The mail server was away; the reaction to the recall runs first.
    Message.objects.filter(pk=waiting.pk).update(
        status=Message.RETRY, send_after=timezone.now() + timedelta(hours=1)
    )
    drain()
    Message.objects.filter(pk=waiting.pk).update(send_after=timezone.now())
    drain()

    assert letters.to(DEE) == []
    assert Message.objects.get(pk=waiting.pk).status == Message.WITHHELD
    assert not VendorLink.objects.filter(revoked_at=None).exists()


def test_past_signatures_keep_their_dates_and_seals_tell_the_true_time() -> None:
    agreement = agreements.out_for_signature()
    first, second = datetime(2026, 3, 2, 17, tzinfo=UTC), datetime(2026, 3, 5, 5, tzinfo=UTC)
    began = timezone.now()

    sign_as_vendor(agreement, at=first)
    drain()
    gwen = actor_of(agreements.signer())
    turn = agreements.turn(agreement, "district")
    sign_document(turn, by=gwen, act=agreements.act(agreement, gwen.name), at=second)
    drain()

    agreement = agreements.fresh(agreement)
    assert agreement.state == "in_force"
    assert agreement.executed_at == second
    # 5 in the morning UTC is still March 4 in Denver.
    assert agreement.effective_from == date(2026, 3, 4)
    given = Signature.objects.order_by("signed_at").values_list("signed_at", flat=True)
    assert list(given) == [first, second]
    assert set(SignatureEvent.objects.exclude(kind="opened").values_list("at", flat=True)) == {
        first,
        second,
    }
    sealed_at = list(SignatureRequest.objects.values_list("sealed_at", flat=True))
    assert all(at is not None and at > began for at in sealed_at)
    moved = Entry.objects.get(name="execute")
    assert (moved.at, moved.recorded_at > began) == (second, True)
    version = AgreementVersion.objects.get()
    assert version.certificate is not None
    assert "Wed, Mar 4, 2026, 22:00:00 MST" in " ".join(of_pdf(read(version.certificate)).split())


def test_a_missing_certificate_template_is_shown_and_mended() -> None:
    agreement = agreements.vendor_signs(agreements.out_for_signature())
    from contracts.library.models import AgreementTemplate

    kept = AgreementTemplate.objects.filter(kind="certificate", active=True)
    keys = list(kept.values_list("pk", flat=True))
    kept.update(active=False)
    gwen = actor_of(agreements.signer())
    turn = agreements.turn(agreement, "district")
    sign_document(turn, by=gwen, act=agreements.act(agreement, gwen.name))
    drain()

    assert "No template for the certificate is active" in shown(agreement, people.cora())
    AgreementTemplate.objects.filter(pk__in=keys).update(active=True)
    commands.retry_seal(agreement, by=actor_of(people.cora()))
    drain()
    assert AgreementVersion.objects.get().certificate is not None


def test_the_link_in_a_mail_that_was_really_delivered_opens_the_page(
    post_office: PostOffice,
) -> None:
    agreement = agreements.with_vendor()
    drain()

    (letter,) = [one for one in post_office.received if one["To"] == DEE]
    text, html = letter.get_body(("plain",)), letter.get_body(("html",))
    assert text is not None
    assert html is not None
    (address,) = set(re.findall(r"http\S+/vendor/[\w-]+/", text.get_content()))
    assert address in html.get_content()
    page = Client().get(urlsplit(address).path)
    assert (page.status_code, agreement.code in page.text) == (200, True)
    assert not Message.objects.filter(body__contains="/vendor/").exists()
    assert "[personal link]" in Message.objects.get(topic="text_offered").body


def test_asking_again_mails_the_signer_and_never_shows_the_link() -> None:
    agreement = agreements.out_for_signature()
    cora = actor_of(people.cora())
    with pytest.raises(Refused, match=r"A mail was written at .*\. Wait ten minutes"):
        commands.call_again(agreement, by=cora)
    Message.objects.update(created_at=timezone.now() - timedelta(minutes=11))
    before = len(letters.to(DEE))

    with pytest.raises(Refused, match="Asking again is for the privacy team or legal"):
        commands.call_again(agreement, by=actor_of(people.sol()))
    commands.call_again(agreement, by=cora)
    drain()

    assert len(letters.to(DEE)) == before + 1
    assert "/vendor/" not in shown(agreement, people.cora())
    assert Entry.objects.filter(name="asked_again").count() == 1


def test_nobody_is_asked_again_where_nobody_has_a_turn() -> None:
    agreement = agreements.in_review()

    with pytest.raises(Refused) as why:
        commands.call_again(agreement, by=actor_of(people.cora()))

    assert why.value.reasons == ["Nobody has to sign or answer now: this is “Legal review”."]


def test_a_mail_on_its_way_to_the_former_signatory_opens_nothing() -> None:
    agreement = agreements.with_vendor()
    old = letters.link_for(DEE)
    link = VendorLink.objects.select_related("agreement__case__tenant", "contact").get()
    dee = agreements.vendor_actor(agreement)
    assert agreement.current is not None
    agreement_commands.accept_text(agreement, by=dee, sha256=agreement.current.sha256)
    commands.open_signature_requests(agreement)

    commands.name_signatory(link, by=dee, name="Ravi Shah", title="Counsel", email=RAVI)
    drain()

    asked = Message.objects.filter(topic="please_sign_vendor").order_by("pk")
    assert [(m.to, m.status) for m in asked] == [(DEE, "withheld"), (RAVI, "done")]
    assert letters.link_for(RAVI) != old
    assert "ravi@quillwork.example" in letters.to("pat@juniper.example")[-1]
    closed, act = (
        SignatureRequest.objects.get(status="revoked"),
        agreements.act(agreement, dee.name),
    )
    with pytest.raises(Refused, match="Somebody else was named to sign meanwhile"):
        sign_document(closed, by=dee, act=act)


def test_the_signed_page_prints_the_districts_day_late_in_the_evening() -> None:
    """23:30 in Denver is the next day in UTC: the page, the mail and the term say today."""
    agreement = agreements.out_for_signature()
    row = agreements.turn(agreement, "vendor")
    late = datetime(2026, 3, 2, 23, 30, tzinfo=ZoneInfo("America/Denver"))
    Signature.objects.create(request=row, sha256="0" * 64, consented_at=late, signed_at=late)
    SignatureEvent.objects.create(request=row, kind="signed", at=late, typed_name="Dee Quill")

    facts = jobs._signer(jobs._turn(row.pk))

    said = appearance.lines(facts, sealed_at=late.astimezone(UTC), fingerprint="ab")
    assert "Signed electronically on March 2, 2026" in said
