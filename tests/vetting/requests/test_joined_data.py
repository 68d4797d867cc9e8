"""Who joins brings data along: nothing that was confirmed, proposed or said for less data stays."""

import pytest
from django.test import Client
from django.urls import reverse

from tests.factories import people
from tests.factories import requests as make
from vetting.people.models import Membership
from vetting.people.queries import actor_of
from vetting.policy.models import Evaluated
from vetting.requests import commands
from vetting.requests.models import RequestedElement, ToolRequest
from workflows.actors import Role
from workflows.engine import Refused
from workflows.ledger.models import Entry
from workflows.ledger.queries import history_of
from workflows.outbox.models import Message

pytestmark = pytest.mark.django_db
NAME = "Student name (first and last)"


def nia() -> Membership:
    return people.person("Nia Fox", Role.REQUESTER, school=people.school("birch"))


def wish(*slugs: str, other: str = "", takes: bool = True) -> ToolRequest:
    """Nia's draft for the same tool with these data elements."""
    draft = make.draft(by=nia(), takes_student_data=takes)
    draft.schedule.all().delete()
    for slug in slugs:
        detail = other if slug == "other" else ""
        RequestedElement.objects.create(
            request=draft, element=make.element(slug), purpose="To greet", detail=detail
        )
    return draft


def join(draft: ToolRequest) -> commands.Submitted:
    return commands.submit_request(draft, by=actor_of(nia()))


def asked(request: ToolRequest) -> list[tuple[str, str, str]]:
    rows = request.schedule.values_list("element__slug", "detail", "purpose")
    return list(rows.order_by("element__position"))


def told() -> dict[str, str]:
    rows = Message.objects.filter(topic="data_joined").order_by("to")
    return {row.to.partition("@")[0]: row.body for row in rows}


def evaluated(request: ToolRequest) -> list[tuple[str, str]]:
    rows = Evaluated.objects.filter(case=request.pk).order_by("pk")
    return [(row.why, row.found["class"]) for row in rows]


def facts_of(request: ToolRequest) -> dict[str, object]:
    return Entry.objects.get(case_id=request.pk, name="requester_joined").facts


def test_student_data_that_came_along_closes_the_way_without_it() -> None:
    people.sol()
    first = make.in_triage(takes_student_data=False)
    assert (first.relationship, asked(first)) == ("exempt", [])
    draft = wish("student-name")
    sent = join(draft)
    assert (sent.joined, sent.request.pk, sent.brought) == (True, first.pk, (NAME,))
    assert asked(first) == [("student-name", "", "To greet")]
    now = ToolRequest.objects.get(pk=first.pk)
    assert (now.takes_student_data, now.relationship) == (True, "contract")
    assert now.class_reasons[0].startswith("A school service under a negotiated contract")
    assert evaluated(first) == [("submitted", "exempt"), ("joined", "contract")]
    with pytest.raises(Refused) as refused:
        commands.route(now, path="exempt", attested=True, by=actor_of(people.pat()))
    assert refused.value.reasons == [
        "Its class is “Contract: a DPA is negotiated”, which goes another way."
    ]
    assert facts_of(first) == {"from": draft.code, "data": 1}
    assert history_of(now)[0].sentence == (
        "Nia Fox joined: they need it too; with them came data that was not asked for before"
    )
    assert sorted(told()) == ["ben", "nia", "sol"]
    assert (
        "with the second came data that the first did not ask for:\n\n- Student name"
        in (told()["ben"])
    )


def test_a_class_that_a_person_chose_for_less_data_is_proposed_anew_from_their_facts() -> None:
    first = make.in_triage(takes_student_data=False)
    facts = {"student_data": False, "terms": "click_wrap", "primarily_k12": True}
    commands.classify(first, facts=facts, by=actor_of(people.sol()))
    now = join(wish("student-name")).request
    assert (now.relationship, now.class_facts["student_data"]) == ("click_wrap", True)
    assert now.class_facts["primarily_k12"] is True


def test_other_data_is_named_once_and_only_what_is_new_is_told() -> None:
    first = make.in_triage()
    other = make.element("other")
    RequestedElement.objects.create(request=first, element=other, detail="locker number")
    sent = join(wish("student-name", "other", other="Bus seat;Locker  Number"))
    assert sent.brought == ("Other data: Bus seat",)
    assert asked(first) == [
        ("student-name", "", "To greet the child"),
        ("other", "locker number; Bus seat", ""),
    ]
    assert "- Other data: Bus seat\n\nFrom now on" in told()["nia"]


@pytest.mark.parametrize("slugs", [("student-name",), ("student-name", "other"), ()])
def test_who_brings_nothing_new_is_only_added(slugs: tuple[str, ...]) -> None:
    """Other data that nobody has named brings nothing either: no agreement could hold it."""
    first, draft = make.in_triage(), wish(*slugs)
    assert join(draft).brought == ()
    assert (facts_of(first), told()) == ({"from": draft.code}, {})
    assert asked(first) == [("student-name", "", "To greet the child")]


def test_i_need_it_too_says_nothing_about_data_and_changes_none() -> None:
    first = make.in_triage(takes_student_data=False)
    commands.ask_too(first.tool, by=actor_of(nia()))  # type: ignore[arg-type]
    now = ToolRequest.objects.get(pk=first.pk)
    assert (now.takes_student_data, now.relationship, told()) == (False, "exempt", {})


def test_who_brings_student_data_without_saying_which_is_heard_too() -> None:
    first = make.in_triage(takes_student_data=False)
    assert join(wish()).brought == ("Data about students that nobody has named yet",)
    assert ToolRequest.objects.get(pk=first.pk).takes_student_data is True


def test_a_confirmation_that_no_student_data_is_taken_is_void_and_no_approval_rests_on_it() -> None:
    ada, first = people.ada(), make.deciding()
    assert first.exempt_attested
    now = join(wish("student-name")).request
    assert (now.state, now.exempt_attested, now.relationship) == ("deciding", False, "exempt")
    with pytest.raises(Refused) as refused:
        commands.decide_approve(now, approval=make.approval(), by=actor_of(ada))
    assert refused.value.reasons == [
        "Nobody has confirmed yet that no data about students reaches the vendor."
    ]
    assert facts_of(first)["void"] is True
    assert history_of(now)[0].sentence.endswith(
        "with them came data that was not asked for before, so it is no longer confirmed that it "
        "takes no data about students"
    )
    assert sorted(told()) == ["ada", "ben", "nia", "pat"]
    assert "that no longer holds, so another path has to be chosen." in told()["ada"]
    again = commands.reroute_request(now, note="It takes names.", by=actor_of(ada))
    assert again.state == "triage"


def test_two_requests_that_sourcing_merges_bring_their_data_together() -> None:
    first = make.in_triage(takes_student_data=False)
    draft = make.draft(by=nia(), tool_name="Reading Ladders", website="https://ladders.example")
    second = commands.submit_request(draft, by=actor_of(nia())).request
    assert first.tool is not None
    kept = commands.settle_match(second, tool=first.tool, by=actor_of(people.sol()))
    assert (kept.pk, kept.takes_student_data) == (first.pk, True)
    assert asked(first) == [("student-name", "", "To greet the child")]
    assert sorted(told()) == ["ben", "nia", "sol"]


def test_who_reviewed_less_data_hears_of_it_and_the_joiner_reads_it_at_once() -> None:
    first, pat = make.in_screening(), people.pat()
    draft, client = wish("student-name", "conduct"), Client()
    client.force_login(nia().user)
    page = reverse("requests:edit", args=[draft.code, "data"])
    keys = [make.element("student-name").pk, make.element("conduct").pk]
    typed = {"takes_student_data": "yes", "element_ids": keys, "data_purpose": "To greet"}
    text = client.post(page, typed, follow=True).text
    conduct = make.element("conduct").name
    assert f"The request now asks for your data too: “{conduct}”." in text
    assert ToolRequest.objects.get(pk=first.pk).state == "screening"
    assert "Its review began with less data" in told()[pat.user.email.partition("@")[0]]
