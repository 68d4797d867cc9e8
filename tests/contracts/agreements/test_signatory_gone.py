"""A signatory who cannot sign any more is not waited for, and nothing goes out in their name."""

import pytest

from contracts.agreements import commands
from contracts.agreements.models import Agreement
from contracts.signing.commands.turns import call
from tests.factories import agreements, people, plainly
from vetting.people.commands import deactivate, remove_signing_authority, revoke_role
from vetting.people.queries import actor_of
from workflows.actors import Role
from workflows.engine import Refused
from workflows.outbox.drain import drain
from workflows.outbox.models import Message
from workflows.providers import recipients

pytestmark = pytest.mark.django_db
GONE = "Gwen Hart cannot sign for the district any more: name another signatory in the exhibits."
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
    named = "Gwen Hart has no authority to sign this agreement: see the authority table."
    assert set(refused.value.reasons) <= {GONE, named}
    assert refused.value.reasons[0] == (named if lost == "authority" else GONE)
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
