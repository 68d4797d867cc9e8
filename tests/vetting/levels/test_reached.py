"""Whom a rung, an escalation and the news of a recompute reach: whoever stands in, too; whoever has
gone, never; and where nobody holds a part, the privacy lead, or an administrator."""

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine

from tests.factories import people, requests
from vetting.levels.commands import set_service_level
from vetting.people.commands import deactivate, set_away
from vetting.people.models import Membership
from vetting.people.queries import actor_of
from vetting.requests.models import ToolRequest
from workflows import providers
from workflows.clock.reactions import NOBODY
from workflows.clock.sweep import sweep
from workflows.grammar import Rung
from workflows.outbox.drain import drain
from workflows.outbox.models import Message

pytestmark = pytest.mark.django_db
BEGUN = "2026-11-09 10:00"
# Three business days without Veterans Day end on Friday the 13th; then ladders.OWN.
DAY_AFTER, HELP = "2026-11-14 08:00", "2026-11-16 08:30"
LEAD, LAST = "2026-11-20 08:30", "2026-12-01 08:30"


def denver(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo("America/Denver"))


def begun() -> ToolRequest:
    """A request of Ben's that Strategic Sourcing, Sol alone, has had since Monday."""
    with time_machine.travel(denver(BEGUN), tick=False):
        people.sol()
        people.ada()
        made = requests.in_triage()
        drain()
    Message.objects.all().delete()
    return made


def away(person: Membership, stand_in: Membership, last: date) -> None:
    with time_machine.travel(denver(BEGUN), tick=False):
        set_away(
            membership=person, delegate=stand_in, away_from=date(2026, 11, 9), away_until=last,
            by=actor_of(person),
        )  # fmt: skip


def told(text: str) -> list[str]:
    """Who is written to by the sweep of that moment."""
    with time_machine.travel(denver(text), tick=False):
        sweep()
        drain()
    rows = Message.objects.filter(channel=Message.MAIL, topic__startswith="d").order_by("to")
    names = [to.partition("@")[0] for to in rows.values_list("to", flat=True)]
    return names


def forgotten() -> None:
    Message.objects.all().delete()


def test_a_late_step_is_said_to_whoever_stands_in_and_after_that_to_the_person() -> None:
    begun()
    away(people.sol(), people.ivy(), date(2026, 11, 16))
    assert told(DAY_AFTER) == ["ivy", "sol"]
    forgotten()
    # A week before the privacy review is due: Sol is back.
    assert [name for name in told("2026-12-02 09:00") if name != "ada"] == ["sol"]


def test_a_call_for_help_reaches_the_leads_stand_in_and_after_that_the_lead() -> None:
    begun()
    away(people.ada(), people.pat(), date(2026, 11, 18))
    told(DAY_AFTER)
    forgotten()
    assert told(HELP) == ["ada", "pat"]
    forgotten()
    assert told(LEAD) == ["ada"]


def test_that_dates_moved_is_said_to_whoever_stands_in() -> None:
    begun()
    away(people.sol(), people.ivy(), date(2026, 11, 16))
    moved("2026-11-10 09:00")
    assert {"ivy", "sol"} <= set(told("2026-11-10 09:20"))
    forgotten()
    moved("2026-11-18 09:00", amount=20)
    after = told("2026-11-18 09:20")
    assert "sol" in after
    assert "ivy" not in after


def moved(text: str, amount: int = 10) -> None:
    ladder = [Rung(0, "overdue", "holders")]
    step: dict[str, Any] = {"machine": "request", "kind": "triage", "unit": "business_days"}
    with time_machine.travel(denver(text), tick=False):
        set_service_level(
            district=people.district(), by=actor_of(people.ada()), amount=amount, ladder=ladder,
            **step,
        )  # fmt: skip


def test_whoever_has_left_hears_nothing_and_the_privacy_lead_hears_in_their_place() -> None:
    begun()
    deactivate(membership=people.sol(), by=actor_of(people.max()))
    forgotten()
    assert told(DAY_AFTER) == ["ada"]
    mail = Message.objects.get(channel=Message.MAIL)
    assert "You hear of this in place of whoever's turn it is: nobody there could be told." in (
        " ".join(mail.body.split())
    )
    moved("2026-11-17 09:00")
    assert "sol" not in told("2026-11-17 09:20")


def test_a_part_that_nobody_holds_is_the_privacy_leads() -> None:
    begun()
    for moment in (DAY_AFTER, HELP, LEAD):
        told(moment)
    forgotten()
    # Ten business days late: the superintendent's, and this district has entered none.
    assert told(LAST) == ["ada"]
    said = " ".join(Message.objects.get(channel=Message.MAIL).body.split())
    assert "in place of the superintendent" in said


def test_without_a_privacy_lead_an_administrator_hears() -> None:
    begun()
    people.max()
    Membership.objects.filter(pk__in=[people.ada().pk, people.sol().pk]).update(active=False)
    assert told(DAY_AFTER) == ["max"]


def test_that_nobody_at_all_could_be_told_stands_beside_the_message() -> None:
    begun()
    Membership.objects.exclude(pk=people.ben().pk).update(active=False)
    assert told(DAY_AFTER) == []
    assert NOBODY in Message.objects.values_list("last_error", flat=True)


def test_whoever_was_named_to_look_after_it_has_a_stand_in_too() -> None:
    request = begun()
    owner = people.pat()
    away(owner, people.ivy(), date(2026, 11, 16))
    request.approval_owner = Membership.objects.get(pk=owner.pk)
    with time_machine.travel(denver(DAY_AFTER), tick=False):
        assert names(request) == ["Pat Quill", "Ivy Chen"]
    with time_machine.travel(denver(LEAD), tick=False):
        assert names(request) == ["Pat Quill"]
    request.approval_owner.active = False
    assert names(request) == ["Sol Reyes"]


def names(request: ToolRequest) -> list[str]:
    return [person.name for person in providers.recipients(request, "owner")]
