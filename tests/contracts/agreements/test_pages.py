"""Pages of agreements: who may see what, what a refusal says, how many queries a list takes."""

from collections.abc import Callable
from datetime import date

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from contracts.agreements import commands, queries
from contracts.agreements.models import Agreement, CoveredTool, Review, ScheduledElement
from tests.factories import agreements, catalog, people, plainly
from vetting.people.models import Membership
from vetting.people.queries import actor_of, today_in
from workflows.actors import Role
from workflows.desk.queries import inbox
from workflows.ledger.models import Entry
from workflows.outbox.drain import drain
from workflows.outbox.models import Message

pytestmark = pytest.mark.django_db
SignIn = Callable[[Membership], Client]


@pytest.fixture
def as_(client: Client) -> SignIn:
    def sign_in(person: Membership) -> Client:
        client.force_login(person.user)
        return client

    return sign_in


def url(name: str, agreement: Agreement, *more: object) -> str:
    return reverse(f"agreements:{name}", args=[agreement.code, *more])


def today() -> date:
    return today_in(people.district())


def test_a_refused_button_says_why_and_writes_nothing(as_: SignIn) -> None:
    _, agreement = agreements.drafted()
    before = Entry.objects.count()

    page = as_(people.pat()).post(url("issue", agreement))

    assert page.status_code == 409
    for reason in (
        "Write the postal address of Ladder Labs: Exhibits, signers and terms.",
        "Write the postal address of the district: Settings, District.",
        "Exhibit A is empty: say which services the agreement covers.",
        "Exhibit F is empty: name the security framework the vendor works to.",
        "Name the vendor&#x27;s signatory, with an e-mail address.",
        "Name the district&#x27;s signatory.",
    ):
        assert reason in page.content.decode()
    assert Entry.objects.count() == before


def exhibits(agreement: Agreement, **changes: object) -> dict[str, object]:
    product = agreement.products.get()
    typed = {
        "services": "Reading Ladder, at home and at school",
        "frameworks": ["nist-csf"],
        "no_subprocessors": "on",
        "vendor_address": "2 Ladder Lane, Denver, CO 80200",
        "new_name": "Dee Vance",
        "new_title": "Privacy counsel",
        "new_email": "dee@ladder.example",
        "district_signer": agreements.signer().pk,
        "term_months": "24",
        "breach_notice_hours": "48",
        "destruction_days": "30",
        "audit_notice_days": "10",
        "seen": agreement.version,
        f"p{product.pk}-student-name": "1",
        f"p{product.pk}-student-name-why": "To greet the child",
        "confirm": "1",
    }
    return typed | changes


def test_the_exhibits_are_confirmed_in_one_form_with_a_new_signatory(as_: SignIn) -> None:
    agreements.district_with_letterhead()
    _, agreement = agreements.drafted()

    page = as_(people.pat()).post(url("exhibits", agreement), exhibits(agreement))

    assert page.status_code == 302
    kept = agreements.fresh(agreement)
    assert (kept.exhibit_services, kept.exhibit_security) == (
        "Reading Ladder, at home and at school",
        ["nist-csf"],
    )
    assert (kept.term_months, kept.breach_notice_hours, kept.exhibits_settled) == (24, 48, True)
    assert kept.vendor_signer is not None
    assert (kept.vendor_signer.email, kept.vendor_signer.signs) == ("dee@ladder.example", True)
    assert kept.vendor.address == "2 Ladder Lane, Denver, CO 80200"
    rows = ScheduledElement.objects.values_list("element__slug", "purpose")
    assert list(rows) == [("student-name", "To greet the child")]


def test_a_refused_form_keeps_what_was_typed(as_: SignIn) -> None:
    _, agreement = agreements.drafted()
    stale = exhibits(agreement, seen=agreement.version - 1, services="Typed with care")

    page = as_(people.pat()).post(url("exhibits", agreement), stale)

    assert page.status_code == 422
    shown = page.content.decode()
    assert "Somebody changed the agreement meanwhile." in shown
    assert "Typed with care" in shown
    assert "To greet the child" in shown
    assert agreements.fresh(agreement).exhibit_services == ""


def test_a_wrong_address_of_a_signatory_is_said_at_the_field(as_: SignIn) -> None:
    _, agreement = agreements.drafted()

    page = as_(people.pat()).post(
        url("exhibits", agreement), exhibits(agreement, new_email="dee at ladder")
    )

    assert page.status_code == 422
    assert "Write an e-mail address such as name@school.example." in page.content.decode()
    assert not agreement.vendor.contacts.exists()


def test_a_number_that_cannot_be_is_refused_in_plain_words(as_: SignIn) -> None:
    _, agreement = agreements.drafted()
    typed = exhibits(agreement, term_months="0", amount="a lot")
    page = as_(people.pat()).post(url("exhibits", agreement), typed).content.decode()
    assert "Write a number that is at least 1." in page
    assert "Write an amount in dollars, for example 1200." in page
    assert "Ensure this value" not in page


def test_counsel_saves_the_exhibits_but_does_not_confirm_them(as_: SignIn) -> None:
    _, agreement = agreements.drafted()
    counsel = as_(people.cora())

    assert b"Save and confirm" not in counsel.get(url("exhibits", agreement)).content
    page = counsel.post(url("exhibits", agreement), exhibits(agreement))
    assert page.status_code == 422
    assert "Only the privacy team confirms the exhibits." in page.content.decode()
    saved = exhibits(agreement)
    del saved["confirm"]
    assert counsel.post(url("exhibits", agreement), saved).status_code == 302
    assert agreements.fresh(agreement).exhibits_settled is False


def verdict(agreement: Agreement, role: str, **changes: object) -> dict[str, object]:
    assert agreement.current is not None
    plain = {"role": role, "verdict": "approved", "sha256": agreement.current.sha256}
    return plain | {"heard": queries.words_heard(agreement.current)} | changes


def test_both_roles_approve_the_fingerprint_on_the_page_and_counsel_sends(as_: SignIn) -> None:
    agreement = plainly.in_review()
    assert agreement.current is not None
    review = url("review", agreement)

    shown = as_(people.cora()).get(review).content.decode()
    assert agreement.current.pdf.name in shown
    assert agreement.current.sha256 in shown
    assert as_(people.cora()).post(review, verdict(agreement, "legal")).status_code == 302
    assert as_(people.pat()).post(review, verdict(agreement, "privacy")).status_code == 302
    assert as_(people.pat()).post(url("send", agreement)).status_code == 409
    assert as_(people.cora()).post(url("send", agreement)).status_code == 302

    assert agreements.fresh(agreement).state == "with_vendor"
    assert Message.objects.filter(topic="text_offered", to="dee@quillwork.example").count() == 1


def test_a_verdict_on_other_bytes_is_refused_and_the_comment_stays(as_: SignIn) -> None:
    agreement = plainly.in_review()
    typed = verdict(agreement, "legal", sha256="0" * 64, comment="Read to the last page")

    page = as_(people.cora()).post(url("review", agreement), typed)

    assert page.status_code == 409
    assert "The document changed since you opened it. Read it again." in page.content.decode()
    assert "Read to the last page" in page.content.decode()
    assert Review.objects.count() == 0


def test_changes_need_a_comment(as_: SignIn) -> None:
    agreement = plainly.in_review()

    page = as_(people.pat()).post(
        url("review", agreement), verdict(agreement, "privacy", verdict="changes")
    )

    assert page.status_code == 409
    assert "Say which changes are needed." in page.content.decode()


def test_a_download_carries_its_code_its_fingerprint_and_may_be_framed_here(as_: SignIn) -> None:
    agreement = agreements.in_review()
    assert agreement.current is not None
    pdf = url("file", agreement, 1, "pdf")

    saved = as_(people.gwen()).get(pdf)
    shown = as_(people.gwen()).get(pdf + "?inline")

    assert saved.headers["X-Content-SHA256"] == agreement.current.sha256
    name = f"Reading Ladder by Ladder Labs {agreement.code} v1.pdf"
    assert saved.headers["Content-Disposition"] == f'attachment; filename="{name}"'
    assert shown.headers["Content-Disposition"].startswith("inline; ")
    assert shown.headers["X-Frame-Options"] == "SAMEORIGIN"
    assert shown.headers["Content-Security-Policy"] == "frame-ancestors 'self'"
    assert shown.content.startswith(b"%PDF")
    word = as_(people.gwen()).get(url("file", agreement, 1, "document") + "?inline")
    assert word.headers["Content-Disposition"].startswith("attachment; ")
    assert as_(people.gwen()).get(url("file", agreement, 1, "signed")).status_code == 404
    assert as_(people.gwen()).get(url("file", agreement, 2, "pdf")).status_code == 404


def test_the_board_form_names_what_is_missing(as_: SignIn) -> None:
    agreement = plainly.with_vendor()

    page = as_(people.ada()).post(url("board", agreement), {"item": "", "acted_on": ""})

    assert page.status_code == 422
    assert "this is “With the vendor”" in page.content.decode()


def test_the_clerk_records_the_board_before_anybody_signs(as_: SignIn) -> None:
    agreements.signer().authorities.update(board_first=True)
    agreement = plainly.with_vendor()
    assert agreement.current is not None
    dee = agreements.vendor_actor(agreement)
    commands.accept_text(agreement, by=dee, sha256=agreement.current.sha256)
    clerk = people.person("Bea Clark", Role.BOARD_CLERK)

    home = as_(clerk).get("/").content.decode()
    assert "Record the board&#x27;s action: Reading Ladder by Ladder Labs" in home
    typed = {"item": "7.2 Consent agenda", "acted_on": "1999-01-01"}
    refused = as_(clerk).post(url("board", agreement), typed)
    assert refused.status_code == 422
    assert "The board cannot have acted on it before it was begun on" in refused.content.decode()
    assert agreements.fresh(agreement).state == "awaiting_board"
    typed["acted_on"] = today().isoformat()
    link = "https://board.example.org/" + "m" * 175
    refused = as_(clerk).post(url("board", agreement), typed | {"minutes": link})
    assert refused.status_code == 422
    assert "Write at most 200 characters: these are 201." in refused.text
    assert as_(clerk).post(url("board", agreement), typed).status_code == 302

    moved = agreements.fresh(agreement)
    assert (moved.state, moved.board_item) == ("out_for_signature", "7.2 Consent agenda")
    assert (moved.board_action_on, moved.board_minutes) == (today(), "")


def test_signing_is_the_turn_of_the_one_who_is_named_and_only_after_the_vendor() -> None:
    agreement = plainly.with_vendor()
    assert agreement.current is not None
    dee, gwen = agreements.vendor_actor(agreement), actor_of(people.gwen())
    other = actor_of(people.person("Hal Ito", Role.SIGNATORY))
    commands.accept_text(agreement, by=dee, sha256=agreement.current.sha256)
    drain()
    assert [inbox(gwen), inbox(other)] == [[], []]

    agreement.signature_requests.filter(slot="vendor").update(status="sealed")

    assert [work.title for work in inbox(gwen)] == ["Sign: Reading Ladder by Ladder Labs"]
    assert inbox(other) == []


def test_ending_it_early_asks_for_grounds_day_and_reason(as_: SignIn) -> None:
    agreement = plainly.executed()

    page = as_(people.cora()).post(url("terminate", agreement), {})

    assert page.status_code == 422
    for reason in (
        "Write a note that says why.",
        "Choose: after the notice that the contract asks for, or for cause.",
        "Give the last day of the agreement: today or a day before.",
    ):
        assert reason in page.content.decode()
    assert agreements.fresh(agreement).state == "in_force"


def test_what_ended_early_waits_for_nobody_and_counts_no_days(as_: SignIn) -> None:
    agreement = plainly.executed()
    lead = actor_of(people.ada())
    commands.terminate(agreement, by=lead, grounds="cause", ended_on=today(), note="It sold data.")

    page = as_(people.pat()).get(agreement.get_absolute_url()).content.decode()
    rows = as_(people.pat()).get(reverse("agreements:list"), {"view": "all"}).content.decode()

    assert "This waits for nobody" in page
    assert "Ended early, last day" in page
    assert "calendar days left" not in page
    assert "Renewal prepared" not in page
    assert agreement.title not in [work.title for work in inbox(actor_of(people.pat()))]
    assert "ended early" in rows


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_takes_at_most_twelve_queries(
    rows: int, as_: SignIn, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    _, first = agreements.drafted()
    for number in range(1, rows):
        agreements.another(first, f"Tool {number}")
    browser = as_(people.pat())

    with django_assert_max_num_queries(12):
        page = browser.get(reverse("agreements:list"))

    assert len(page.context["rows"]) == rows


@pytest.mark.parametrize("rows", [1, 3])
def test_the_page_costs_the_same_for_one_product_and_for_three(
    rows: int, as_: SignIn, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    agreement = plainly.with_vendor()
    for number in range(1, rows):
        other = agreements.another(agreement, f"Tool {number}").products.get()
        product = CoveredTool.objects.create(
            agreement=agreement, tool=other.tool, district=agreement.district
        )
        ScheduledElement.objects.create(
            product=product, element=catalog.elements()["student-email"]
        )
    browser = as_(people.cora())

    with django_assert_max_num_queries(12):
        page = browser.get(agreement.get_absolute_url())

    assert len(page.context["matrix"].products) == rows


def test_filters_stand_in_the_address(as_: SignIn) -> None:
    _, agreement = agreements.drafted()
    browser = as_(people.sol())

    def shown(query: str) -> list[str]:
        page = browser.get(reverse("agreements:list") + query)
        return [row.agreement.code for row in page.context["rows"]]

    mine = [agreement.code]
    assert shown("") == shown("?view=open") == shown("?q=ladder") == mine
    assert shown(f"?q={agreement.code}") == shown("?state=drafting") == mine
    assert shown("?view=live") == shown("?q=nothing") == shown("?state=with_vendor") == []
    assert shown("?view=nonsense&state=nonsense&page=9") == mine
    assert shown("?mine=1") == []


def test_the_request_shows_where_its_agreement_stands(as_: SignIn) -> None:
    request, agreement = agreements.drafted()

    for person, link in ((people.pat(), True), (people.ben(), False)):
        page = as_(person).get(request.get_absolute_url()).content.decode()
        assert "Preparing the DPA" in page
        assert (agreement.get_absolute_url() in page) is link


def test_a_covered_tool_says_so_before_anybody_asks(as_: SignIn) -> None:
    agreement = plainly.executed()
    district = agreement.district
    tool = agreement.products.get().tool_id

    said = queries.covered_tools(district, [tool], today_in(district))

    end = agreement.ends_on
    assert end is not None
    until = f"{end:%b} {end.day}, {end.year}"
    says = f"A data privacy agreement with the vendor is in effect until {until}."
    assert said == {tool: says}
    assert queries.covered_tools(people.district("mesa"), [tool], today_in(district)) == {}


def test_another_agreement_is_prepared_after_one_was_given_up(as_: SignIn) -> None:
    request, agreement = agreements.drafted()
    browser = as_(people.pat())
    again = reverse("agreements:draft", args=[request.code])

    assert browser.post(again).url == request.get_absolute_url()  # type: ignore[attr-defined]
    assert Agreement.objects.count() == 1
    browser.post(url("abandon", agreement), {"note": "The vendor was bought."})
    assert "Prepare another agreement" in browser.get(request.get_absolute_url()).content.decode()
    drain()
    request_page = browser.get(request.get_absolute_url()).content.decode()
    assert "Countersign noted that its agreement was given up." in request_page
    browser.post(again)

    assert [a.state for a in Agreement.objects.order_by("pk")] == ["abandoned", "drafting"]
    assert catalog.vendor("Ladder Labs").agreements.count() == 2
