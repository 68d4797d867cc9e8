"""Is it running? What failed and why, what waits, what the nights found."""

import platform
import sqlite3
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import django
from django.conf import settings
from django.db import connection
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from vetting.operations.queries import links_of
from vetting.operations.views import nights, rows
from vetting.pages import Choice, Fact
from vetting.people.access import roles_required
from vetting.people.middleware import PersonRequest
from workflows.actors import Actor, Role
from workflows.clock.models import Deadline
from workflows.operations import queries, rules
from workflows.operations.models import LedgerFault, Mending
from workflows.operations.queries import LedgerState
from workflows.outbox.models import Message

# Whoever has more than that looks for one cause, not for rows.
SHOWN = 25


@dataclass(frozen=True, slots=True)
class Found:
    """What the tables hold of one district; one row more than is shown tells that there is more."""

    given_up: list[Message]
    retrying: list[Message]
    dates: list[Deadline]
    mended: list[Mending]
    ledger: LedgerState
    faults: list[LedgerFault]

    @property
    def needs_somebody(self) -> int:
        return len(self.given_up) + len(self.dates) + len(self.faults)

    @property
    def lists(self) -> tuple[list[Any], ...]:
        return self.given_up, self.retrying, self.dates, self.mended, self.faults


@roles_required(Role.ADMIN)
@require_safe
@never_cache
def page(request: PersonRequest) -> HttpResponse:
    now = timezone.now()
    found, worker = _found(request.actor, now), _worker(request.actor, now)
    context = {
        "things": found.needs_somebody,
        "needs": found.needs_somebody + bool(worker["late"]) + worker["broken"],
        "well": not (found.needs_somebody or found.retrying or worker["late"] or worker["broken"]),
        "more": any(len(rows_) > SHOWN for rows_ in found.lists),
        "all_again": _all_again(len(found.given_up)),
        "ledger": found.ledger,
        "versions": _versions(),
        **_lines(request.actor, found, now),
        **worker,
    }
    return render(request, "vetting/operations/page.html", context)


def _found(actor: Actor, now: datetime) -> Found:
    most, ledger = SHOWN + 1, queries.ledger_state_for(actor)
    return Found(
        given_up=list(queries.given_up_for(actor)[:most]),
        retrying=list(queries.retrying_for(actor)[:most]),
        dates=list(queries.failing_deadlines_for(actor, now)[:most]),
        mended=list(queries.mendings_for(actor)[:most]),
        ledger=ledger,
        faults=list(queries.ledger_faults_for(actor, ledger.check)[:most]),
    )


def _lines(actor: Actor, found: Found, now: datetime) -> dict[str, Any]:
    shown = [rows_[:SHOWN] for rows_ in found.lists]
    links = links_of(actor, [row.case for rows_ in shown for row in rows_ if row.case])
    given_up, retrying, dates, mended, faults = shown
    papers = [m for m in (*given_up, *retrying) if m.channel == Message.JOB]
    return {
        "failed": [rows.trouble_of(m, links, now) for m in given_up if m not in papers],
        "papers": [rows.trouble_of(m, links, now) for m in papers],
        "retrying": [rows.trouble_of(m, links, now) for m in retrying if m not in papers],
        "dates": [rows.late_date_of(d, links, now) for d in dates],
        "mended": [nights.mended_of(m, links) for m in mended],
        "faults": [(fault.says, links.get(fault.case_id or 0)) for fault in faults],
    }


def _worker(actor: Actor, now: datetime) -> dict[str, Any]:
    seen = queries.beats()
    at = {name: seen[name].at if name in seen else None for name in rules.ROUNDS}
    quiet = settings.MOST_SILENCE
    late = [name for name in rules.ROUNDS if rules.is_late(name, at[name], now, quiet)]
    return {
        "rounds": nights.rounds_of(seen, late),
        "late": late,
        "broken": any(beat.result.get("broken") for beat in seen.values()),
        "silent": "drain" in late,
        "last_sign": at["drain"],
        "embedded": settings.EMBEDDED,
        "in_hand": [(rows.words_for(m), m.claimed_at) for m in queries.in_hand_for(actor, now)],
        "waiting": queries.waiting_for(actor, now),
    }


def _all_again(number: int) -> Choice | None:
    if number < 2:
        return None
    label, url = "Try everything again", reverse("operations:all_again")
    consequence = "Everything that was given up gets a new round of attempts, from now on."
    return Choice(label, url, tone="plain", consequence=consequence)


def _versions() -> list[Fact]:
    if connection.vendor == "postgresql":
        number = connection.pg_version  # type: ignore[attr-defined]
        database = f"PostgreSQL {number // 10000}.{number % 10000}"
    else:
        database = f"SQLite {sqlite3.sqlite_version}"
    return [
        Fact("Database", database),
        Fact("Django", django.get_version()),
        Fact("Python", platform.python_version()),
    ]
