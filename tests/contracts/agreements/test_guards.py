"""Every guard of an agreement refuses with its own sentence, and nothing is written."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone

from contracts.agreements import commands, rules
from contracts.agreements.models import (
    Agreement,
    AgreementVersion,
    CoveredTool,
    ScheduledElement,
)
from contracts.library.models import AgreementTemplate
from contracts.library.rules import MAY_BE_UNUSED, DpaFields, schema_of
from tests.factories import agreements, people, plainly
from vetting.catalog.models import Contact
from vetting.people.models import District, Membership, SigningAuthority
from vetting.people.queries import actor_of
from vetting.requests import commands as asking
from vetting.requests.models import ToolRequest
from workflows import engine
from workflows.engine import Refused
from workflows.ledger.models import Entry
from workflows.outbox.models import Message

pytestmark = pytest.mark.django_db
Break = Callable[[Agreement], object]


def refused(act: Callable[[], object]) -> list[str]:
    """Why not; and that nothing was written, neither a row nor a mail."""
    before = (Entry.objects.count(), Message.objects.count(), AgreementVersion.objects.count())
    with pytest.raises(Refused) as answer:
        act()
    after = (Entry.objects.count(), Message.objects.count(), AgreementVersion.objects.count())
    assert after == before
    return answer.value.reasons


def update(**fields: object) -> Break:
    return lambda agreement: Agreement.objects.filter(pk=agreement.pk).update(**fields)


def forget_address(agreement: Agreement) -> None:
    agreement.vendor.address = ""
    agreement.vendor.save()


def people_less(**fields: str) -> Break:
    return lambda _: District.objects.update(**fields)


DISTRICT = {
    "name": "Write the legal name of the district: Settings, District.",
    "address": "Write the postal address of the district: Settings, District.",
    "contact_name": "Say who receives the vendor's notices: Settings, District.",
    "contact_email": "Give the e-mail address for the vendor's notices: Settings, District.",
    "contact_phone": "Give the telephone for the vendor's notices: Settings, District.",
}
TO_ISSUE: list[tuple[Break, str]] = [
    (
        lambda _: AgreementTemplate.objects.update(active=False),
        "No template of this kind is in use: whoever runs this installation loads it.",
    ),
    (
        forget_address,
        "Write the postal address of Ladder Labs: Exhibits, signers and terms.",
    ),
    *((people_less(**{name: ""}), sentence) for name, sentence in DISTRICT.items()),
    (
        lambda _: Membership.objects.update(title=""),
        "Write the position of Gwen Hart: Settings, People and roles.",
    ),
    (
        lambda _: Contact.objects.update(title=""),
        "Write the title of Dee Vance: Exhibits, signers and terms, under Signers.",
    ),
    (
        lambda _: ScheduledElement.objects.update(purpose=""),
        "Say what each ticked data element is for: Exhibits, signers and terms, Exhibit B.",
    ),
    (
        update(breach_notice_hours=0),
        "Say within how many hours a breach is reported: Exhibits, signers and terms.",
    ),
    (
        update(destruction_days=0),
        "Say within how many calendar days data is destroyed: Exhibits, signers and terms.",
    ),
    (
        update(audit_notice_days=0),
        "Say how many business days before an audit notice is given: Exhibits, signers and terms.",
    ),
    (
        update(exhibit_services=" "),
        "Exhibit A is empty: say which services the agreement covers.",
    ),
    (
        update(exhibit_security=[]),
        "Exhibit F is empty: name the security framework the vendor works to.",
    ),
    (
        update(exhibits_settled=False),
        "The privacy team has not confirmed Exhibits A, B and F yet.",
    ),
    (
        lambda agreement: agreement.products.get().schedule.all().delete(),
        "Exhibit B is empty: the schedule of data names no data element.",
    ),
    (update(vendor_signer=None), "Name the vendor's signatory, with an e-mail address."),
    (update(district_signer=None), "Name the district's signatory."),
    (
        lambda _: SigningAuthority.objects.all().delete(),
        "Gwen Hart has no authority to sign this agreement: see the authority table.",
    ),
]


@pytest.mark.parametrize(("spoil", "sentence"), TO_ISSUE)
def test_the_document_is_not_written_before_everything_stands(spoil: Break, sentence: str) -> None:
    agreement = agreements.settled()
    spoil(agreement)
    fresh, pat = agreements.fresh(agreement), actor_of(people.pat())

    reasons = refused(lambda: commands.issue_document(fresh, by=pat))

    assert sentence in reasons
    assert agreements.fresh(agreement).state == "drafting"


# Without a signatory or a service another guard speaks already, in its own words.
SAID_BY_OTHERS = {"district.signer.name", "vendor.signer.name", "services"}
# The contract never relies on these, and they may be unknown: the cell stays empty.
MAY_BE_EMPTY = {"vendor.contact_phone", "products[].website", "subprocessors[].place"}
# Made by us, or chosen from our own lists.
NEVER_EMPTY = {
    *("title", "code", "jurisdiction", "state_name", "offer.made", "products[].description"),
    *("schedule[].category", "schedule[].element", "schedule[].collected", "schedule[].need"),
    *("security.frameworks[].name", "security.frameworks[].followed"),
    *("subprocessors[].name", "subprocessors[].service"),
}


def test_every_field_the_document_prints_is_asked_for_or_cannot_be_empty() -> None:
    known = (set(rules.NEEDED), SAID_BY_OTHERS, MAY_BE_EMPTY, NEVER_EMPTY)
    printed = schema_of(DpaFields)
    asked = set[str]().union(*known)
    assert sum(map(len, known)) == len(asked)
    assert printed - asked == MAY_BE_UNUSED & printed - asked
    assert asked - printed == set()


def test_what_hangs_on_a_signatory_is_asked_for_once_there_is_one() -> None:
    empty = ["vendor.signer.title", "vendor.contact_name", "district.signer.title"]
    names = {"vendor": "Ladder Labs", "vendor_signer": "", "district_signer": ""}
    assert rules.reasons_not_complete(empty, **names) == []
    named = names | {"vendor_signer": "Dee Vance", "district_signer": "Gwen Hart"}
    assert len(rules.reasons_not_complete(empty, **named)) == 3


def test_what_a_request_asks_for_must_be_in_the_schedule() -> None:
    agreement = agreements.settled()
    pat, product = actor_of(people.pat()), agreement.products.get()
    commands.set_schedule(agreement, by=pat, product=product, elements={"student-email": "Login"})

    reasons = refused(lambda: commands.issue_document(agreements.fresh(agreement), by=pat))

    assert reasons == [
        "The privacy team has not confirmed Exhibits A, B and F yet.",
        "Reading Ladder: “Student name (first and last)” is requested but is not in the schedule "
        "of data.",
    ]


def test_only_the_privacy_team_and_legal_write_it() -> None:
    agreement = agreements.settled()

    assert refused(lambda: commands.issue_document(agreement, by=actor_of(people.sol()))) == [
        "Writing the document is for the privacy team or legal."
    ]
    assert refused(
        lambda: commands.set_schedule(
            agreement, by=actor_of(people.ben()), product=agreement.products.get(), elements={}
        )
    ) == ["The exhibits are written by the privacy team or legal."]
    assert refused(
        lambda: commands.set_schedule(
            agreement, by=actor_of(people.eve()), product=agreement.products.get(), elements={}
        )
    ) == ["There is nothing here for you."]


def test_a_file_cannot_bring_strangers_into_an_agreement() -> None:
    agreement = agreements.settled()
    eve = people.eve()

    reasons = refused(
        lambda: commands.settle_exhibits(
            agreement,
            by=actor_of(people.pat()),
            services="x",
            frameworks=["iso-9999"],
            vendor_signer=agreement.vendor_signer,
            district_signer=eve,
        )
    )

    assert reasons == [
        "Unknown security framework: iso-9999.",
        "Choose people of your own district.",
    ]


def test_nobody_writes_exhibits_of_a_text_that_is_out() -> None:
    agreement = plainly.in_review()
    pat, product = actor_of(people.pat()), agreement.products.get()

    reasons = refused(
        lambda: commands.set_schedule(agreement, by=pat, product=product, elements={})
    )

    assert reasons == ["This is “Legal review”: take the document back to change it first."]
    assert product.schedule.count() == 1


def test_sending_needs_both_approvals_of_these_bytes() -> None:
    agreement, cora = plainly.in_review(), actor_of(people.cora())

    assert refused(lambda: engine.perform(agreement, "send", by=cora)) == [
        "The document still needs the approval of legal.",
        "The document still needs the approval of the privacy team.",
    ]


def test_accepting_names_the_bytes_that_were_read() -> None:
    agreement = plainly.with_vendor()
    dee = agreements.vendor_actor(agreement)

    assert refused(lambda: commands.accept_text(agreement, by=dee, sha256="")) == [
        "The document changed since you opened it. Read it again, then accept."
    ]


def test_it_does_not_end_before_its_last_day_is_over() -> None:
    agreement = plainly.executed()

    assert refused(lambda: commands.end_agreement(agreement)) == ["The term has not ended yet."]
    assert CoveredTool.objects.filter(live=True).exists()


def test_a_start_that_lies_ahead_is_waited_for() -> None:
    offered = plainly.with_vendor()
    ahead = timezone.localdate() + timedelta(days=9)
    Agreement.objects.filter(pk=offered.pk).update(effective_from=ahead)
    agreement = plainly.executed(agreements.fresh(offered))

    assert refused(lambda: commands.start_agreement(agreement)) == [
        "The agreement does not start yet."
    ]


def test_an_early_end_needs_grounds_a_day_and_a_note() -> None:
    agreement, cora = plainly.executed(), actor_of(people.cora())
    tomorrow = timezone.localdate() + timedelta(days=2)

    assert refused(
        lambda: commands.terminate(agreement, by=cora, grounds="", ended_on=tomorrow, note="")
    ) == [
        "Write a note that says why.",
        "Choose: after the notice that the contract asks for, or for cause.",
        "Give the last day of the agreement: today or a day before.",
    ]
    assert CoveredTool.objects.filter(live=True).exists()


def test_nobody_but_the_clock_ends_a_term() -> None:
    executed, ada = plainly.executed(), actor_of(people.ada())

    assert refused(lambda: engine.perform(executed, "expire", by=ada)) == [
        "“Ends” is for: Countersign."
    ]


def test_a_request_is_covered_only_for_the_data_in_the_schedule() -> None:
    agreement = plainly.executed()
    request = ToolRequest.objects.get(served_by__agreement=agreement)
    agreement.products.get().schedule.all().delete()
    pat = actor_of(people.pat())
    asking.reroute_request(request, by=pat, note="Covered already?")

    assert refused(lambda: asking.route(request, path="covered", by=pat)) == [
        "Reading Ladder: “Student name (first and last)” is requested but is not in the schedule "
        "of data."
    ]


def test_a_request_is_not_ready_while_its_agreement_is_not_in_effect() -> None:
    request, _ = agreements.drafted()
    pat = actor_of(people.pat())
    asking.reroute_request(request, by=pat, note="Covered already?")

    assert refused(lambda: asking.route(request, path="covered", by=pat)) == [
        "No agreement for this tool is in effect."
    ]
