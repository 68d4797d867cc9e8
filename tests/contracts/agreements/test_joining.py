"""Several requests on one draft: what they ask for, and what the privacy team confirmed."""

import pytest

from contracts.agreements import commands, papermaking, queries
from contracts.agreements.models import Agreement, ScheduledElement
from tests.factories import agreements, people, requests
from vetting.people.queries import actor_of
from vetting.requests.commands import route
from vetting.requests.models import RequestedElement, ToolRequest
from workflows import engine
from workflows.actors import system
from workflows.ledger.models import Entry

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


def fresh(request: ToolRequest) -> ToolRequest:
    return ToolRequest.objects.select_related("case__tenant").get(pk=request.pk)
