"""One tool against every shipped pack: what the rules demand, by processor time."""

from datetime import date
from statistics import median
from time import process_time
from typing import Any

from vetting.policy.queries import shipped_packs
from vetting.policy.rules.evaluating import evaluate
from vetting.policy.rules.packs import Pack

ROUNDS, TIMES = 9, 20
TODAY = date(2026, 11, 22)
TOOL = {
    "student_data": True,
    "staff_data": False,
    "data": ["education_records", "student_id", "student_work"],
    "terms": "click_wrap",
    "primarily_k12": True,
    "staff_directed": True,
    "youngest_age": 9,
    "federal_funds": True,
    "agreement": True,
    "breach": False,
}


def measure() -> dict[str, Any]:
    """Of the states with a law of their own, the one that takes longest; and how long JSON takes.

    Nothing waits here, so processor time is all there is, and a busy machine does not show.
    """
    packs = shipped_packs()
    states = sorted({rule.state for pack in packs for rule in pack.rules if rule.state})
    found = {state: _evaluation_ms(packs, state) for state in states}
    slowest = max(found, key=lambda state: found[state])
    return {
        "packs": len(packs),
        "rules": sum(len(pack.rules) for pack in packs),
        "states": len(states),
        "slowest": slowest,
        "evaluate_ms": found[slowest],
        "median_ms": median(found.values()),
        "json_ms": _json_ms(packs, slowest),
    }


def _evaluation_ms(packs: tuple[Pack, ...], state: str) -> float:
    facts = TOOL | {"agency_state": state}
    evaluate(facts, packs, on=TODAY)
    return median(_spent(lambda: evaluate(facts, packs, on=TODAY)) for _ in range(ROUNDS))


def _json_ms(packs: tuple[Pack, ...], state: str) -> float:
    evaluation = evaluate(TOOL | {"agency_state": state}, packs, on=TODAY)
    return median(_spent(evaluation.as_json) for _ in range(ROUNDS))


def _spent(work: Any) -> float:
    before = process_time()
    for _ in range(TIMES):
        work()
    return (process_time() - before) / TIMES * 1000
