"""Settings > Service levels: the table, one step, what a change would do, and the change."""

import re
from collections.abc import Mapping
from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.test import Client
from django.urls import reverse

from tests.factories import people, requests
from vetting.people.models import SettingChange
from vetting.people.sentences import tell_changes
from workflows.clock.models import Deadline, ServiceLevel
from workflows.outbox.drain import drain
from workflows.outbox.models import Message

pytestmark = pytest.mark.django_db
TRIAGE = reverse("levels:step", args=["request.triage"])
LINES = (("remind", 1, "holders"), ("overdue", 0, "holders"), ("escalate", 2, "privacy_lead"))


@pytest.fixture
def boss(client: Client) -> Client:
    client.force_login(people.max().user)
    return client


def typed(
    do: str, lines: Any = LINES, amount: Any = 10, unit: str = "business_days", **more: Any
) -> dict[str, Any]:
    said = {"do": do, "amount": amount, "unit": unit, "rungs-INITIAL_FORMS": 0}
    said["rungs-TOTAL_FORMS"] = len(lines)
    for n, (act, away, to) in enumerate(lines):
        said |= {f"rungs-{n}-act": act, f"rungs-{n}-away": away, f"rungs-{n}-to": to}
    return said | more


def text(answer: Any) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())


def hidden(answer: Any, do: str) -> Mapping[str, Any]:
    """What the button of a preview posts."""
    forms = re.findall(r'<form class="one-button".*?</form>', answer.content.decode(), re.S)
    pairs = [dict(re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', f)) for f in forms]
    return next(one for one in pairs if one.get("do") == do)


def due(request: Any, kind: str = "triage") -> Any:
    return Deadline.objects.get(case_id=request.pk, kind=kind).due_at


def test_the_table_says_each_step_in_words(boss: Client) -> None:
    said = text(boss.get(reverse("levels:table")))
    assert "Choosing the path 3 business days as delivered On the date: that it is late," in said
    assert "1 business day after: a call for help to the lead of whoever looks" in said
    assert "On the date Countersign itself acts: Close without reply" in said
    assert (
        "Dates by law or contract, counted in hours As the law or the contract says as delivered"
        in said
    )
    assert "Agreements" in said
    assert "Yearly review" not in said
    assert "Ours" not in said


def test_a_change_is_shown_first_and_then_made(boss: Client) -> None:
    request = requests.in_triage()
    was = due(request)
    seen = boss.post(TRIAGE, typed("preview"))
    said = text(seen)
    assert seen.status_code == 200
    assert "1 open due date of 1 case would move." in said
    assert "Reading Ladder" in said
    assert (ServiceLevel.objects.count(), due(request)) == (0, was)
    made = boss.post(TRIAGE, hidden(seen, "set_now"))
    assert made.status_code == 302
    assert [str(m) for m in get_messages(made.wsgi_request)] == [
        "Choosing the path: set. One open date moved."
    ]
    assert due(request) > was
    row = ServiceLevel.objects.get()
    assert (row.amount, row.ladder[0]) == (10, {"offset": -1, "act": "remind", "to": "holders"})
    table = text(boss.get(reverse("levels:table")))
    assert "Choosing the path 10 business days Ours 1 business day before: a reminder" in table
    change = SettingChange.objects.get(what="level_set")
    assert change.facts["amount"] == 10
    assert tell_changes([change]) == [
        "Max Webb set how long a step may take, or who is told of it: Choosing the path."
    ]


def test_who_would_be_late_at_once_is_named(boss: Client) -> None:
    request = requests.in_triage()
    people.sol()
    deadline = Deadline.objects.get(case_id=request.pk, kind="triage")
    deadline.explanation["anchor"] = "2026-01-05T17:00:00+00:00"
    deadline.save()
    said = text(boss.post(TRIAGE, typed("preview", LINES[1:], amount=1)))
    assert "and 1 of them would be late at once" in said
    assert "Late Sol Reyes" in said


def test_a_step_counted_in_hours_says_the_hour(boss: Client) -> None:
    requests.in_triage()
    said = text(boss.post(TRIAGE, typed("preview", LINES[1:], amount=30, unit="hours")))
    assert re.search(r"Reading Ladder Choosing the path .* PM M.T .*:\d\d [AP]M M.T No", said)


def test_what_nobody_could_mean_comes_back_with_all_that_was_typed(boss: Client) -> None:
    lines = [("remind", 12, "holders"), ("escalate", 2, "legal")]
    answer = boss.post(TRIAGE, typed("preview", lines))
    said = answer.content.decode()
    assert answer.status_code == 422
    assert "A reminder 12 business days before the date would lie before the step begins" in said
    assert "Somebody must hear on the date itself that it is late" in said
    assert 'name="rungs-0-away" value="12"' in said
    assert ServiceLevel.objects.count() == 0


@pytest.mark.parametrize(
    "wrong",
    [
        {"rungs-0-away": "soon"},
        {"amount": ""},
        {"rungs-0-to": "nobody"},
        {"rungs-TOTAL_FORMS": "x"},
    ],
)
def test_what_cannot_be_read_is_said_and_nothing_is_set(
    boss: Client, wrong: dict[str, str]
) -> None:
    for do in ("preview", "set_now"):
        answer = boss.post(TRIAGE, typed(do) | wrong)
        assert answer.status_code == 422
        assert "needs your attention" in text(answer)
    assert ServiceLevel.objects.count() == 0


def test_a_line_is_added_and_removed_without_a_script(boss: Client) -> None:
    more = boss.post(TRIAGE, typed("add", amount="often")).content.decode()
    assert 'name="rungs-TOTAL_FORMS" value="4"' in more
    assert 'value="often"' in more
    gone = {"rungs-0-gone": "on", "rungs-0-away": "nonsense"}
    seen = boss.post(TRIAGE, typed("preview") | gone)
    boss.post(TRIAGE, hidden(seen, "set_now"))
    assert [rung["offset"] for rung in ServiceLevel.objects.get().ladder] == [0, 2]


def test_what_was_typed_can_be_changed_again_after_the_preview(boss: Client) -> None:
    seen = boss.post(TRIAGE, typed("preview"))
    again = boss.post(TRIAGE, hidden(seen, "edit"))
    assert again.status_code == 200
    assert 'name="amount" value="10"' in again.content.decode()


def test_back_to_as_delivered_is_shown_first_too(boss: Client) -> None:
    request = requests.in_triage()
    was = due(request)
    boss.post(TRIAGE, typed("set_now"))
    assert due(request) != was
    seen = boss.post(TRIAGE, {"do": "reset"})
    assert "1 open due date of 1 case would move." in text(seen)
    boss.post(TRIAGE, hidden(seen, "reset_now"))
    assert due(request) == was
    assert SettingChange.objects.filter(what="level_reset").count() == 1
    nothing = boss.post(TRIAGE, {"do": "reset"}, follow=True)
    assert "That is what counts already." in text(nothing)


def test_a_law_gives_its_dates_and_the_district_who_hears(boss: Client) -> None:
    where = reverse("levels:step", args=["agreement.law.days"])
    assert 'name="amount"' not in boss.get(where).content.decode()
    seen = boss.post(where, typed("preview", [("overdue", 0, "legal")]))
    assert "No open due date would move." in text(seen)
    boss.post(where, hidden(seen, "set_now"))
    row = ServiceLevel.objects.get()
    assert (row.machine, row.kind, row.amount) == ("agreement", "law.days", 0)


def test_what_countersign_does_itself_is_said_and_stays(boss: Client) -> None:
    where = reverse("levels:step", args=["request.no_reply"])
    assert "acts, here as everywhere: Close without reply." in text(boss.get(where))
    seen = boss.post(where, typed("preview", [], amount=20, unit="calendar_days"))
    boss.post(where, hidden(seen, "set_now"))
    assert ServiceLevel.objects.get().ladder == [{"offset": 0, "act": "lapse", "to": ""}]


def test_the_privacy_lead_comes_here_from_their_own_menu(client: Client) -> None:
    client.force_login(people.ada().user)
    assert reverse("levels:table") in client.get(reverse("people:my_absence")).content.decode()
    page = client.get(TRIAGE).content.decode()
    assert f'href="{reverse("people:settings")}"' not in page
    client.post(TRIAGE, typed("set_now"))
    assert ServiceLevel.objects.get().set_by == people.ada().ref


@pytest.mark.parametrize("slug", ["request.nap", "nobody.triage", "request", "request.re_review"])
def test_there_is_no_other_step(boss: Client, slug: str) -> None:
    assert boss.get(reverse("levels:step", args=[slug])).status_code == 404


def test_one_district_never_moves_anothers_dates(client: Client) -> None:
    request = requests.in_triage()
    was = due(request)
    client.force_login(people.eve().user)
    seen = client.post(TRIAGE, typed("preview"))
    assert "No open due date would move." in text(seen)
    assert "Reading Ladder" not in text(seen)
    client.post(TRIAGE, hidden(seen, "set_now"))
    assert due(request) == was
    assert ServiceLevel.objects.get().tenant != request.case.tenant


def test_whom_it_concerns_hears_of_all_that_moved_in_one_mail(boss: Client) -> None:
    requests.in_triage()
    people.sol()
    boss.post(TRIAGE, typed("set_now"))
    drain()
    mails = Message.objects.filter(topic="dates_moved", channel=Message.MAIL)
    assert [mail.to for mail in mails.filter(to__startswith="sol")] == ["sol@juniper.example"]
