"""The migrations, run once: the rest of the suite stands on tables made from the models."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper
from pytest_django import DjangoDbBlocker

from tests.forks import fork
from tests.vetting.platform import schema

pytestmark = [pytest.mark.slow, pytest.mark.django_db]


def manage(name: str, log: Path) -> None:
    """`manage.py migrate` and `check --database`, in a process whose database is another one."""

    def commands() -> None:
        connection.settings_dict["NAME"] = name
        # pytest's own takes the migrations away; the toy rooms have none.
        settings.MIGRATION_MODULES = {}
        call_command("migrate", verbosity=0, run_syncdb=True, skip_checks=False)
        call_command("check", databases=["default"])

    process = fork(commands, log)
    process.join()
    assert process.exitcode == 0, log.read_text()[-3000:]


@pytest.fixture(scope="module")
def migrated(
    django_db_setup: None,
    django_db_blocker: DjangoDbBlocker,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[BaseDatabaseWrapper]:
    """An empty database that `manage.py migrate` made and `check --database` is content with.

    The checks that a command runs first must not ask tables that are not there yet.
    """
    folder = tmp_path_factory.mktemp("migrated")
    with django_db_blocker.unblock():
        other = connection.copy("migrated")
        other.settings_dict = {**connection.settings_dict, "NAME": _name(folder)}
        _make(other)
        try:
            manage(other.settings_dict["NAME"], folder / "log")
            yield other
        finally:
            other.close()
            _drop(other)


def _name(folder: Path) -> str:
    if connection.vendor == "sqlite":
        return str(folder / "db.sqlite3")
    return f"{connection.settings_dict['NAME']}_migrated"


def _make(other: BaseDatabaseWrapper) -> None:
    if other.vendor == "postgresql":
        _on_the_server(f'CREATE DATABASE "{other.settings_dict["NAME"]}"')


def _drop(other: BaseDatabaseWrapper) -> None:
    if other.vendor == "postgresql":
        _on_the_server(f'DROP DATABASE IF EXISTS "{other.settings_dict["NAME"]}"')


def _on_the_server(statement: str) -> None:
    with connection._nodb_cursor() as cursor:
        cursor.execute(statement)


def ours(found: schema.Schema) -> schema.Schema:
    """What speaks of tables of our houses, the toy rooms left out. Some migrations of Django and
    viewflow make otherwise than their models say; that is theirs to know."""
    toys = [f"{a.label}_" for a in apps.get_app_configs() if a.name.startswith("tests.")]
    houses = ("workflows_", "vetting_", "contracts_")
    return {
        (kind, said)
        for kind, said in found
        if any(name in said for name in houses) and not any(name in said for name in toys)
    }


def test_the_migrations_make_the_tables_that_the_models_ask_for(
    migrated: BaseDatabaseWrapper,
) -> None:
    made, asked = ours(schema.of(migrated)), ours(schema.of(connection))
    assert len(made) > 500
    assert sorted(made - asked) == []
    assert sorted(asked - made) == []


def test_a_migrated_database_is_empty(migrated: BaseDatabaseWrapper) -> None:
    with migrated.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM vetting_district")
        assert cursor.fetchone() == (0,)


def test_a_difference_is_seen() -> None:
    create = 'CREATE TABLE "x" ("a" text DEFAULT \'b, c\', "d" int CHECK ("d" IN (1, 2)))'
    assert schema.parts(create) == ["\"a\" text DEFAULT 'b, c'", '"d" int CHECK ("d" IN (1, 2))']
    before = schema.of(connection)
    with connection.cursor() as cursor:
        cursor.execute("CREATE INDEX nobody_asked ON vetting_district (name)")
    (new,) = schema.of(connection) - before
    assert new[0] == "index"
