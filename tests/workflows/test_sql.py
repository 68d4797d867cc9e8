"""Our statements go through the very connection that Django uses."""

import asyncio

import pytest
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper

from workflows import sql

pytestmark = pytest.mark.django_db


def test_it_is_the_connection_of_the_thread_and_of_a_loop_that_runs_in_it() -> None:
    async def in_a_loop() -> tuple[BaseDatabaseWrapper, BaseDatabaseWrapper]:
        return sql.database(), connections["default"]

    before = sql.database()
    ours, djangos = asyncio.run(in_a_loop())
    assert ours is djangos
    assert sql.database() is before is connections["default"]
