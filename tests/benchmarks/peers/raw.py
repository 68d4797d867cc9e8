"""The floor: the driver alone, one guarded UPDATE and one INSERT per event, prepared, no Django."""

import os
from datetime import UTC, datetime
from functools import partial
from typing import Any

import psycopg
from django.db import connection

from tests.benchmarks.peers import models
from tests.benchmarks.race import EVENTS

TARGETS = (
    *(models.SCREENING, models.REVIEW, models.REVIEW),
    *(models.WITH_VENDOR, models.WITH_DISTRICT, models.IN_FORCE),
)
UPDATE = "UPDATE peers_fsmdeal SET state = %s, version = version + 1 WHERE id = %s AND version = %s"
INSERT = (
    "INSERT INTO peers_audit (deal_id, name, source, target, actor, at)"
    " VALUES (%s, %s, %s, %s, %s, %s)"
)


class Raw:
    """What any engine that keeps a state and its history must at least write."""

    name, title = "raw", "raw driver: UPDATE + INSERT"

    def __init__(self) -> None:
        self.driver = own_driver()
        self.plain = self.prepared = self.driver.cursor().execute
        self.update, self.insert, self.begin = UPDATE, INSERT, "BEGIN"
        if connection.vendor == "sqlite":
            self.update, self.insert = (sql.replace("%s", "?") for sql in (UPDATE, INSERT))
            self.begin = "BEGIN IMMEDIATE"
        else:
            self.plain = partial(self.plain, prepare=False)
            self.prepared = partial(self.prepared, prepare=True)

    def draft(self) -> int:
        return models.FsmDeal.objects.create().pk

    def find(self, deal: int, event: str) -> int:
        return deal

    def act(self, event: str, deal: int, key: int) -> int:
        step = EVENTS.index(event)
        at: Any = datetime.now(UTC)
        at = at.isoformat(" ") if connection.vendor == "sqlite" else at
        source = TARGETS[step - 1] if step else models.DRAFT
        self.plain(self.begin)
        written = self.prepared(self.update, (TARGETS[step], key, step + 1)).rowcount
        if written != 1:
            raise RuntimeError(f"raw: {written} rows were at version {step + 1}")
        self.prepared(self.insert, (key, event, source, TARGETS[step], "membership:1", at))
        self.plain("COMMIT")
        return deal

    def done(self, deal: int) -> bool:
        return models.FsmDeal.objects.get(pk=deal).state == models.IN_FORCE


def own_driver() -> Any:
    """A connection of the driver's own making, with the settings that Django's has."""
    if connection.vendor == "postgresql":
        return psycopg.connect(os.environ["DATABASE_URL"], autocommit=True)
    copy = connection.copy()
    copy.ensure_connection()
    return copy.connection
