"""Two administrators press the same button at the same instant, thirty times."""

import pytest

from tests.factories import people, requests, troubles
from tests.races import race
from vetting.operations import commands
from vetting.people import queries
from vetting.people.models import SettingChange
from workflows.actors import Role
from workflows.engine import Refused
from workflows.ledger.models import Entry

pytestmark = pytest.mark.django_db(transaction=True)
ROUNDS = 30


def test_one_is_first_and_the_other_reads_who_it_was() -> None:
    first = queries.actor_of(people.max())
    second = queries.actor_of(people.person("Ann Lowe", Role.ADMIN))
    request = requests.in_triage()
    for number in range(ROUNDS):
        make = troubles.given_up if number % 2 else troubles.retrying
        message = make(request if number % 3 else None)
        written = Entry.objects.count() + SettingChange.objects.count()
        outcomes = race(
            lambda m=message: commands.retry_message(m, by=first, seen=m.attempts),
            lambda m=message: commands.retry_message(m, by=second, seen=m.attempts),
        )
        (loser,) = [outcome for outcome in outcomes if outcome is not None]
        assert isinstance(loser, Refused)
        assert "asked for this already" in str(loser)
        assert Entry.objects.count() + SettingChange.objects.count() == written + 1
