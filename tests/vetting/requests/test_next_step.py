"""Nobody is left without a next step, and whoever is asked, or closed out, hears of it."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from tests.factories import agreements, people, screening
from tests.factories import requests as make
from tests.factories.visits import signed_in
from vetting.people.queries import actor_of
from vetting.requests import commands, queries, rules
from vetting.requests.models import ToolRequest
from workflows import engine
from workflows.ledger.models import Entry
from workflows.outbox.models import Message

pytestmark = pytest.mark.django_db


def mails(name: str) -> list[str]:
    return sorted(Message.objects.filter(topic=name).values_list("to", flat=True))


def prohibited() -> ToolRequest:
    sol = actor_of(people.sol())
    case = make.in_triage()
    facts, note = {"student_data": True}, "Their terms sell data"
    return commands.classify(case, facts=facts, by=sol, relationship="prohibited", note=note)


def test_the_banner_is_true_for_every_class() -> None:
    assert [rules.class_is_set(name) for name, _ in ToolRequest.CLASSES] == [
        "The class is set. Choose the path now.",
        "The class is set. Choose the path now.",
        "The class is set: On demand. The privacy team decides how it goes on.",
        "The class is set: Exempt. The privacy team confirms that no data is taken.",
        "The class is set: Prohibited. No path is open; the privacy team declines it.",
    ]


def test_a_prohibited_tool_is_handed_to_the_privacy_team_by_one_button() -> None:
    people.ada()
    people.pat()
    case = prohibited()
    sol = signed_in(people.sol())
    page = sol.get(reverse("requests:triage", args=[case.code])).text
    assert "Ask Ada Park to decline it" in page
    assert 'href="#facts">Change the class' in page
    sol.post(reverse("requests:ask_privacy", args=[case.code]))
    assert mails("decision_wanted") == ["ada@juniper.example", "pat@juniper.example"]
    assert Message.objects.filter(topic="decision_wanted")[0].subject == "Decline Reading Ladder"
    after = sol.get(reverse("requests:triage", args=[case.code])).text
    assert "to decline it. Nothing else waits for you." in after
    assert "Ask Ada Park" not in after
    assert "Ada Park was asked to decline it." in sol.get(case.get_absolute_url()).text


def test_the_privacy_team_is_asked_once_for_a_class() -> None:
    people.ada()
    case, sol = prohibited(), actor_of(people.sol())
    for _ in range(3):
        commands.ask_privacy(case, by=sol)
    assert Entry.objects.filter(case_id=case.pk, name="privacy_asked").count() == 1
    assert mails("decision_wanted") == ["ada@juniper.example"]


def test_a_class_with_a_path_is_not_handed_on() -> None:
    case = make.in_triage()
    with pytest.raises(engine.Refused, match="has a path of its own: choose it"):
        commands.ask_privacy(case, by=actor_of(people.sol()))
    assert not Entry.objects.filter(case_id=case.pk, name="privacy_asked").exists()


def test_the_principal_is_named_and_can_be_reminded_by_whoever_asks() -> None:
    people.lee()
    home = people.district()
    home.school_gate = True
    home.save()
    case = make.submit(make.draft())
    page = signed_in(people.ben()).get(case.get_absolute_url()).text
    assert "Waiting for the principal, Lee Moreno" in page
    assert "Send a reminder" in page


def test_a_reminder_goes_to_whoever_holds_the_pen_of_the_agreement() -> None:
    agreement = agreements.with_vendor()
    assert agreement.vendor_signer is not None
    case = screening.concluded(ToolRequest.objects.get(served_by__agreement=agreement))
    commands.nudge(case, by=actor_of(people.sol()))
    assert mails("nudge") == []
    assert mails("nudge_vendor") == [agreement.vendor_signer.email]
    page = signed_in(people.sol()).get(case.get_absolute_url()).text
    assert "Waiting for the vendor, Ladder Labs" in page


def test_a_reminder_is_not_said_to_be_sent_before_it_is() -> None:
    """The worker sends it; a mail server that is away would make it untrue."""
    case = make.in_triage()
    ben = signed_in(people.ben())
    page = ben.post(f"{case.get_absolute_url()}nudge/", follow=True).text
    assert "goes out within a minute or so" in page
    assert "Ben Ortiz asked for a reminder to whoever has to act" in page
    assert "sent" not in page.partition("usa-alert__text")[2].partition("</p>")[0]


def test_a_day_that_no_date_can_meet_is_said_on_the_request() -> None:
    tomorrow = people.district().tenant.day_of(timezone.now()) + timedelta(days=1)
    case = make.in_triage(needed_by=tomorrow)
    assert (
        "It may not be ready by then." in signed_in(people.ben()).get(case.get_absolute_url()).text
    )
    later = make.in_triage(
        tool_name="Word Garden",
        website="https://word.example",
        needed_by=tomorrow + timedelta(days=90),
    )
    assert "It may not be ready" not in signed_in(people.ben()).get(later.get_absolute_url()).text


def test_whoever_closes_what_others_ask_for_says_why_and_they_read_it() -> None:
    case = make.in_triage()
    sol = actor_of(people.sol())
    with pytest.raises(engine.Refused, match="Write why it is closed: those who asked read it"):
        commands.withdraw_request(case, by=sol)
    assert ToolRequest.objects.get(pk=case.pk).state == "triage"
    assert mails("request_withdrawn") == []
    commands.withdraw_request(case, by=sol, note="The school has closed.")
    assert mails("request_withdrawn") == ["ben@juniper.example"]
    assert "The school has closed." in Message.objects.get(topic="request_withdrawn").body
    assert mails("request_taken_back") == []


def test_those_who_knew_hear_that_the_asker_took_it_back() -> None:
    people.sol()
    commands.withdraw_request(make.in_triage(), by=actor_of(people.ben()))
    assert mails("request_taken_back") == ["sol@juniper.example"]
    assert mails("request_withdrawn") == []


def test_nobody_hears_of_a_draft_that_was_thrown_away() -> None:
    people.sol()
    commands.withdraw_request(make.draft(), by=actor_of(people.ben()))
    assert mails("request_taken_back") == mails("request_withdrawn") == []


def test_whoever_was_asked_hears_that_a_colleague_answered() -> None:
    people.sol()
    first = make.in_triage()
    nia = people.person("Nia Bell")
    commands.ask_too(first.tool, by=actor_of(nia))
    asked = commands.ask_question(first, text="For which class?", by=actor_of(people.sol()))
    commands.answer_question(asked, answer="Mine.", by=actor_of(nia))
    assert mails("answered_for_you") == ["ben@juniper.example"]


def test_only_whoever_asks_reads_that_their_answer_is_waited_for() -> None:
    sol = actor_of(people.sol())
    commands.ask_question(make.in_triage(), text="For which class?", by=sol)
    other = signed_in(people.person("Nia Bell")).get("/may-i-use/?q=reading").text
    assert "Waiting for the requester&#x27;s answer" in other
    assert "Waiting for your answer" in signed_in(people.ben()).get("/may-i-use/?q=reading").text


def test_the_date_of_a_step_is_the_same_everywhere() -> None:
    case = make.in_triage()
    moved = Entry.objects.filter(case_id=case.pk, kind=Entry.MOVE).latest("seq").at
    commands.nudge(case, by=actor_of(people.ben()))
    (answer,) = queries.may_i_use(actor_of(people.ben()), people.district(), "Reading Ladder")
    assert answer.since == moved
