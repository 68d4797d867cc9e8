"""The rules that apply to us: which reach this district and why, and when one would be due."""

from datetime import date
from html import unescape

import pytest
from django.test import Client

from tests.factories import people, policy, requests
from vetting.people.models import Membership
from vetting.people.queries import actor_of
from vetting.policy.commands.loading import load_packs, withdrawal_of
from vetting.policy.models import PackVersion, SchoolYear
from vetting.policy.queries import shipped_packs
from workflows.clock.words import day_words

pytestmark = pytest.mark.django_db


def page(client: Client, who: Membership, address: str) -> str:
    client.force_login(who.user)
    response = client.get(address)
    assert response.status_code == 200, response.status_code
    return " ".join(unescape(response.content.decode()).split())


def test_each_rule_says_why_it_reaches_the_district(client: Client) -> None:
    text = page(client, people.ben(), "/rules/")
    assert "Because the district is in Colorado" in text
    assert (
        "If the district receives funds of the U.S. Department of Education: not said yet" in text
    )
    assert "Because an agreement says so" in text
    assert "Where those affected live in Colorado" in text
    assert "Not yet verified against the statute" in text
    away, _, _ = text.partition("Rules that do not reach us")
    assert "Because the district is in New York" not in away
    assert "It is the law of another state than the district's." in text


def test_questions_nobody_has_answered_are_asked(client: Client) -> None:
    text = page(client, people.max(), "/rules/")
    assert "Does the district receive E-rate discounts?" in text
    assert "Answer in <a href=" in text
    here = people.district()
    here.federal_funds, here.e_rate = True, False
    here.save()
    text = page(client, people.max(), "/rules/")
    assert "Does the district receive E-rate discounts?" not in text
    assert "Because the district receives funds of the U.S. Department of Education" in text


def test_the_rules_are_grouped_by_what_they_ask_or_by_their_law(client: Client) -> None:
    assert "What an agreement must say" in page(client, people.ben(), "/rules/")
    by_law = page(client, people.ben(), "/rules/?by=law")
    assert "What an agreement must say" not in by_law
    assert "Colorado" in by_law


def test_a_rule_says_its_date_when_asked_and_writes_nothing(client: Client) -> None:
    address = "/rules/ny.121_10_a/"
    asked = "?ask=1&vendor_discovered=2026-03-05&vendor_discovered_time=16:30"
    text = page(client, people.ben(), address + asked)
    assert "Within 7 calendar days after the vendor discovered it" in text
    assert "due on Thu, Mar 12, 2026 at 23:59:59 (America/New_York)" in text
    assert "It does not reach this district" in text
    assert "because the district is in New York" not in text
    assert not PackVersion.objects.exists()


def test_a_day_that_was_not_chosen_is_asked_for(client: Client) -> None:
    text = page(client, people.ben(), "/rules/ny.121_10_a/?ask=1")
    assert "Choose a day to count from." in text


def test_a_rule_of_the_school_year_needs_one(client: Client) -> None:
    rule = next(
        rule.id for pack in shipped_packs() for rule in pack.rules if "relative" in rule.terms
    )  # fmt: skip
    assert "none is noted in Settings yet" in page(client, people.ben(), f"/rules/{rule}/")
    year = {"start": date(2026, 8, 17), "midpoint": date(2027, 1, 11)}
    SchoolYear.objects.create(district=people.district(), **year)
    assert "none is noted in Settings yet" not in page(client, people.ben(), f"/rules/{rule}/")


def test_every_rule_there_is_has_a_page(client: Client) -> None:
    load_packs()
    client.force_login(people.ben().user)
    for pack in shipped_packs():
        for rule in pack.rules:
            if pack.layer != "local":
                assert client.get(f"/rules/{rule.id}/").status_code == 200, rule.id


def test_another_districts_own_rule_is_not_there(client: Client) -> None:
    policy.adopt(people.district(), actor_of(people.ada()), policy.own_rule())
    assert "Ask the library first" in page(client, people.ben(), "/rules/juniper.duty_1/")
    client.force_login(people.eve().user)
    assert client.get("/rules/juniper.duty_1/").status_code == 404
    assert b"Ask the library first" not in client.get("/rules/own/").content
    assert b"Ask the library first" not in client.get("/rules/").content


def test_a_rule_of_ours_that_was_ended_says_since_when(client: Client) -> None:
    row = policy.own_rule(effective_to="2026-03-01")
    policy.adopt(people.district(), actor_of(people.ada()), row)
    text = page(client, people.ada(), "/rules/juniper.duty_1/")
    assert "No longer in force since Mon, Mar 2, 2026." in text
    assert "Because the district" not in text.partition("Where it stands")[0]


def test_what_a_stored_evaluation_names_opens_after_no_pack_has_it_any_more(
    client: Client,
) -> None:
    load_packs()
    policy.adopt(people.district(), actor_of(people.ada()), policy.own_rule())
    case = requests.in_screening()
    withdrawn = withdrawal_of(PackVersion.objects.get(slug="local-juniper"), by="test")
    withdrawn.save()
    assert "/rules/juniper.duty_1/" in page(client, people.ada(), f"/requests/{case.code}/rules/")
    text = page(client, people.ada(), "/rules/juniper.duty_1/")
    assert "Ask the library first" in text
    day = withdrawn.district.tenant.day_of(withdrawn.loaded_at)  # type: ignore[union-attr]
    assert f"No longer in force since {day_words(day)}." in text
    assert "Change it in Our own rules" not in text
    client.force_login(people.eve().user)
    assert client.get("/rules/juniper.duty_1/").status_code == 404


@pytest.mark.parametrize("name", ["juniper", "nothing.of_the_kind", "ny.%25"])
def test_what_never_was_a_rule_is_not_there(client: Client, name: str) -> None:
    load_packs()
    client.force_login(people.ada().user)
    assert client.get(f"/rules/{name}/").status_code == 404
