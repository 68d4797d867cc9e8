"""Somebody's access ends: what named them is shown, and their authority ends with it."""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from contracts.agreements import queries
from tests.factories import agreements, people, plainly
from vetting.people.commands import deactivate
from vetting.people.leaving import waiting_for
from vetting.people.models import Membership, SettingChange, SigningAuthority
from vetting.people.queries import actor_of
from workflows.engine import options_for

pytestmark = pytest.mark.django_db


def test_what_names_a_signatory_is_said_before_the_access_ends(client: Client) -> None:
    agreement, gwen = plainly.with_vendor(), people.gwen()
    client.force_login(people.max().user)

    page = client.get(reverse("people:person", args=[gwen.code])).content.decode()

    assert (
        f"{agreement.title} names them as signatory: name another one before it goes out." in page
    )
    assert "signs nothing and stands in for nobody" in page
    assert waiting_for(people.cora()) == []


def test_the_authority_ends_with_the_access_and_nothing_goes_out_in_that_name() -> None:
    agreement = agreements.settled()
    gwen, boss = people.gwen(), actor_of(people.max())
    assert queries.authority_of(agreement, timezone.now()) is not None

    deactivate(membership=gwen, by=boss)

    assert SigningAuthority.objects.filter(membership=gwen, ended_on=None).count() == 0
    told = list(SettingChange.objects.order_by("pk").values_list("what", flat=True))
    assert told[-2:] == ["person_deactivated", "authority_removed"]
    (issue,) = [o for o in options_for(agreement, actor_of(people.pat())) if o.move.name == "issue"]
    assert not issue.allowed
    assert Membership.objects.get(pk=gwen.pk).active is False


def test_whose_turn_to_sign_it_is_stands_on_the_page_of_one_who_left(client: Client) -> None:
    agreement, gwen = agreements.out_for_signature(), people.gwen()
    deactivate(membership=gwen, by=actor_of(people.max()))
    client.force_login(people.max().user)

    page = client.get(reverse("people:person", args=[gwen.code])).content.decode()

    assert "Still to settle, for it names Gwen Hart:" in page
    assert f"{agreement.title} is out for their signature" in page
