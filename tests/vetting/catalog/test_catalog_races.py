"""Two people at the same instant, thirty times: one tool, one vendor, one import."""

import pytest

from tests.factories import people
from tests.races import race
from vetting.catalog import commands
from vetting.catalog.lists.commands import import_list
from vetting.catalog.models import Listing, Tool, Vendor
from vetting.people.models import SettingChange
from workflows.actors import system

pytestmark = pytest.mark.django_db(transaction=True)
BY, ROUNDS = system("tests"), 30


def test_two_spellings_of_one_new_tool_make_one_tool() -> None:
    for number in range(ROUNDS):
        site = f"https://plum{number}.com"

        def resolve(name: str, site: str = site) -> commands.Resolution:
            return commands.resolve_tool(name=name, website=site, by=BY)

        answers = race(
            lambda ask=resolve, n=number: ask(f"Plum Reader {n}"),
            lambda ask=resolve, n=number: ask(f"Plum Raeder {n}"),
        )
        assert sorted(answer.new for answer in answers) == [False, True]
        assert answers[0].tool == answers[1].tool
    assert Tool.objects.count() == Vendor.objects.count() == ROUNDS


def test_two_imports_of_one_list_write_it_once() -> None:
    where = people.district()
    for number in range(ROUNDS):
        data = f"Tool,Vendor\nPlum {number},Plum LLC\nPear {number},Pear LLC\n".encode()

        def take(data: bytes = data) -> tuple[int, int]:
            loaded = import_list(district=where, data=data, by=BY).loaded
            return loaded.new, loaded.same

        assert sorted(race(take, take)) == [(0, 2), (2, 0)]
    assert Listing.objects.count() == Tool.objects.count() == 2 * ROUNDS
    assert Vendor.objects.count() == 2
    assert SettingChange.objects.filter(what="list_imported").count() == ROUNDS
