from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoAssertNumQueries

from tests.factories import people
from vetting.people import queries
from vetting.people.models import Membership
from workflows.actors import Role, resolve_names

pytestmark = pytest.mark.django_db


def away(person: Membership, delegate: Membership, *, days: tuple[int, int]) -> None:
    today = queries.today_in(person.district)
    first, last = (today + timedelta(days=n) for n in days)
    found = Membership.objects.filter(pk=person.pk)
    found.update(away_from=first, away_until=last, delegate=delegate)


def test_an_actor_carries_the_persons_roles_and_district() -> None:
    ada = people.ada()
    actor = queries.actor_of(ada)
    assert (actor.kind, actor.ref, actor.name) == ("person", f"membership:{ada.pk}", "Ada Park")
    assert actor.tenant_id == ada.district.tenant_id
    assert actor.roles == {Role.PRIVACY_LEAD}
    assert actor.has(Role.PRIVACY)


def test_a_delegate_acts_in_the_absents_roles_under_their_own_name() -> None:
    ada, pat = people.ada(), people.pat()
    away(ada, pat, days=(0, 3))
    actor = queries.actor_of(pat)
    assert actor.roles == {Role.PRIVACY, Role.PRIVACY_LEAD}
    assert actor.ref == pat.ref


@pytest.mark.parametrize("days", [(1, 3), (-3, -1)])
def test_a_delegate_has_nothing_before_and_after_the_absence(days: tuple[int, int]) -> None:
    ada, pat = people.ada(), people.pat()
    away(ada, pat, days=days)
    assert queries.actor_of(pat).roles == {Role.PRIVACY}


def test_an_administrators_rights_are_not_lent() -> None:
    boss, pat = people.max(), people.pat()
    away(boss, pat, days=(0, 3))
    assert queries.actor_of(pat).roles == {Role.PRIVACY}


def test_somebody_without_a_role_is_still_an_actor() -> None:
    assert queries.actor_of(people.person("Zoe Lane")).roles == frozenset()


def test_people_with_a_role_are_the_active_ones_of_this_district() -> None:
    ada, pat = people.ada(), people.pat()
    people.eve()
    assert queries.people_with(people.district(), Role.PRIVACY) == [ada, pat]
    assert queries.people_with(people.district(), Role.PRIVACY_LEAD) == [ada]
    Membership.objects.filter(pk=ada.pk).update(active=False)
    assert queries.people_with(people.district(), Role.PRIVACY) == [pat]


def test_people_with_a_role_include_the_delegate() -> None:
    ada, pat = people.ada(), people.pat()
    away(ada, pat, days=(0, 3))
    assert queries.people_with(people.district(), Role.PRIVACY_LEAD) == [ada, pat]


@pytest.mark.parametrize("count", [1, 3])
def test_people_with_a_role_cost_one_query(
    count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(count):
        people.person(f"p{number} Person", Role.LEGAL)
    where = people.district()
    with django_assert_num_queries(1):
        found = queries.people_with(where, Role.LEGAL)
        assert [queries.recipient_of(person).email for person in found] == [
            f"p{number}@juniper.example" for number in range(count)
        ]


def test_ledger_references_become_names() -> None:
    ada = people.ada()
    names = resolve_names({ada.ref, "membership:999999", "membership:x"})
    assert names == {
        ada.ref: "Ada Park",
        "membership:999999": "somebody",
        "membership:x": "somebody",
    }


def test_the_person_behind_an_actor_is_found() -> None:
    ada = people.ada()
    assert queries.person_of(queries.actor_of(ada)) == ada


def test_a_signed_in_persons_roles_cost_one_query(client: Client) -> None:
    ben = people.ben()
    client.force_login(ben.user)
    with CaptureQueriesContext(connection) as ran:
        client.get("/nowhere/")
    assert len([q for q in ran if "vetting_membership" in q["sql"]]) == 1
