"""A break of several days, and who may stand in for a signatory."""

from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.html import strip_tags

from tests.factories import people
from vetting.people import commands, queries
from vetting.people.models import Membership, SettingChange
from vetting.people.queries import actor_of
from vetting.people.sentences import tell_changes
from workflows.actors import Role
from workflows.clock.models import Closure
from workflows.engine import Refused

pytestmark = pytest.mark.django_db


def boss() -> Client:
    browser = Client()
    browser.force_login(people.max().user)
    return browser


def today() -> date:
    return queries.today_in(people.district())


def words(browser: Client, address: str) -> str:
    return " ".join(strip_tags(browser.get(address).text).split())


def test_a_break_entered_at_once_is_removed_at_once() -> None:
    browser, first = boss(), today() + timedelta(days=20)
    last, snow = first + timedelta(days=11), first + timedelta(days=40)
    for day, until, name in ((first, last, "Winter break"), (snow, "", "Snow")):
        browser.post(reverse("people:closures"), {"name": name, "day": day, "until": until})
    page = words(browser, reverse("people:closures"))
    assert page.count("Remove all 12 days") >= 1
    assert "Winter break is no closure any more; open due dates move earlier." in page
    browser.post(reverse("people:remove_closure"), {"day": first, "until": last})
    assert [row.name for row in Closure.objects.all()] == ["Snow"]
    change = SettingChange.objects.latest("pk")
    assert tell_changes([change]) == [f"Max Webb made {first} to {last} working days again."]


def test_one_day_of_a_break_is_still_removed_alone() -> None:
    browser, first = boss(), today() + timedelta(days=20)
    last = first + timedelta(days=2)
    browser.post(reverse("people:closures"), {"name": "Break", "day": first, "until": last})
    browser.post(reverse("people:remove_closure"), {"day": first, "until": first})
    assert list(Closure.objects.values_list("day", flat=True)) == [
        first + timedelta(days=1),
        last,
    ]


def away(person: Membership, stand_in: Membership | None) -> None:
    commands.set_away(
        membership=person,
        delegate=stand_in,
        away_from=today(),
        away_until=today() + timedelta(days=5),
        by=actor_of(people.max()),
    )


def test_nobody_stands_in_for_a_signatory_who_can_never_sign() -> None:
    gwen, ben = people.gwen(), people.ben()
    with pytest.raises(Refused) as refused:
        away(gwen, ben)
    assert refused.value.reasons == [
        f"{ben.user.name} cannot sign for the district, and Gwen Hart has no other duty to lend: "
        "choose another signatory, or nobody."
    ]
    assert Membership.objects.get(pk=gwen.pk).away_from is None
    away(gwen, None)
    commands.grant_role(membership=ben, role=Role.SIGNATORY, by=actor_of(people.max()))
    away(gwen, ben)


def test_the_page_of_somebody_who_is_away_says_so_as_the_list_does() -> None:
    pat = people.pat()
    browser, address = boss(), reverse("people:person", args=[pat.code])
    assert ">Active<" in browser.get(address).text
    away(pat, people.ada())
    assert ">Away<" in browser.get(address).text
