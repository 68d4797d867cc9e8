"""One field of a law read otherwise: with a reason, by name, and in red words where it loosens."""

from html import unescape
from typing import Any

import pytest
from django.test import Client

from tests.factories import people
from vetting.people.models import Membership, SettingChange
from vetting.people.queries import actor_of
from vetting.people.sentences import tell_changes
from vetting.policy import queries
from vetting.policy.commands.overriding import end_override, override_rule
from vetting.policy.models import RuleOverride
from vetting.policy.rules.packs import Rule
from workflows.refusals import Refused

pytestmark = pytest.mark.django_db


def rule() -> Rule:
    """FERPA's 45 calendar days to inspect a record."""
    (found,) = (
        r for pack in queries.shipped_packs() for r in pack.rules
        if pack.slug == "us-ferpa" and "limit" in r.terms
    )  # fmt: skip
    return found


def text_of(response: Any) -> str:
    return " ".join(unescape(response.content.decode()).split())


def post(client: Client, who: Membership, amount: str, **more: str) -> Any:
    client.force_login(who.user)
    sent = {"amount": amount, "unit": "calendar_days", "reason": "Board policy KB says so."}
    return client.post(f"/rules/otherwise/?rule={rule().id}", sent | more)


def test_counsel_reads_a_law_more_strictly(client: Client) -> None:
    looked = text_of(post(client, people.cora(), "30"))
    assert "45 calendar days" in looked
    assert "This loosens the law" not in looked
    assert not RuleOverride.objects.exists()
    assert post(client, people.cora(), "30", step="save").url == "/rules/own/"
    row = RuleOverride.objects.get()
    assert (row.rule, row.field, row.approver) == (rule().id, "limit", people.cora().ref)
    assert row.value == {"amount": 30, "unit": "calendar_days"}
    (found,) = queries.overrides_of(people.district())
    assert found.reason == "Board policy KB says so."
    assert queries.overrides_of(people.eve().district) == []
    (change,) = SettingChange.objects.all()
    assert tell_changes([change]) == [
        f"Cora Lind set “limit” of the rule {rule().id} for this district."
    ]


def test_what_loosens_is_said_in_red_words(client: Client) -> None:
    looked = post(client, people.ada(), "60")
    assert "This loosens the law" in text_of(looked)
    assert b"usa-alert--error" in looked.content
    post(client, people.ada(), "60", step="save")
    assert "Looser than the law" in text_of(client.get("/rules/own/"))
    shown = text_of(client.get(f"/rules/{rule().id}/"))
    assert "The law says “45 calendar days”" in shown
    assert "Within 60 calendar days" in shown


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"reason": " "}, "Write something here."),
        ({"amount": "45"}, "“Within” says that already."),
        ({"amount": "0"}, "Write a number of 1 or more."),
        ({"unit": "weeks"}, "Choose one of those that are offered."),
    ],
)
def test_what_says_nothing_is_refused(client: Client, change: dict[str, str], why: str) -> None:
    response = post(client, people.ada(), **{"amount": "30", "step": "save"} | change)
    assert response.status_code == 422
    assert why in text_of(response)
    assert not RuleOverride.objects.exists()


def test_it_ends_with_a_reason_and_the_law_counts_again(client: Client) -> None:
    post(client, people.ada(), "30", step="save")
    assert "It is read otherwise already" in text_of(post(client, people.ada(), "31"))
    key = RuleOverride.objects.get().pk
    client.post("/rules/otherwise/end/", {"override": key, "note": " "})
    assert queries.overrides_of(people.district())
    client.post("/rules/otherwise/end/", {"override": key, "note": "The board changed its mind."})
    assert queries.overrides_of(people.district()) == []
    row = RuleOverride.objects.get()
    assert (row.ended_by, row.end_reason) == (people.ada().ref, "The board changed its mind.")
    with pytest.raises(Refused):
        end_override(district=people.district(), key=key, reason="Again", by=actor_of(people.ada()))


def test_nobody_else_may_and_only_what_has_an_order() -> None:
    told: dict[str, Any] = {"rule": rule(), "value": {"amount": 9, "unit": "hours"}, "reason": "x"}
    here = people.district()
    for who in (people.sol(), people.max(), people.eve()):
        with pytest.raises(Refused):
            override_rule(district=here, field="limit", by=actor_of(who), **told)
    with pytest.raises(Refused):
        override_rule(district=here, field="to", by=actor_of(people.ada()), **told)
    assert not RuleOverride.objects.exists()
