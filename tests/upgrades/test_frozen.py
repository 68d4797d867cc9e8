"""What was frozen stays as it was: from the first release on, migrations are only added."""

import pytest

from tests.upgrades import frozen
from tests.upgrades.frozen import Frozen

# Everybody who clones gets every one of them.
MOST_BYTES = 450_000
every_one = pytest.mark.parametrize("one", frozen.all_of_them(), ids=lambda one: one.folder.name)


def test_there_is_a_frozen_database() -> None:
    assert frozen.all_of_them(), "make one: python -m tests.upgrades freeze"


@every_one
def test_no_migration_of_a_release_is_changed(one: Frozen) -> None:
    """A district has run it: what is wrong in it is mended by another one."""
    assert one.said["migrations"]
    assert one.changed(frozen.sha256_of_migrations()) == []


@every_one
def test_a_change_or_a_loss_is_named_and_an_addition_is_none(one: Frozen) -> None:
    now = frozen.sha256_of_migrations() | {"vetting.9999_later": "0"}
    assert one.changed(now) == []
    assert one.changed(now | {"vetting.0001_initial": "0"}) == ["vetting.0001_initial"]
    del now["contracts.0001_initial"]
    assert one.changed(now) == ["contracts.0001_initial"]


@every_one
def test_a_frozen_database_is_small(one: Frozen) -> None:
    assert sum(file.stat().st_size for file in one.folder.iterdir()) <= MOST_BYTES
