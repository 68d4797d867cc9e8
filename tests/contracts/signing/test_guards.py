"""What stands against the moves around signatures, in exact sentences, and nothing written."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from contracts.agreements import commands
from contracts.agreements.models import Agreement
from contracts.signing import queries
from contracts.signing.commands import sign_document
from contracts.signing.models import Signature, SignatureEvent, SignatureRequest
from tests.factories import agreements, people
from vetting.people.models import SigningAuthority
from vetting.people.queries import actor_of
from workflows import engine
from workflows.actors import system
from workflows.engine import Refused
from workflows.ledger.models import Entry
from workflows.outbox.models import Message

pytestmark = pytest.mark.django_db


def written() -> tuple[int, ...]:
    kinds = (Entry, Message, Signature, SignatureEvent, SignatureRequest)
    return tuple(kind._default_manager.count() for kind in kinds)


def refused(agreement: Agreement, move: str, **said: Any) -> list[str]:
    """The reasons against a move, which must have written nothing at all."""
    before = written()
    with pytest.raises(Refused) as why:
        engine.perform(agreement, move, **said)
    assert written() == before
    assert agreements.fresh(agreement).version == agreement.version
    return why.value.reasons


def half_signed() -> Agreement:
    return agreements.vendor_signs(agreements.out_for_signature())


def countersigned() -> Agreement:
    """The district signed; its seal is still being made."""
    agreement = half_signed()
    gwen = actor_of(agreements.signer())
    turn = agreements.turn(agreement, "district")
    sign_document(turn, by=gwen, act=agreements.act(agreement, gwen.name))
    return agreements.fresh(agreement)


def test_what_both_signed_is_neither_recalled_nor_given_up_nor_refused() -> None:
    agreement = countersigned()
    cora, dee = actor_of(people.cora()), agreements.vendor_actor(agreement)

    both = ["Both parties have signed: it can only be ended, not taken back."]
    assert refused(agreement, "recall", by=cora, note="No.") == both
    assert refused(agreement, "refuse", by=dee, note="No.") == both
    assert refused(agreement, "abandon", by=cora, note="No.") == [
        "The district has countersigned: it can only be ended, not given up."
    ]


def test_what_one_party_signed_can_still_be_given_up() -> None:
    agreement = half_signed()

    moved = commands.abandon(agreement, by=actor_of(people.cora()), note="The vendor was sold.")

    assert moved.state == "abandoned"


def test_it_is_not_executed_before_both_signatures_are_sealed() -> None:
    given = {
        "executed_at": datetime(2026, 1, 2, tzinfo=UTC),
        "effective_from": date(2026, 1, 2),
        "ends_on": date(2029, 1, 1),
    }
    nobody = agreements.out_for_signature()
    assert refused(nobody, "execute", by=system("signing"), given=given) == [
        "The vendor has not signed these bytes yet.",
        "The district has not signed these bytes yet.",
    ]


def test_a_signature_without_its_seal_does_not_count() -> None:
    given = {
        "executed_at": datetime(2026, 1, 2, tzinfo=UTC),
        "effective_from": date(2026, 1, 2),
        "ends_on": date(2029, 1, 1),
    }
    assert refused(countersigned(), "execute", by=system("signing"), given=given) == [
        "The district has not signed these bytes yet."
    ]


NO_AUTHORITY = "Gwen Hart has no authority to sign this agreement: see the authority table."
BOARD_FIRST = (
    "The authority table asks the board to act before anybody signs: "
    "say so in the terms, then record its action."
)


@pytest.mark.parametrize(
    ("row", "reasons"),
    [
        ({}, []),
        ({"kind": "dpa"}, []),
        ({"kind": "amendment"}, [NO_AUTHORITY]),
        ({"amount_over": 1000}, []),
        ({"amount_over": 1001}, [NO_AUTHORITY]),
        ({"term_months_over": 36}, []),
        ({"term_months_over": 37}, [NO_AUTHORITY]),
        ({"delegated_on": "2026-03-02"}, []),
        ({"delegated_on": "2026-03-03"}, [NO_AUTHORITY]),
        ({"board_first": True}, [BOARD_FIRST]),
        ({"board_first": True, "amount_over": 1001}, [NO_AUTHORITY]),
    ],
)
def test_the_authority_table_by_kind_amount_term_day_and_board(
    row: dict[str, Any], reasons: list[str]
) -> None:
    agreement = agreements.settled()
    commands.settle_exhibits(
        agreement,
        by=actor_of(people.pat()),
        services="Reading",
        frameworks=["nist-csf"],
        vendor_signer=agreement.vendor_signer,
        district_signer=agreement.district_signer,
        terms={"amount": 1000, "term_months": 36},
    )
    gwen = agreements.signer()
    gwen.authorities.all().delete()
    SigningAuthority.objects.create(
        district=gwen.district, membership=gwen, **{"delegated_on": "2020-01-01"} | row
    )
    # 11 in the evening of March 2 in Denver, already March 3 in UTC: the district's day counts.
    late = datetime(2026, 3, 3, 6, 0, tzinfo=UTC)

    assert queries.reasons_without_authority(agreements.fresh(agreement), late) == reasons


def test_whoever_signs_small_contracts_does_not_sign_a_large_one() -> None:
    agreement = agreements.settled()
    Agreement.objects.filter(pk=agreement.pk).update(amount=2_000_000)
    gwen = agreements.signer()
    SigningAuthority.objects.create(
        district=gwen.district,
        membership=people.ada(),
        amount_over=50_000,
        delegated_on="2020-01-01",
    )
    before = written()

    with pytest.raises(Refused) as why:
        commands.issue_document(agreements.fresh(agreement), by=actor_of(people.pat()))

    assert why.value.reasons == [NO_AUTHORITY]
    assert written() == before


def test_an_amount_is_asked_where_the_table_depends_on_it() -> None:
    agreement = agreements.settled()
    assert agreement.amount is None
    SigningAuthority.objects.create(
        district=people.district(),
        membership=people.ada(),
        amount_over=50_000,
        delegated_on="2020-01-01",
    )

    with pytest.raises(Refused) as why:
        commands.issue_document(agreement, by=actor_of(people.pat()))

    assert why.value.reasons == [
        "Write the amount (0 where it costs nothing): who may sign depends on it."
    ]


def test_the_document_is_not_written_for_a_signatory_without_authority() -> None:
    agreement = agreements.settled()
    agreements.signer().authorities.all().delete()
    before = written()

    with pytest.raises(Refused) as why:
        commands.issue_document(agreement, by=actor_of(people.pat()))

    assert why.value.reasons == [NO_AUTHORITY]
    assert written() == before


def test_anothers_row_that_asks_for_the_board_binds_every_signatory() -> None:
    agreement = agreements.settled()
    gwen = agreements.signer()
    SigningAuthority.objects.create(
        district=gwen.district,
        membership=people.ada(),
        delegated_on="2020-01-01",
        board_first=True,
    )

    with pytest.raises(Refused) as why:
        commands.issue_document(agreement, by=actor_of(people.pat()))

    assert why.value.reasons == [BOARD_FIRST]


def test_authority_lost_before_signing_is_read_before_signing() -> None:
    agreement = half_signed()
    gwen = agreements.signer()
    gwen.authorities.all().delete()
    before = written()

    with pytest.raises(Refused) as why:
        sign_document(
            agreements.turn(agreement, "district"),
            by=actor_of(gwen),
            act=agreements.act(agreement, "Gwen Hart"),
        )

    assert why.value.reasons == [NO_AUTHORITY]
    assert written() == before


def test_authority_lost_after_signing_takes_nothing_back() -> None:
    agreement = countersigned()
    agreements.signer().authorities.all().delete()

    from workflows.outbox.drain import drain

    drain()

    assert agreements.fresh(agreement).state == "in_force"
    given = Signature.objects.get(request__slot="district")
    assert given.authority.startswith("authority:")


def test_a_signatory_who_lost_the_role_does_not_sign() -> None:
    agreement = half_signed()
    gwen = agreements.signer()
    gwen.grants.all().delete()
    before = written()

    with pytest.raises(Refused) as why:
        sign_document(
            agreements.turn(agreement, "district"),
            by=actor_of(gwen),
            act=agreements.act(agreement, "Gwen Hart"),
        )

    assert why.value.reasons == [
        "You are named to sign, but you no longer hold the role of signatory."
    ]
    assert written() == before


def test_another_person_of_the_district_does_not_sign() -> None:
    agreement = half_signed()
    before = written()

    with pytest.raises(Refused) as why:
        sign_document(
            agreements.turn(agreement, "district"),
            by=actor_of(people.cora()),
            act=agreements.act(agreement, "Cora Lind"),
        )

    assert why.value.reasons == ["Only the person named as signatory can sign here."]
    assert written() == before
