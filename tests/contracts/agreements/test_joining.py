"""Several requests on one draft: what they ask for, and what the privacy team confirmed."""

from collections.abc import Callable

import pytest
from django.test import Client

from contracts.agreements import commands, papermaking, queries
from contracts.agreements.models import Agreement, ScheduledElement, ServedRequest
from tests.factories import agreements, people, plainly, requests, screening
from vetting.people.queries import actor_of
from vetting.requests.commands import decide_approve, route, submit_request
from vetting.requests.models import RequestedElement, ToolRequest
from workflows import engine
from workflows.actors import system
from workflows.engine import Refused
from workflows.ledger.models import Entry
from workflows.ledger.queries import history_of
from workflows.outbox.drain import drain
from workflows.product import Pair, may_be_joined

pytestmark = pytest.mark.django_db
CONTRACTS = system("contracts")


def the_request_of(agreement: Agreement) -> ToolRequest:
    return queries.requests_served(agreement).get()


def asking_for(*slugs: str) -> ToolRequest:
    """Ben asks for the same tool again, with these data elements."""
    draft = requests.draft()
    draft.schedule.all().delete()
    for slug in slugs:
        RequestedElement.objects.create(request=draft, element=requests.element(slug))
    return route(requests.submit(draft), path="contract", by=actor_of(people.sol()))


def names(agreement: Agreement) -> set[str]:
    rows = ScheduledElement.objects.filter(product__agreement=agreement)
    return set(rows.values_list("element__slug", flat=True))


def test_a_draft_that_grows_is_confirmed_again() -> None:
    agreement = agreements.settled()
    assert agreement.exhibits_settled
    engine.perform(the_request_of(agreement), "withdraw", by=actor_of(people.ben()))

    commands.draft_agreement(asking_for("student-name", "conduct"), by=CONTRACTS)

    agreement = agreements.fresh(agreement)
    assert "conduct" in names(agreement)
    assert not agreement.exhibits_settled
    attached = Entry.objects.filter(name="request_attached").latest("pk")
    assert attached.facts["elements"] == 1


def test_a_request_that_asks_for_nothing_new_leaves_the_confirmation() -> None:
    agreement = agreements.settled()
    before = names(agreement)
    engine.perform(the_request_of(agreement), "withdraw", by=actor_of(people.ben()))

    commands.draft_agreement(asking_for(*before), by=CONTRACTS)

    agreement = agreements.fresh(agreement)
    assert (names(agreement), agreement.exhibits_settled) == (before, True)


def test_what_a_declined_request_wanted_is_wanted_no_more() -> None:
    agreement = agreements.settled()
    first = the_request_of(agreement)
    assert queries.wanted_elements(agreement) != []
    engine.perform(first, "withdraw", by=actor_of(people.ben()))
    assert queries.wanted_elements(agreement) == []


def test_exhibit_a_says_what_the_open_requests_want_it_for() -> None:
    agreement = agreements.settled()
    first = the_request_of(agreement)
    (product,) = papermaking.fields_of(agreement).products
    assert product.description == f"{first.purpose.rstrip('.')}."
    assert product.description != product.name

    engine.perform(first, "withdraw", by=actor_of(people.ben()))
    second = asking_for("student-name")
    ToolRequest.objects.filter(pk=second.pk).update(purpose="Reading aloud at home")
    commands.draft_agreement(second, by=CONTRACTS)
    (product,) = papermaking.fields_of(agreement).products
    assert product.description == "Reading aloud at home."

    engine.perform(fresh(second), "withdraw", by=actor_of(people.ben()))
    (product,) = papermaking.fields_of(agreement).products
    assert product.description == "The services named in this exhibit."


def next_asks_for_more(agreement: Agreement) -> ToolRequest:
    """The first request goes; the next one for the same tool asks for one element more."""
    engine.perform(the_request_of(agreement), "withdraw", by=actor_of(people.ben()))
    second = asking_for("student-name", "conduct")
    drain()
    return fresh(second)


def test_a_text_that_others_read_is_not_joined_by_who_asks_for_more() -> None:
    agreement = plainly.with_vendor()
    second = next_asks_for_more(agreement)
    own = queries.agreement_of(second)
    assert own is not None
    assert (own.pk == agreement.pk, own.state) == (False, "drafting")
    assert names(own) == {"student-name", "conduct"}
    assert not agreement.serves.filter(request=second).exists()


def test_a_text_that_holds_all_that_is_asked_for_is_joined() -> None:
    agreement = plainly.with_vendor()
    engine.perform(the_request_of(agreement), "withdraw", by=actor_of(people.ben()))
    second = asking_for("student-name")
    drain()
    assert queries.agreement_of(second) == agreement
    assert queries.is_served(second)


def test_who_waits_with_data_beyond_the_text_waits_on_and_gets_another_draft() -> None:
    """Tied to a text of other data, as an older release left it: it is no basis, and a way leads
    on."""
    agreement = plainly.with_vendor()
    second = next_asks_for_more(agreement)
    own = queries.agreement_of(second)
    assert own is not None
    commands.abandon(own, by=actor_of(people.cora()), note="By mistake.")
    ServedRequest.objects.create(agreement=agreement, request=second)
    second = screening.concluded(second)
    plainly.executed(agreements.fresh(agreement))
    drain()
    assert (agreements.fresh(agreement).state, fresh(second).state) == (
        "in_force",
        "awaiting_agreement",
    )
    assert not queries.is_served(second)
    another = commands.draft_another(second, by=actor_of(people.cora()))
    assert names(another) == {"student-name", "conduct"}


def test_a_full_approval_beyond_the_agreement_is_refused_with_what_it_lacks() -> None:
    agreement = plainly.executed()
    request = screening.concluded(the_request_of(agreement))
    drain()
    assert fresh(request).state == "deciding"
    agreement.products.get().schedule.all().delete()
    reason = (
        "The agreement in effect for this tool does not hold “Student name (first and last)”. "
        "Approve it without this data, or choose another path: a DPA of its own can then ask for "
        "it. An approval with an end date (pilot, one class, provisional, continuity) is possible."
    )
    with pytest.raises(Refused) as refused:
        decide_approve(fresh(request), approval=requests.approval(), by=actor_of(people.ada()))
    assert refused.value.reasons == [reason]
    client = Client()
    client.force_login(people.ada().user)
    assert reason in client.get(f"/requests/{request.code}/decide/").text


@pytest.mark.parametrize("asked", [("student-name",), ("student-name", "conduct")])
@pytest.mark.parametrize("make", [agreements.settled, plainly.with_vendor, plainly.executed])
def test_the_model_joins_where_the_product_joins(
    make: Callable[[], Agreement], asked: tuple[str, ...]
) -> None:
    agreement = make()
    engine.perform(the_request_of(agreement), "withdraw", by=actor_of(people.ben()))
    pair = Pair("triage", agreement.state, covers=len(asked) == 1)
    assert queries.may_be_joined(agreement, asking_for(*asked)) == may_be_joined(pair)


def joined_by_sol(*slugs: str) -> None:
    """Sol joins the open request with these data elements, and what follows runs."""
    sol = people.sol()
    draft = requests.draft(by=sol)
    draft.schedule.all().delete()
    for slug in slugs:
        RequestedElement.objects.create(request=draft, element=requests.element(slug))
    assert submit_request(draft, by=actor_of(sol)).joined
    drain()


def test_a_draft_takes_up_what_a_joiner_brought_and_is_confirmed_again() -> None:
    agreement = agreements.settled()
    first = the_request_of(agreement)
    joined_by_sol("student-name", "conduct")
    agreement = agreements.fresh(agreement)
    assert names(agreement) == {"student-name", "conduct"}
    assert (agreement.exhibits_settled, agreement.state) == (False, "drafting")
    assert list(queries.agreements_serving(first.pk)) == [agreement]
    attached = Entry.objects.filter(case_id=agreement.pk, name="request_attached")
    again = {"request": first.code, "elements": 1, "again": True}
    assert attached.latest("pk").facts == again
    assert "Countersign took up the data that came along to its request" in [
        line.sentence for line in history_of(agreement)
    ]
    before = Entry.objects.count()
    commands.draft_agreement(first, by=CONTRACTS)
    assert Entry.objects.count() == before


def test_a_draft_that_holds_what_a_joiner_brought_stays_as_it_is() -> None:
    agreement = agreements.settled()
    ScheduledElement.objects.create(
        product=agreement.products.get(), element=requests.element("conduct")
    )
    joined_by_sol("student-name", "conduct")
    assert agreements.fresh(agreement).exhibits_settled
    assert Entry.objects.filter(name="request_attached").count() == 1


@pytest.mark.parametrize("make", [plainly.in_review, plainly.with_vendor, plainly.executed])
def test_a_request_that_waits_on_a_written_text_gets_a_draft_of_all_that_is_asked_for_now(
    make: Callable[[], Agreement],
) -> None:
    """The model's covers: what goes beyond a text that others have read has a draft of its own."""
    agreement = make()
    first = the_request_of(agreement)
    assert fresh(first).state == "screening"
    joined_by_sol("student-name", "conduct")
    own = queries.agreement_of(first)
    assert own is not None
    assert (own == agreement, own.state) == (False, "drafting")
    assert names(own) == {"student-name", "conduct"}
    assert names(agreement) == {"student-name"}
    assert queries.is_served(first)
    assert agreements.fresh(agreement).state == agreement.state


def test_who_waits_for_a_text_that_already_holds_what_came_along_waits_for_it_still() -> None:
    agreement = plainly.with_vendor()
    first = screening.concluded(the_request_of(agreement))
    ScheduledElement.objects.create(
        product=agreement.products.get(), element=requests.element("conduct")
    )
    joined_by_sol("student-name", "conduct")
    assert list(queries.agreements_serving(first.pk)) == [agreement]
    plainly.executed(agreements.fresh(agreement))
    drain()
    assert fresh(first).state == "deciding"


def test_a_decision_on_a_text_without_the_data_that_came_along_is_refused() -> None:
    agreement = plainly.executed()
    first = screening.concluded(the_request_of(agreement))
    drain()
    joined_by_sol("student-name", "conduct")
    assert (fresh(first).state, Agreement.objects.count()) == ("deciding", 1)
    with pytest.raises(Refused, match="does not hold “") as refused:
        decide_approve(fresh(first), approval=requests.approval(), by=actor_of(people.ada()))
    assert requests.element("conduct").name in refused.value.reasons[0]


def fresh(request: ToolRequest) -> ToolRequest:
    return ToolRequest.objects.select_related("case__tenant").get(pk=request.pk)
