"""A district's own pack as the plain data that the linter reads: begun, and changed rule by rule.

Nothing here is changed in place. A rule that is changed from a later day keeps its older version.
"""

import re
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

Data = dict[str, Any]
NOT_IN_PREFIX = re.compile(r"[^a-z0-9]+")


def slug_of(code: str) -> str:
    return f"local-{NOT_IN_PREFIX.sub('-', code.lower()).strip('-')}"


def prefix_of(code: str) -> str:
    """What the names of the district's rules begin with."""
    return NOT_IN_PREFIX.sub("_", code.lower()).strip("_")


def empty(*, code: str, name: str, state: str, zone: str) -> Data:
    """A pack without a rule, which nobody can save yet."""
    return {
        "pack": slug_of(code),
        "title": f"Our own rules: {name}",
        "layer": "local",
        "state": state,
        "zone": zone,
        "status": "reviewed",
        "sources": {},
        "rules": [],
        "tests": [],
    }


def from_example(example: Mapping[str, Any], begun: Data) -> Data:
    """The example's rules under the district's own name; they stay drafts until it makes them its
    own. The example's cases are about that other district, so they are left behind."""
    prefix = begun["pack"].removeprefix("local-").replace("-", "_")
    rules = [rule | {"id": f"{prefix}.{_tail(rule['id'])}"} for rule in example["rules"]]
    return begun | {"sources": dict(example["sources"]), "rules": rules}


def _tail(name: str) -> str:
    return name.partition(".")[2]


def dated(data: Data, *, today: date, number: int) -> Data:
    """Ready to be saved: the version counts what was saved before."""
    version = {"version": f"{today:%Y.%m}.{number}", "last_verified": today.isoformat()}
    return {**data, **version}


def with_rule(data: Data, row: Data, source: Data, test: Data | None) -> Data:
    """One more rule, or another version of one. `source` is where the board's policy is read."""
    key, sources = _source(data["sources"], source)
    row = row | {"source": key}
    first = row["effective_from"]
    kept = [one for rule in data["rules"] for one in _before(rule, row["id"], first)]
    tests = [one for one in data["tests"] if _still_right(one, row["id"], first)]
    added = [test] if test else []
    return data | {"sources": sources, "rules": [*kept, row], "tests": [*tests, *added]}


def _source(sources: Mapping[str, Data], wanted: Data) -> tuple[str, dict[str, Data]]:
    for key, known in sources.items():
        if known == wanted:
            return key, dict(sources)
    key = f"P{len(sources) + 1}"
    return key, {**sources, key: wanted}


def _before(rule: Data, name: str, first: str) -> list[Data]:
    """A version that began earlier ends the day before; one that did not is corrected."""
    if rule["id"] != name:
        return [rule]
    if (rule.get("effective_from") or "") >= first:
        return []
    return [_ended(rule, date.fromisoformat(first) - timedelta(days=1))]


def _ended(rule: Data, last: date) -> Data:
    known = rule.get("effective_to")
    return rule | {"effective_to": min(filter(None, (known, last.isoformat())))}


def _still_right(test: Data, name: str, first: str) -> bool:
    if test.get("rule") != name:
        return True
    return str(test.get("on") or test.get("anchor"))[:10] < first


def ended(data: Data, name: str, last: date) -> Data:
    """The rule counts until the end of that day."""
    rules = [_ended(one, last) if one["id"] == name else one for one in data["rules"]]
    return data | {"rules": rules}


def newest_of(data: Data, name: str) -> Data | None:
    versions = [rule for rule in data["rules"] if rule["id"] == name]
    return max(versions, key=lambda rule: rule.get("effective_from") or "", default=None)


def free_name(data: Data, code: str, kind: str) -> str:
    """Counts on, so that no name ever means two rules."""
    taken = {rule["id"] for rule in data["rules"]}
    number = 1
    while (name := f"{prefix_of(code)}.{kind}_{number}") in taken:
        number += 1
    return name
