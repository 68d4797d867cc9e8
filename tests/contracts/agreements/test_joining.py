"""Several requests on one draft: what they ask for, and what the privacy team confirmed."""

from collections.abc import Callable

import pytest
from django.test import Client

from contracts.agreements import commands, papermaking, queries
from contracts.agreements.models import Agreement, ScheduledElement, ServedRequest
from tests.factories import agreements, people, plainly, requests, screening
from vetting.people.queries import actor_of
from vetting.requests.commands import decide_approve, route
from vetting.requests.models import RequestedElement, ToolRequest
from workflows import engine
from workflows.actors import system
from workflows.engine import Refused
from workflows.ledger.models import Entry
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


def fresh(request: ToolRequest) -> ToolRequest:
    return ToolRequest.objects.select_related("case__tenant").get(pk=request.pk)
