"""With the school gate on the principal hears, is chased, and answers; or it is passed by."""

from datetime import timedelta

import pytest

from tests.factories import people
from tests.factories import requests as make
from vetting.people import commands as people_of
from vetting.people.models import Membership
from vetting.people.queries import actor_of, leaders_of, schools_led_by, today_in
from vetting.requests import commands, queries
from vetting.requests.models import ToolRequest
from workflows import engine
from workflows.actors import Role, system
from workflows.clock.models import Deadline
from workflows.engine import Refused
from workflows.ledger.models import Entry
from workflows.ledger.queries import history_of
from workflows.outbox.drain import drain
from workflows.outbox.models import Message

pytestmark = pytest.mark.django_db


def dana() -> Membership:
    """The leader of another school, who stands in for lee."""
    return people.person("Dana Ruiz", Role.SCHOOL_LEADER, school=people.school("birch"))


def sent() -> ToolRequest:
    home = people.district()
    home.school_gate = True
    home.save()
    return make.submit(make.draft())


def told() -> list[tuple[str, str]]:
    rows = Message.objects.filter(channel=Message.MAIL).order_by("pk")
    return [(row.topic, row.to.partition("@")[0]) for row in rows]


def away(person: Membership, delegate: Membership, *, days: tuple[int, int]) -> None:
    today = today_in(person.district)
    first, last = (today + timedelta(days=n) for n in days)
    found = Membership.objects.filter(pk=person.pk)
    found.update(away_from=first, away_until=last, delegate=delegate)


def written() -> tuple[int, int, int]:
    return Entry.objects.count(), Message.objects.count(), Deadline.objects.count()


def test_the_principal_hears_and_sourcing_only_when_it_comes_to_them() -> None:
    lee, _ = people.lee(), people.sol()
    request = sent()
    assert told() == [("request_received", "ben"), ("request_to_school", "lee")]
    commands.endorse_request(request, note="We need it.", by=actor_of(lee))
    assert told()[2:] == [("request_endorsed", "ben"), ("request_to_triage", "sol")]
    assert "“We need it.”" in Message.objects.get(topic="request_endorsed").body
    assert "Lee Moreno supports the request for" in Message.objects.get(to__startswith="sol").body


def test_the_requester_reads_why_it_came_back() -> None:
    lee = people.lee()
    request = sent()
    back = commands.send_back(request, note="Name the class first.", by=actor_of(lee))
    assert back.state == "draft"
    assert told()[2:] == [("request_sent_back", "ben")]
    assert "“Name the class first.”" in Message.objects.get(topic="request_sent_back").body


def test_a_principal_who_does_not_answer_is_reminded_and_then_sourcing_is_told() -> None:
    people.lee()
    request = sent()
    clock = Deadline.objects.get(case_id=request.pk, met_at=None)
    assert (clock.kind, clock.explanation["amount"]) == ("school", 5)
    assert [(rung["act"], rung["to"]) for rung in clock.ladder] == [
        ("remind", "holders"), ("overdue", "holders"),
        ("escalate", "sourcing"), ("escalate", "privacy_lead"),
    ]  # fmt: skip


@pytest.mark.parametrize("leader", ["none", "gone"])
def test_a_gate_that_nobody_could_open_is_passed_by_and_the_record_says_so(leader: str) -> None:
    if leader == "gone":
        Membership.objects.filter(pk=people.lee().pk).update(active=False)
    people.sol()
    request = sent()
    assert request.state == "triage"
    assert told() == [("request_received", "ben"), ("request_to_triage", "sol")]
    entry = Entry.objects.get(case_id=request.pk, name="submit")
    assert entry.facts["gate"] == "passed_by"
    assert [line.sentence for line in history_of(request) if line.name == "submit"] == [
        "Ben Ortiz sent the request; its schools have no school leader to ask, so it went on at "
        "once"
    ]


def test_a_request_for_every_school_goes_to_every_leader_though_it_names_no_school() -> None:
    """Whether anybody can answer and who hears of it is one question."""
    people.lee(), dana()
    home = people.district()
    home.school_gate = True
    home.save()
    draft = make.draft(district_wide=True)
    draft.requesters.get().schools.clear()
    request = make.submit(draft)
    assert (request.state, request.has_a_leader()) == ("with_school", True)
    assert sorted(told()) == [
        ("request_received", "ben"), ("request_to_school", "dana"), ("request_to_school", "lee"),
    ]  # fmt: skip
    assert "gate" not in Entry.objects.get(case_id=request.pk, name="submit").facts


def test_whoever_stands_in_for_an_absent_principal_hears_and_answers() -> None:
    lee, stand_in = people.lee(), dana()
    away(lee, stand_in, days=(-1, 3))
    assert leaders_of([people.school()]) == [lee, stand_in]
    request = sent()
    assert ("request_to_school", "dana") in told()
    assert queries.request_for(actor_of(stand_in), request.code).pk == request.pk
    assert commands.endorse_request(request, by=actor_of(stand_in)).state == "triage"


@pytest.mark.parametrize("days", [(-300, -296), (3, 9)])
def test_a_former_or_future_stand_in_neither_reads_nor_answers(days: tuple[int, int]) -> None:
    lee, stand_in = people.lee(), dana()
    away(lee, stand_in, days=days)
    request, actor = sent(), actor_of(dana())
    assert schools_led_by(actor) == {people.school("birch").pk}
    before = written()
    with pytest.raises(ToolRequest.DoesNotExist):
        queries.request_for(actor, request.code)
    for row in (request, ToolRequest.with_people(actor).get(pk=request.pk)):
        assert Role.SCHOOL_LEADER not in row.roles_of(actor)
    with pytest.raises(Refused, match="is for: School leader"):
        commands.endorse_request(request, by=actor)
    assert written() == before


def test_who_stands_in_for_somebody_who_left_has_nothing() -> None:
    lee, stand_in = people.lee(), dana()
    away(lee, stand_in, days=(-1, 3))
    Membership.objects.filter(pk=lee.pk).update(active=False)
    assert schools_led_by(actor_of(stand_in)) == {people.school("birch").pk}


def test_when_whoever_asks_for_the_led_school_withdraws_it_does_not_wait_for_ever() -> None:
    people.lee(), people.sol()
    request = sent()
    nia = people.person("Nia Fox", Role.REQUESTER, school=people.school("birch"))
    draft = make.draft(by=nia)
    commands.submit_request(draft, by=actor_of(nia))
    left = commands.withdraw_request(request, by=actor_of(people.ben()))
    assert (left.state, left.pk) == ("triage", request.pk)
    assert ("request_passed_by", "nia") in told()
    assert ("request_to_triage", "sol") in told()
    names = Entry.objects.filter(case_id=request.pk).order_by("seq").values_list("name", flat=True)
    assert list(names)[-2:] == ["requester_left", "pass_by"]


def test_the_principal_of_whoever_joins_is_asked_too() -> None:
    people.lee()
    request, birch = sent(), dana()
    nia = people.person("Nia Fox", Role.REQUESTER, school=people.school("birch"))
    commands.submit_request(make.draft(by=nia), by=actor_of(nia))
    assert told().count(("request_to_school", "dana")) == 1
    assert told().count(("request_to_school", "lee")) == 1
    assert commands.endorse_request(request, by=actor_of(birch)).state == "triage"


def test_when_the_only_leader_leaves_what_waits_goes_on_to_sourcing_and_says_so() -> None:
    lee, _ = people.lee(), people.sol()
    request = sent()
    people_of.deactivate(membership=lee, by=actor_of(people.max()))
    assert drain()
    now = ToolRequest.objects.get(pk=request.pk)
    assert now.state == "triage"
    assert told()[2:] == [("request_passed_by", "ben"), ("request_to_triage", "sol")]
    assert "No school leader can answer your request for Reading Ladder any more" in (
        Message.objects.get(topic="request_passed_by").body
    )
    assert "No school leader can answer any more for the request for Reading Ladder" in (
        Message.objects.get(topic="request_to_triage").body
    )
    (line,) = [one for one in history_of(request) if one.name == "pass_by"]
    assert line.sentence.endswith("passed it on: its schools have no school leader to ask any more")
    assert not Deadline.objects.filter(case_id=request.pk, kind="school", met_at=None).exists()


def test_losing_the_role_or_the_school_hands_on_too() -> None:
    lee, by = people.lee(), actor_of(people.max())
    first = sent()
    people_of.revoke_role(membership=lee, role=Role.SCHOOL_LEADER, by=by)
    drain()
    assert ToolRequest.objects.get(pk=first.pk).state == "triage"


def test_another_leader_of_the_school_is_asked_once_instead() -> None:
    lee, by = people.lee(), actor_of(people.max())
    request = sent()
    finn = people.person("Finn Roy", Role.SCHOOL_LEADER, school=people.school())
    people_of.deactivate(membership=lee, by=by)
    drain()
    people_of.describe_person(
        membership=finn, title="Principal", school=people.school(), trained_on=None, by=by
    )
    drain()
    assert ToolRequest.objects.get(pk=request.pk).state == "with_school"
    assert told()[2:] == [("request_to_school", "finn")]
    assert "Ben Ortiz asks for Reading Ladder." in Message.objects.get(to__startswith="finn").body


def test_while_somebody_can_answer_nobody_passes_it_by() -> None:
    people.lee()
    before = sent(), written()
    with pytest.raises(Refused, match="Lee Moreno can still answer for the school"):
        engine.perform(before[0], "pass_by", by=system("requests"))
    assert written() == before[1]
