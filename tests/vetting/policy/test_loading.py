"""Packs as rows: all of them or none, each text for ever, and only what changed is written."""

from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, transaction
from pytest_django import DjangoAssertNumQueries

from tests.factories import people
from tests.races import race
from tests.vetting.policy.example import PACK
from vetting import reference
from vetting.policy import queries
from vetting.policy.commands.loading import load_packs, load_texts
from vetting.policy.models import PackVersion
from vetting.reference import Loaded

pytestmark = pytest.mark.django_db
SHIPPED = 25


def texts(*changes: tuple[str, str], **others: str) -> queries.Texts:
    told = PACK
    for old, new in changes:
        assert old in told
        told = told.replace(old, new)
    return tuple(
        (f"{name}.yaml", text.encode()) for name, text in {"zz-law": told, **others}.items()
    )


def other(slug: str, *changes: tuple[str, str]) -> str:
    told = PACK.replace("zz-law", slug).replace("zz.", "yy.")
    for old, new in changes:
        told = told.replace(old, new)
    return told


def test_all_that_is_shipped_is_loaded_once_but_no_example_of_a_local_pack() -> None:
    assert load_packs() == Loaded(SHIPPED, 0, 0)
    assert load_packs() == Loaded(0, 0, SHIPPED)
    assert PackVersion.objects.count() == SHIPPED
    assert not PackVersion.objects.filter(layer="local").exists()
    row = PackVersion.objects.get(slug="ny-2d")
    assert row.text == (queries.SHIPPED / "ny-2d.yaml").read_text(encoding="utf-8")
    assert row.digest == sha256(row.text.encode()).hexdigest()
    assert (row.state, row.layer, row.district, row.withdrawn) == ("NY", "state", None, False)


def test_a_newer_text_is_one_more_row_and_the_older_one_stays() -> None:
    load_texts(texts())
    assert load_texts(texts(("amount: 7", "amount: 5"))) == Loaded(0, 1, 0)
    older, newer = PackVersion.objects.order_by("pk")
    assert "amount: 7" in older.text
    assert "amount: 5" in newer.text
    assert [pack.digest for pack in queries.packs_for(people.district())] == [newer.digest]
    assert [pack.digest for pack in queries.packs_at([older.digest])] == [older.digest]


def test_a_pack_that_is_shipped_no_longer_is_withdrawn_and_may_come_back() -> None:
    load_texts(texts(**{"yy-law": other("yy-law")}))
    assert load_texts(texts()) == Loaded(0, 1, 1)
    assert load_texts(texts()) == Loaded(0, 0, 1)
    assert [pack.slug for pack in queries.packs_for(people.district())] == ["zz-law"]
    assert PackVersion.objects.get(slug="yy-law", withdrawn=True).text == other("yy-law")
    assert load_texts(texts(**{"yy-law": other("yy-law")})) == Loaded(0, 1, 1)
    assert {pack.slug for pack in queries.packs_for(people.district())} == {"zz-law", "yy-law"}


def test_one_fault_in_one_pack_changes_nothing_and_is_said_with_file_and_line() -> None:
    load_texts(texts())
    faulty = other("yy-law", ("fact: breach, is", "fact: breech, is"))
    with pytest.raises(queries.Faulty) as faults:
        load_texts(texts(("amount: 7", "amount: 5"), **{"yy-law": faulty}))
    assert (
        str(faults.value) == "yy-law.yaml:28: yy.tell: There is no fact “breech”; “breach” is one."
    )
    assert PackVersion.objects.count() == 1
    (pack,) = queries.packs_for(people.district())
    assert pack.rules[0].terms["limit"]["amount"] == 7


def test_the_command_says_what_is_wrong_and_loads_the_rest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "zz-law.yaml").write_text(PACK.replace("    citation: Section 1\n", "", 1))
    monkeypatch.setattr(queries.texts_in, "__defaults__", (tmp_path,))
    with pytest.raises(CommandError) as refused:
        call_command("load_reference")
    heading, fault = str(refused.value).splitlines()
    assert heading == "Nothing was loaded of the jurisdiction packs:"
    assert fault.startswith("zz-law.yaml:13: zz.tell: It has no citation")
    assert not PackVersion.objects.exists()
    monkeypatch.undo()
    assert reference.load_all()["data elements"].new == 0


def test_a_row_of_a_pack_never_changes() -> None:
    load_texts(texts())
    with pytest.raises(DatabaseError), transaction.atomic():
        PackVersion.objects.update(text="")


def test_the_packs_of_a_district_are_one_statement_and_the_same_objects(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    load_packs()
    here = people.district()
    first = queries.packs_for(here)
    with django_assert_num_queries(1):
        again = queries.packs_for(here)
    assert len(first) == SHIPPED
    assert all(one is other for one, other in zip(first, again, strict=True))


def test_before_anything_is_loaded_what_is_shipped_counts() -> None:
    found = queries.packs_for(people.district())
    assert len(found) == SHIPPED
    assert all(pack.layer != "local" for pack in found)


def test_what_was_loaded_is_read_although_a_newer_linter_would_complain() -> None:
    load_texts(texts())
    stale = PackVersion.objects.get()
    text = stale.text.replace("fact: breach, is", "fact: breech, is")
    digest = sha256(text.encode()).hexdigest()
    fields = {"slug": "zz-law", "layer": "state", "loaded_at": stale.loaded_at}
    PackVersion.objects.create(**fields, digest=digest, text=text)
    (pack,) = queries.packs_for(people.district())
    assert pack.digest == digest


@pytest.mark.django_db(transaction=True)
def test_two_processes_at_once_load_once(pack_again: Callable[[int], queries.Texts]) -> None:
    for number in range(1, 11):
        wanted = pack_again(number)
        queries.sound(wanted)

        def load(wanted: queries.Texts = wanted) -> tuple[int, int]:
            found = load_texts(wanted)
            return found.new + found.changed, found.same

        assert sorted(race(load, load)) == [(0, 1), (1, 0)]
    assert PackVersion.objects.count() == 10


@pytest.fixture
def pack_again() -> Callable[[int], queries.Texts]:
    return lambda number: texts(("amount: 7", f"amount: {number + 20}"))


def test_the_command_lists_what_was_loaded(capsys: pytest.CaptureFixture[str]) -> None:
    load_texts(texts())
    call_command("packs", "list", "--loaded")
    heading, line = capsys.readouterr().out.splitlines()
    assert heading.split() == ["pack", "version", "loaded", "digest", "district"]
    assert line.split()[:2] == ["zz-law", "1"]
    assert line.endswith("every one")
