"""What nobody foresaw has no word in the vocabulary: whoever asks for it names it, and every page
and the agreement itself say that name."""

import pytest
from django.test import Client
from django.urls import reverse

from contracts.agreements import commands as deals
from contracts.agreements import papermaking, queries, rules
from contracts.agreements.models import Agreement, ScheduledElement
from contracts.signing.views.words import element_names
from tests.factories import agreements, people, plainly, screening
from tests.factories import requests as make
from vetting.catalog.rules import element_words, named_parts, named_together, names_more
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
    assert named_parts("Other data (name it)", "a;A ; b") == ["Other data: a", "Other data: b"]
    assert named_together("a; b", "B ;c") == "a; b; c"


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
    ("asked", "held", "beyond"),
    [
        ("locker number", "locker number", []),
        ("locker number", "seat; locker number", []),
        ("locker number", "Locker  Number", []),
        ("LOCKER NUMBER", "seat;locker number", []),
        ("seat;locker number", "Locker number ; SEAT", []),
        ("Straße", "STRASSE", []),
        ("locker number", "locker numbers", [NAMED]),
        ("locker number; seat", "locker number", ["Other data: seat"]),
        ("locker number", "", [NAMED]),
    ],
)
def test_a_text_that_others_have_read_is_joined_only_where_it_has_that_name(
    asked: str, held: str, beyond: list[str]
) -> None:
    """Neither order nor blanks nor letter case part two names, on any database and in any guard."""
    agreement, other = plainly.in_review(), make.element("other")
    request = queries.requests_served(agreement).get()
    request.schedule.update(element=other, detail=asked)
    ScheduledElement.objects.update(element=other, detail=held)
    agreement = agreements.fresh(agreement)
    assert queries.data_beyond(request, agreement) == beyond
    assert queries.may_be_joined(agreement, request) is (not beyond)
    assert queries.is_served(request) is (not beyond)
    assert rules.schedule_gaps(
        queries.wanted_elements(agreement), queries.scheduled_elements(agreement)
    ) == [
        f"Reading Ladder: “{name}” is requested but is not in the schedule of data."
        for name in beyond
    ]
    assert names_more(held, asked) is bool(beyond)


def test_a_request_tied_to_a_text_that_spells_it_otherwise_comes_to_its_decision() -> None:
    """Once it was tied to it and, when it came into effect, told that it does not hold its data."""
    agreement, other = plainly.with_vendor(), make.element("other")
    ScheduledElement.objects.create(
        product=agreement.products.get(), element=other, purpose="x", detail="Seat;Locker Number"
    )
    first = queries.requests_served(agreement).get()
    commands.withdraw_request(first, by=actor_of(people.ben()))
    second = make.submit(asking("locker number; seat"))
    second = commands.route(second, path="contract", by=actor_of(people.sol()))
    drain()
    assert list(queries.agreements_serving(second.pk)) == [agreement]
    second = screening.concluded(second)
    plainly.executed(agreements.fresh(agreement))
    drain()
    assert ToolRequest.objects.get(pk=second.pk).state == "deciding"


def test_names_of_several_requests_are_kept_whole_in_the_draft() -> None:
    """Cut to the length of one, the draft could never be sent: a name would be missing."""
    long = "; ".join(f"thing {number} of the first request" for number in range(6))
    request, agreement = drafted("; ".join(f"object {number} of the second" for number in range(7)))
    ScheduledElement.objects.update(detail=long)
    assert deals.drafting._take_over_schedule(agreement, request) == 1
    assert queries.data_beyond(request, agreement) == []
    assert deals.drafting._take_over_schedule(agreement, request) == 0
    held = ScheduledElement.objects.get().detail
    assert (len(held), held.count(";")) == (346, 12)


def test_a_reopened_request_keeps_the_name() -> None:
    ben = actor_of(people.ben())
    make.tool()
    old = commands.withdraw_request(make.submit(asking()), by=ben)
    assert commands.reopen_request(old, by=ben).schedule.get().words == NAMED
