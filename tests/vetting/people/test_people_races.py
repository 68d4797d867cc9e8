"""Two administrators at the same instant, thirty times: one of them always stays."""

import pytest

from tests.factories import people
from tests.races import race
from vetting.people import commands, queries
from vetting.people.models import Membership, RoleGrant, SettingChange
from workflows.actors import Role
from workflows.engine import Refused

pytestmark = pytest.mark.django_db(transaction=True)
ROUNDS = 30


def test_two_administrators_cannot_end_each_other() -> None:
    boss, ann = people.max(), people.person("Ann Lowe", Role.ADMIN)
    first, second = queries.actor_of(boss), queries.actor_of(ann)
    for _ in range(ROUNDS):
        Membership.objects.update(active=True)
        before = SettingChange.objects.count()
        outcomes = race(
            lambda: commands.deactivate(membership=ann, by=first),
            lambda: commands.deactivate(membership=boss, by=second),
        )
        assert sorted(isinstance(outcome, Refused) for outcome in outcomes) == [False, True]
        assert Membership.objects.filter(active=True).count() == 1
        assert SettingChange.objects.count() == before + 1


def test_two_administrators_cannot_take_each_others_role() -> None:
    boss, ann = people.max(), people.person("Ann Lowe", Role.ADMIN)
    first, second = queries.actor_of(boss), queries.actor_of(ann)
    for _ in range(ROUNDS):
        for person in (boss, ann):
            RoleGrant.objects.get_or_create(membership=person, role=Role.ADMIN)
        outcomes = race(
            lambda: commands.revoke_role(membership=ann, role=Role.ADMIN, by=first),
            lambda: commands.revoke_role(membership=boss, role=Role.ADMIN, by=second),
        )
        assert sorted(isinstance(outcome, Refused) for outcome in outcomes) == [False, True]
        assert RoleGrant.objects.filter(role=Role.ADMIN).count() == 1
