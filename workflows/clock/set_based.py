"""One batch of the sweep inside the database: no row of it travels to Python and back.

Per escalation this costs half of what planning in Python does (docs/benchmarks.md). It says the
same as `rules.firing_of`; a ladder it cannot read makes it raise, and the batch is planned there.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

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


@dataclass(frozen=True, slots=True)
class Swept:
    """`claimed`: the due rows that chose the cases; fewer than the batch means nothing is left."""

    claimed: int
    swept: int
    fired: int


class Unreadable(ValueError):
    """A ladder is no list; the row must be named and put off, which takes Python."""


def fire(now: datetime, batch: int, *, topic: str) -> Swept:
    """Promise every rung that is due of the next cases, and advance their deadlines.

    The caller holds a transaction and ends it in a rollback when this raises.
    """
    values = {"now": now, "batch": batch, "topic": topic}
    return _postgresql(values) if connection.vendor == "postgresql" else _sqlite(values, now)


# Whole cases, in the order in which they are due. Rows another sweeper holds are skipped, however
# many; its commit between our snapshot and our lock is seen, because a lock reads the row again.
# LATERAL: a planner who believes that little is due would read all of it again for each batch.
# `alone`: one rung is due and the next is not. Nearly all are, and need no ladder taken apart.
# A key that is there already breaks the batch, which is then planned in Python: cheaper than ON
# CONFLICT, which looks twice for each row what never happens.
POSTGRESQL = f"""
WITH claimed AS MATERIALIZED (
    SELECT c.id, c.tenant_id
    FROM workflows_deadline d JOIN workflows_case c ON c.id = d.case_id
    WHERE {RUNNING}
    ORDER BY d.next_at, d.id LIMIT %(batch)s
    FOR NO KEY UPDATE OF c SKIP LOCKED
), due AS MATERIALIZED (
    SELECT d.*, c.tenant_id, d.ladder->d.rung AS step,
        (d.ladder->d.rung->>'at')::timestamptz <= %(now)s
        AND (d.rung + 1 = jsonb_array_length(d.ladder)
            OR (d.ladder->(d.rung + 1)->>'at')::timestamptz > %(now)s) IS TRUE AS alone
    FROM (SELECT DISTINCT id, tenant_id FROM claimed) c CROSS JOIN LATERAL (
        SELECT id, case_id, ladder, rung, next_at FROM workflows_deadline
        WHERE case_id = c.id AND {RUNNING} FOR NO KEY UPDATE SKIP LOCKED
    ) d
), steps AS MATERIALIZED (
    SELECT due.id, due.case_id, due.tenant_id, due.next_at, (s.place - 1)::int AS rung,
        s.step->>'act' IN ({TELLS}) AS tells,
        CASE WHEN s.step->>'act' IN ({TELLS}) THEN s.step->>'to' ELSE s.place::text END AS whom,
        (s.step->>'at') IS NOT NULL AND (s.step->>'to') IS NOT NULL AS whole
    FROM due CROSS JOIN LATERAL jsonb_array_elements(due.ladder) WITH ORDINALITY AS s (step, place)
    WHERE due.alone IS NOT TRUE AND s.place > due.rung
        AND ((s.step->>'at')::timestamptz <= %(now)s) IS NOT FALSE
), sent AS (
    SELECT id, case_id, tenant_id, next_at, step->>'act' IN ({TELLS}) AS tells, rung,
        (step->>'to') IS NOT NULL AS whole, '[]'::jsonb AS missed
    FROM due WHERE alone
    UNION ALL
    SELECT id, case_id, tenant_id, next_at, tells, max(rung), bool_and(whole),
        to_jsonb(array_remove(array_agg(rung ORDER BY rung), max(rung)))
    FROM steps GROUP BY id, case_id, tenant_id, next_at, tells, whom
), written AS (
    {INSERT}
    {SELECT}
        CASE WHEN whole AND tells IS NOT NULL THEN
            jsonb_build_object('deadline', id, 'rung', rung, 'missed', missed) END,
        'dl:' || id || ':' || rung
    FROM sent ORDER BY tells, next_at, id, rung RETURNING 1
), ahead AS (
    SELECT id, ladder, rung + 1 AS rung FROM due WHERE alone
    UNION ALL
    SELECT due.id, due.ladder, due.rung + count(steps.id)::int FROM due LEFT JOIN steps USING (id)
    WHERE due.alone IS NOT TRUE GROUP BY due.id, due.ladder, due.rung
), advanced AS (
    UPDATE workflows_deadline d SET attempts = 0, last_error = '', rung = ahead.rung,
        next_at = (ahead.ladder->ahead.rung->>'at')::timestamptz
    FROM ahead WHERE d.id = ahead.id RETURNING 1
)
SELECT (SELECT count(*) FROM claimed), (SELECT count(*) FROM advanced),
    (SELECT count(*) FROM written)
"""  # noqa: S608


def _postgresql(values: dict[str, Any]) -> Swept:
    with connection.cursor() as cursor:
        cursor.execute(POSTGRESQL, values)
        return Swept(*cursor.fetchone())


# SQLite cannot write inside WITH. The write lock is ours since BEGIN, so the keys stay due.
CASES = (
    f"SELECT case_id FROM workflows_deadline WHERE {RUNNING} ORDER BY next_at, id LIMIT %(batch)s"  # noqa: S608
)
KEYS = f"""
SELECT d.id, json_type(d.ladder) = 'array' FROM (SELECT DISTINCT case_id FROM ({CASES})) c
CROSS JOIN workflows_deadline d ON d.case_id = c.case_id WHERE {RUNNING}
"""  # noqa: S608
# Instants in ladders are UTC in one spelling, so text is compared; another spelling is not read.
AT = "json_extract(s.value, '$.at')"


def _at(rung: str) -> str:
    return f"json_extract(d.ladder, '$[' || ({rung}) || '].at')"


# `alone` as above: five readings of one text, which SQLite takes apart once for all of them.
WRITE = f"""
{INSERT}
WITH due AS (
    SELECT d.id, d.case_id, c.tenant_id, d.next_at, d.rung,
        json_extract(d.ladder, '$[' || d.rung || ']') AS step,
        {_at("d.rung")} <= %(utc)s AND {_at("d.rung")} LIKE '%%+00:00'
        AND (d.rung + 1 = json_array_length(d.ladder)
            OR {_at("d.rung + 1")} > %(utc)s AND {_at("d.rung + 1")} LIKE '%%+00:00') AS alone
    FROM json_each(%(keys)s) k
    CROSS JOIN workflows_deadline d ON d.id = k.value
    CROSS JOIN workflows_case c ON c.id = d.case_id
), steps AS (
    SELECT due.id, due.case_id, due.tenant_id, due.next_at, s.key AS rung,
        json_extract(s.value, '$.act') IN ({TELLS}) AS tells,
        CASE WHEN json_extract(s.value, '$.act') IN ({TELLS})
            THEN json_extract(s.value, '$.to') ELSE s.key END AS whom,
        {AT} LIKE '%%+00:00' AND json_extract(s.value, '$.to') IS NOT NULL AS whole
    FROM due CROSS JOIN workflows_deadline d ON d.id = due.id CROSS JOIN json_each(d.ladder) s
    WHERE due.alone IS NOT 1 AND s.key >= due.rung
        AND ({AT} <= %(utc)s OR {AT} IS NULL OR {AT} NOT LIKE '%%+00:00')
), last AS (
    SELECT *, max(rung) OVER (PARTITION BY id, tells, whom) AS sent FROM steps
), sent AS (
    SELECT id, case_id, tenant_id, next_at, json_extract(step, '$.act') IN ({TELLS}) AS tells,
        rung, json_extract(step, '$.to') IS NOT NULL AS whole, '[]' AS missed
    FROM due WHERE alone = 1
    UNION ALL
    SELECT id, case_id, tenant_id, next_at, tells, sent, min(whole),
        json_group_array(rung) FILTER (WHERE rung < sent)
    FROM last GROUP BY id, tells, whom, sent
)
{SELECT}
    CASE WHEN whole = 1 AND tells IS NOT NULL THEN
        json_object('deadline', id, 'rung', rung, 'missed', json(missed)) END,
    'dl:' || id || ':' || rung
FROM sent WHERE true ORDER BY tells, next_at, id, rung
ON CONFLICT (dedupe_key) DO NOTHING
"""  # noqa: S608
ADVANCE = f"""
UPDATE workflows_deadline SET attempts = 0, last_error = '', (rung, next_at) = (
    SELECT workflows_deadline.rung + count(*) FILTER (WHERE {AT} <= %(utc)s),
        replace(replace(min({AT}) FILTER (WHERE {AT} > %(utc)s), 'T', ' '), '+00:00', '')
    FROM json_each(ladder) s WHERE s.key >= workflows_deadline.rung)
WHERE id IN (SELECT value FROM json_each(%(keys)s))
"""  # noqa: S608


def _sqlite(values: dict[str, Any], now: datetime) -> Swept:
    values |= {"now": connection.ops.adapt_datetimefield_value(now)}
    values |= {"utc": now.astimezone(UTC).isoformat()}
    with connection.cursor() as cursor:
        cursor.execute(KEYS, values)
        found = cursor.fetchall()
        if not all(is_list for _, is_list in found):
            raise Unreadable("A ladder is no list.")
        values |= {"keys": f"[{','.join(str(key) for key, _ in found)}]"}
        fired = cursor.execute(WRITE, values).rowcount
        swept = cursor.execute(ADVANCE, values).rowcount
    return Swept(len(found), swept, fired)
