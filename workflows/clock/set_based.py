"""One batch of the sweep inside the database: no ladder of it travels to Python and back.

Per escalation this costs half of what planning in Python does (docs/benchmarks.md). It says the
same as `rules.firing_of`; a ladder it cannot read makes it raise, and the batch is planned there.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, NamedTuple

from django.db import connection

from workflows.clock.rules import TELLING

TELLS = ", ".join(f"'{act}'" for act in sorted(TELLING))
RUNNING = "met_at IS NULL AND waived_at IS NULL AND next_at <= %(now)s"
INSERT = (
    'INSERT INTO workflows_message (channel, "to", subject, body, claimed_by, attempts,'
    " last_error, status, topic, created_at, send_after, case_id, tenant_id, payload, dedupe_key)"
)
SELECT = (
    "SELECT 'reaction', '', '', '', '', 0, '', 'queued', %(topic)s, %(now)s, %(now)s, case_id,"
    " tenant_id,"
)


class Due(NamedTuple):
    """A deadline that was due when it was looked for, and the rung at which it stood then."""

    id: int
    case_id: int
    rung: int


@dataclass(frozen=True, slots=True)
class Swept:
    """Deadlines that went on to their next rung, and the messages written for them."""

    swept: int
    fired: int


def fire(now: datetime, due: Sequence[Due], *, topic: str) -> Swept:
    """Promise every rung that is due of these deadlines, and advance them.

    The caller holds a transaction and ends it in a rollback when this raises.
    """
    values = {"now": now, "topic": topic}
    return _postgresql(values, due) if connection.vendor == "postgresql" else _sqlite(values, due)


# What was due is looked for before, without locks, so each row is asked again: UPDATE reads what is
# committed now, and a row that somebody has moved, met or armed anew since is left as it is.
# Whole cases are locked. Those are skipped that another sweeper, a recompute or whoever changes
# dates by law holds. A move that pauses or closes a date holds that row alone, without the case: we
# wait for it, and ask the row again as it then is. MATERIALIZED: else the planner, who cannot know
# how many keys there are, compares each with each.
# `alone`: one rung is due and the next is not. Nearly all are, and need no ladder taken apart.
# A key that is there already breaks the batch, which is then planned in Python: cheaper than ON
# CONFLICT, which looks twice for each row what never happens.
POSTGRESQL = f"""
WITH claimed AS MATERIALIZED (
    SELECT id, tenant_id FROM workflows_case WHERE id = ANY(%(cases)s)
    FOR NO KEY UPDATE SKIP LOCKED
), keys AS MATERIALIZED (
    SELECT k.id, k.rung, k.place, c.tenant_id
    FROM unnest(%(ids)s::bigint[], %(case_of)s::bigint[], %(rungs)s::int[])
        WITH ORDINALITY k (id, case_id, rung, place)
    JOIN claimed c ON c.id = k.case_id
), advanced AS (
    UPDATE workflows_deadline d SET attempts = 0, last_error = '', (rung, next_at) = (
        SELECT ahead, (d.ladder->ahead->>'at')::timestamptz FROM (SELECT CASE
            WHEN (d.ladder->d.rung->>'at')::timestamptz <= %(now)s
                AND (d.rung + 1 = jsonb_array_length(d.ladder)
                    OR (d.ladder->(d.rung + 1)->>'at')::timestamptz > %(now)s) IS TRUE
            THEN d.rung + 1
            ELSE (SELECT d.rung + count(*)::int
                FROM jsonb_array_elements(d.ladder) WITH ORDINALITY s (step, place)
                WHERE s.place > d.rung
                    AND ((s.step->>'at')::timestamptz <= %(now)s) IS NOT FALSE)
            END AS ahead OFFSET 0) n)
    FROM keys k WHERE d.id = k.id AND d.rung = k.rung AND {RUNNING}
    RETURNING d.id, d.case_id, k.tenant_id, k.place AS turn, k.rung AS first, d.rung AS ahead,
        d.ladder
), steps AS MATERIALIZED (
    SELECT id, case_id, tenant_id, turn, (s.place - 1)::int AS rung,
        s.step->>'act' IN ({TELLS}) AS tells,
        CASE WHEN s.step->>'act' IN ({TELLS}) THEN s.step->>'to' ELSE s.place::text END AS whom,
        (s.step->>'at') IS NOT NULL AND (s.step->>'to') IS NOT NULL AS whole
    FROM advanced CROSS JOIN LATERAL jsonb_array_elements(ladder) WITH ORDINALITY s (step, place)
    WHERE ahead > first + 1 AND s.place > first AND s.place <= ahead
), sent AS (
    SELECT id, case_id, tenant_id, turn, ladder->first->>'act' IN ({TELLS}) AS tells,
        first AS rung, '[]'::jsonb AS missed,
        (ladder->first->>'at') IS NOT NULL AND (ladder->first->>'to') IS NOT NULL AS whole
    FROM advanced WHERE ahead = first + 1
    UNION ALL
    SELECT id, case_id, tenant_id, turn, tells, max(rung),
        to_jsonb(array_remove(array_agg(rung ORDER BY rung), max(rung))), bool_and(whole)
    FROM steps GROUP BY id, case_id, tenant_id, turn, tells, whom
), written AS (
    {INSERT}
    {SELECT}
        CASE WHEN whole AND tells IS NOT NULL THEN
            jsonb_build_object('deadline', id, 'rung', rung, 'missed', missed) END,
        'dl:' || id || ':' || rung
    FROM sent ORDER BY tells, turn, rung RETURNING 1
)
SELECT (SELECT count(*) FROM advanced), (SELECT count(*) FROM written)
"""  # noqa: S608


def _postgresql(values: dict[str, Any], due: Sequence[Due]) -> Swept:
    cases = [row.case_id for row in due]
    values |= {"ids": [row.id for row in due], "rungs": [row.rung for row in due]}
    values |= {"case_of": cases, "cases": sorted(set(cases))}
    with connection.cursor() as cursor:
        cursor.execute(POSTGRESQL, values)
        return Swept(*cursor.fetchone())


# SQLite cannot write inside WITH, so what both writes need is worked out once, into a table of this
# connection's own. The write lock is ours since BEGIN, so what is due stays due.
PLANNED = """
CREATE TEMP TABLE IF NOT EXISTS sweep_planned (id INTEGER PRIMARY KEY, case_id INTEGER,
    tenant_id INTEGER, turn INTEGER, rung INTEGER, act TEXT, whom TEXT, alone INTEGER, later TEXT)
"""
FORGET = "DELETE FROM temp.sweep_planned"
# Instants in ladders are UTC in one spelling, so text is compared; another spelling is not read.
AT = "json_extract(s.value, '$.at')"
UTC_NOW = "substr({0}, -6) = '+00:00' AND {0}"
STORED = "replace(replace({}, 'T', ' '), '+00:00', '')"
# `alone` as above. MATERIALIZED: else SQLite reads the ladder anew for each mention of `step`.
PLAN = f"""
INSERT INTO temp.sweep_planned
WITH due AS MATERIALIZED (
    SELECT d.id, d.case_id, c.tenant_id, k.key AS turn, d.rung,
        json_extract(d.ladder, '$[' || d.rung || ']') AS step,
        json_extract(d.ladder, '$[' || (d.rung + 1) || '].at') AS later,
        d.rung + 1 = json_array_length(d.ladder) AS last
    FROM json_each(%(keys)s) k
    CROSS JOIN workflows_deadline d ON d.id = k.value
    CROSS JOIN workflows_case c ON c.id = d.case_id
    WHERE {RUNNING}
), read AS MATERIALIZED (
    SELECT *, json_extract(step, '$.at') AS at FROM due
)
SELECT id, case_id, tenant_id, turn, rung, json_extract(step, '$.act'), json_extract(step, '$.to'),
    {UTC_NOW.format("at")} <= %(utc)s AND (last OR {UTC_NOW.format("later")} > %(utc)s),
    {STORED.format("later")}
FROM read
"""  # noqa: S608
WRITE = f"""
{INSERT}
WITH steps AS (
    SELECT p.id, p.case_id, p.tenant_id, p.turn, s.key AS rung,
        json_extract(s.value, '$.act') IN ({TELLS}) AS tells,
        CASE WHEN json_extract(s.value, '$.act') IN ({TELLS})
            THEN json_extract(s.value, '$.to') ELSE s.key END AS whom,
        {AT} LIKE '%%+00:00' AND json_extract(s.value, '$.to') IS NOT NULL AS whole
    FROM temp.sweep_planned p CROSS JOIN workflows_deadline d ON d.id = p.id
    CROSS JOIN json_each(d.ladder) s
    WHERE p.alone IS NOT 1 AND s.key >= p.rung
        AND ({AT} <= %(utc)s OR {AT} IS NULL OR {AT} NOT LIKE '%%+00:00')
), latest AS (
    SELECT *, max(rung) OVER (PARTITION BY id, tells, whom) AS sent FROM steps
), sent AS (
    SELECT id, case_id, tenant_id, turn, act IN ({TELLS}) AS tells, rung, whom IS NOT NULL AS whole,
        '[]' AS missed
    FROM temp.sweep_planned WHERE alone = 1
    UNION ALL
    SELECT id, case_id, tenant_id, turn, tells, sent, min(whole),
        json_group_array(rung) FILTER (WHERE rung < sent)
    FROM latest GROUP BY id, tells, whom, sent
)
{SELECT}
    CASE WHEN whole = 1 AND tells IS NOT NULL THEN
        '{{"deadline":' || id || ',"rung":' || rung || ',"missed":' || missed || '}}' END,
    'dl:' || id || ':' || rung
FROM sent WHERE true ORDER BY tells, turn, rung
ON CONFLICT (dedupe_key) DO NOTHING
"""  # noqa: S608
ADVANCE = """
UPDATE workflows_deadline AS d SET attempts = 0, last_error = '', rung = d.rung + 1,
    next_at = p.later
FROM temp.sweep_planned p WHERE p.alone = 1 AND d.id = p.id
"""
# A ladder that is no list has no next rung: NULL, which the column refuses, and Python names it.
ADVANCE_FAR = f"""
UPDATE workflows_deadline AS d SET attempts = 0, last_error = '', (rung, next_at) = (
    SELECT CASE WHEN json_type(d.ladder) = 'array'
            THEN d.rung + count(*) FILTER (WHERE {AT} <= %(utc)s) END,
        {STORED.format(f"min({AT}) FILTER (WHERE {AT} > %(utc)s)")}
    FROM json_each(d.ladder) s WHERE s.key >= d.rung)
WHERE d.id IN (SELECT id FROM temp.sweep_planned WHERE alone IS NOT 1)
"""  # noqa: S608


def _sqlite(values: dict[str, Any], due: Sequence[Due]) -> Swept:
    now: datetime = values["now"]
    values |= {"now": connection.ops.adapt_datetimefield_value(now)}
    values |= {"utc": now.astimezone(UTC).isoformat(), "keys": json.dumps([row.id for row in due])}
    with connection.cursor() as cursor:
        cursor.execute(PLANNED)
        planned = cursor.execute(PLAN, values).rowcount
        fired = cursor.execute(WRITE, values).rowcount
        swept = cursor.execute(ADVANCE).rowcount
        if swept < planned:
            swept += cursor.execute(ADVANCE_FAR, values).rowcount
        cursor.execute(FORGET)
    return Swept(swept, fired)
