"""A list worded once says for everybody what it would say if it were worded for them."""

import threading
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connections
from django.db.models import Q
from django.utils import timezone

from tests.factories import agreements, people, requests
from vetting.people.models import Membership
from vetting.people.queries import actor_of
from workflows.actors import Actor
from workflows.desk.queries import how_many_late, inbox
from workflows.desk.waiting import list_for, waiting_for
from workflows.stateful import stateful_models
from workflows.worded import INSTANT, NUMBER, Worded

pytestmark = pytest.mark.django_db

EVERYBODY = (
    *(people.ada, people.pat, people.ben, people.cora, people.sol, people.gwen),
    *(people.lee, people.ivy, people.max, people.eve),
)
DATE = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


def _said(rows: Any) -> tuple[str, tuple[Any, ...]]:
    text, params = rows.query.get_compiler(using="default").as_sql()
    return text, tuple(params)


@pytest.mark.parametrize("make", EVERYBODY)
@pytest.mark.parametrize(("most", "late_at"), [(None, None), (60, DATE), (60, None)])
def test_the_worklists_say_what_they_would_say_for_each_person_alone(
    make: Any, most: int | None, late_at: datetime | None
) -> None:
    actor = actor_of(make())
    known = waiting_for(actor, most=most, late_at=late_at)
    alone = [list_for(actor, model, most, late_at) for model in stateful_models()]
    assert [_said(rows) for rows in known] == [_said(rows) for rows in alone if rows is not None]


def test_two_people_of_the_same_roles_read_each_their_own() -> None:
    request = requests.in_triage()
    with time_machine.travel(timezone.now() + timedelta(days=80)):
        sol, eve = actor_of(people.sol()), actor_of(people.eve())
        assert [work.case for work in inbox(sol)] == [request.code]
        assert how_many_late(sol, timezone.now(), most=60) == 1
        as_eve = Actor("person", eve.ref, eve.name, eve.tenant_id, sol.roles)
        assert how_many_late(as_eve, timezone.now(), most=60) == 0
        assert how_many_late(sol, timezone.now() - timedelta(days=90), most=60) == 0


def test_each_value_goes_to_its_own_place() -> None:
    ada, eve = people.ada(), people.eve()
    worded = Worded(
        lambda key, other, day: Membership.objects.filter(
            Q(pk=key) | Q(pk=other, user__date_joined__lt=day)
        ).order_by("pk"),
        *(int, int, datetime),
    )
    later = timezone.now() + timedelta(days=1)
    assert list(worded.rows(ada.pk, eve.pk, later)) == [ada, eve]
    assert list(worded.rows(ada.pk, eve.pk, DATE - timedelta(days=9000))) == [ada]
    assert list(worded.rows(eve.pk, ada.pk, DATE - timedelta(days=9000))) == [eve]
    assert not {NUMBER, NUMBER + 1, INSTANT} & set(_said(worded.rows(1, 2, DATE))[1])


def test_a_list_that_can_hold_nothing_is_empty_without_asking(
    django_assert_num_queries: Any,
) -> None:
    worded = Worded(lambda key: Membership.objects.filter(pk=key, pk__in=[]), int)
    with django_assert_num_queries(0):
        assert list(worded.rows(1)) == []


@pytest.mark.database("postgresql")
def test_postgresql_plans_a_list_once_for_whoever_asks() -> None:
    """What is no value stands in the text, for partial indexes and their like; a per cent sign
    stays one."""
    ada, eve = people.ada(), people.eve()
    worded = Worded(
        lambda key: Membership.objects.filter(pk=key, active=True).exclude(user__name="100 %s"), int
    )
    assert [list(worded.rows(one.pk)) for one in (ada, eve, ada)] == [[ada], [eve], [ada]]
    with connections["default"].cursor() as cursor:
        cursor.execute(
            "SELECT parameter_types::text FROM pg_prepared_statements WHERE statement LIKE %s",
            ["%100 _s%"],
        )
        assert cursor.fetchall() == [("{bigint}",)]


def test_what_is_worded_cannot_be_narrowed_by_mistake() -> None:
    worded = Worded(lambda key: Membership.objects.filter(pk=key), int)
    with pytest.raises(TypeError, match="narrow it where it is worded"):
        worded.rows(1).filter(active=True)


def test_words_found_in_one_thread_serve_another_on_its_own_connection() -> None:
    worded = Worded(lambda key: Membership.objects.filter(pk=key), int)
    found: list[Any] = []

    def word() -> None:
        found.append(worded.rows(1).query.get_compiler(using="default").connection)

    thread = threading.Thread(target=word)
    thread.start()
    thread.join()
    assert found[0] is not connections["default"]
    mine = worded.rows(1).query.get_compiler(using="default").connection
    assert mine is connections["default"]


def test_an_agreement_that_waits_is_read_with_all_it_shows() -> None:
    _, agreement = agreements.drafted()
    waits = [work.case for work in inbox(actor_of(people.pat()))]
    assert agreement.code in waits
