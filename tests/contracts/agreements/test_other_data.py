"""What nobody foresaw has no word in the vocabulary: whoever asks for it names it, and every page
and the agreement itself say that name."""

import pytest
from django.test import Client
from django.urls import reverse

from contracts.agreements import commands as deals
from contracts.agreements import papermaking, queries
from contracts.agreements.models import Agreement, ScheduledElement
from contracts.signing.views.words import element_names
from tests.factories import agreements, people, plainly
from tests.factories import requests as make
from vetting.catalog.rules import element_words, named_parts, named_together
from vetting.people.queries import actor_of
from vetting.requests import commands
from vetting.requests.models import ToolRequest
from workflows.engine import Refused
from workflows.outbox.drain import drain

pytestmark = pytest.mark.django_db
NAMED = "Other data: locker number"


def asking(words: str = "locker number", **fields: object) -> ToolRequest:
    draft = make.draft(**fields)
    other = make.element("other")
    return commands.save_draft(
        draft,
        by=actor_of(draft.requesters.get(how="pressed").membership),
        fields={},
        elements={other.pk: "To find the locker"},
        other_data=words,
    )


def drafted(words: str = "locker number") -> tuple[ToolRequest, Agreement]:
    make.tool()
    request = commands.route(make.submit(asking(words)), path="contract", by=actor_of(people.sol()))
    drain()
    found = queries.agreement_of(request)
    assert found is not None
    return request, found


def test_names_stand_in_place_of_the_request_to_name() -> None:
    assert element_words("Other data (name it)", "") == "Other data (name it)"
    assert element_words("Other data (name it)", "locker number") == NAMED
    assert named_parts("Other data (name it)", "a; b;") == ["Other data: a", "Other data: b"]
    assert named_together("a; b", "b; c") == "a; b; c"


def test_it_is_not_sent_before_it_is_named() -> None:
    draft = asking(" ")
    with pytest.raises(Refused, match="Name the other data: the agreement prints what it is"):
        make.submit(draft)
    assert ToolRequest.objects.get(pk=draft.pk).state == "draft"


def test_the_form_keeps_it_and_every_page_of_the_request_says_it() -> None:
    draft, ben = asking(""), Client()
    ben.force_login(people.ben().user)
    typed = {"takes_student_data": "yes", "element_ids": [make.element("other").pk]}
    make.tool()
    ben.post(
        reverse("requests:edit", args=[draft.code, "data"]),
        typed | {"other_words": "locker  number"},
    )
    page = ben.get(f"/requests/{draft.code}/").text
    assert NAMED in page
    sol = Client()
    sol.force_login(people.sol().user)
    assert NAMED in sol.get(f"/requests/{draft.code}/triage/").text


def test_the_agreement_prints_it_and_the_vendor_reads_it() -> None:
    _, agreement = drafted()
    rows = papermaking.fields_of(agreement).schedule
    assert [row.element for row in rows if row.collected] == [NAMED]
    assert element_names(agreement) == [NAMED]
    pat = Client()
    pat.force_login(people.pat().user)
    assert "locker number: To find the locker" in pat.get(agreement.get_absolute_url()).text
    assert 'value="locker number"' in pat.get(f"{agreement.get_absolute_url()}exhibits/").text


def test_the_privacy_team_can_name_it_in_the_exhibits_and_must() -> None:
    _, agreement = drafted()
    product, dee = agreement.products.get(), None
    pat = actor_of(people.pat())

    def settle(name: str) -> Agreement:
        return deals.settle_exhibits(
            agreement, by=pat, services="Lockers", frameworks=["cis"], vendor_signer=dee,
            district_signer=agreements.signer(), settled=True,
            schedules={product.pk: {"other": "To find it"}}, other_data={product.pk: name},
        )  # fmt: skip

    settle("")
    with pytest.raises(Refused, match="Exhibit B: name the other data that Reading Ladder takes"):
        deals.issue_document(agreements.fresh(agreement), by=pat)
    settle("locker color")
    assert ScheduledElement.objects.get(product=product).words == "Other data: locker color"


def test_another_name_is_another_element_and_is_added_to_the_draft() -> None:
    request, agreement = drafted()
    ScheduledElement.objects.update(detail="bus seat")
    assert queries.data_beyond(request, agreement) == [NAMED]
    Agreement.objects.filter(pk=agreement.pk).update(exhibits_settled=True)
    deals.drafting._take_over_schedule(agreement, request)
    assert ScheduledElement.objects.get().detail == "bus seat; locker number"
    assert queries.data_beyond(request, agreement) == []


@pytest.mark.parametrize(
    ("held", "joins"), [("locker number", True), ("seat; locker number", True),
                        ("locker numbers", False), ("", False)],
)  # fmt: skip
def test_a_text_that_others_have_read_is_joined_only_where_it_has_that_name(
    held: str, joins: bool
) -> None:
    agreement, other = plainly.in_review(), make.element("other")
    request = queries.requests_served(agreement).get()
    request.schedule.update(element=other, detail="locker number")
    ScheduledElement.objects.update(element=other, detail=held)
    assert queries.may_be_joined(agreements.fresh(agreement), request) is joins
    assert (queries.data_beyond(request, agreement) == []) is joins


def test_a_reopened_request_keeps_the_name() -> None:
    ben = actor_of(people.ben())
    make.tool()
    old = commands.withdraw_request(make.submit(asking()), by=ben)
    assert commands.reopen_request(old, by=ben).schedule.get().words == NAMED
