"""A database of each frozen release goes on with this tree: it is migrated, every page opens, and
everything that waited for somebody is done."""

import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from django.db import connection

from tests.upgrades import frozen
from tests.upgrades.freezing import HOUSE, run
from tests.upgrades.frozen import Frozen

pytestmark = pytest.mark.database("sqlite", "postgresql")
every_one = pytest.mark.parametrize("one", frozen.all_of_them(), ids=lambda one: one.folder.name)


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    """An empty database beside those of the other tests."""
    if connection.vendor == "sqlite":
        yield f"sqlite:///{tmp_path / 'db.sqlite3'}"
        return
    server, _, _ = os.environ["DATABASE_URL"].rpartition("/")
    name = f"upgrade_{os.getpid()}"
    on_the_server(f"CREATE DATABASE {name}")
    yield f"{server}/{name}"
    on_the_server(f"DROP DATABASE {name}")


def on_the_server(statement: str) -> None:
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as server:
        server.execute(statement.encode())


def live(
    one: Frozen, address: str, data: Path, **settings: str
) -> subprocess.CompletedProcess[str]:
    one.lay_down(connection.vendor, address, data)
    return run(address, data, "-m", "tests.upgrades", "live", str(data), **settings)


@every_one
def test_a_frozen_district_goes_on(one: Frozen, address: str, tmp_path: Path) -> None:
    done = live(one, address, tmp_path)
    assert done.returncode == 0, done.stderr[-4000:]
    report = json.loads(done.stdout)
    assert report["faults"] == [], report["stopped"]
    assert report["dated"] >= 1
    assert report["pages"] > 100
    assert report["done"] >= 30


# Each fits an empty database; the first cannot be made where rows stand, the second harms them.
REFUSED = "CREATE UNIQUE INDEX planted ON vetting_toolrequest (state)"
HARMFUL = "UPDATE workflows_task SET finished = created WHERE finished IS NULL"
MIGRATION = """
from django.db import migrations

class Migration(migrations.Migration):
    dependencies = [("vetting", {after!r}), ("workflows", "__first__")]
    operations = [migrations.RunSQL({sql!r})]
"""


def planted(folder: Path, sql: str) -> dict[str, str]:
    """The product with one migration more; what it adds to the environment."""
    last = max(file.stem for file in (HOUSE / "vetting" / "migrations").glob("0*.py"))
    beside = folder / "planted"
    beside.mkdir()
    (beside / "__init__.py").write_text(
        "from vetting import migrations\n__path__ = [*migrations.__path__, *__path__]\n"
    )
    (beside / "9999_planted.py").write_text(MIGRATION.format(after=last, sql=sql))
    (folder / "with_planted.py").write_text(
        "from vetting.settings import *\nMIGRATION_MODULES = {'vetting': 'planted'}\n"
    )
    return {"DJANGO_SETTINGS_MODULE": "with_planted", "PYTHONPATH": str(folder)}


@pytest.mark.database("sqlite")
@pytest.mark.parametrize(("sql", "says"), [(REFUSED, "UNIQUE"), (HARMFUL, "sound")])
def test_a_wrong_migration_is_noticed(sql: str, says: str, address: str, tmp_path: Path) -> None:
    (one, *_) = frozen.all_of_them()
    done = live(one, address, tmp_path, **planted(tmp_path, sql))
    assert says in (done.stderr.splitlines()[-1] if done.returncode else done.stdout)
