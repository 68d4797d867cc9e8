"""Small packs of rules, to try one thing at a time."""

from datetime import date
from hashlib import sha256
from typing import Any

from vetting.people.models import District
from vetting.policy import local
from vetting.policy.commands.adopting import save_own_rules
from vetting.policy.rules import own
from vetting.policy.rules.packs import Pack, Rule, Source
from workflows.actors import Actor

SOURCE = Source("S1", "a citation", "https://example.org/law", "whole")
LONG_AGO = date(2016, 1, 1)


def rule(name: str, kind: str = "duty", **said: Any) -> Rule:
    """A rule of `agency_state`, reviewed; what is no field of a rule is one of its terms."""
    fields = {
        "title": f"What {name} asks",
        "citation": f"Law {name}",
        "source": SOURCE,
        "nexus": "agency_state",
        "state": "",
        "effective_from": LONG_AGO,
        "effective_to": None,
        "last_verified": date(2026, 11, 21),
        "confidence": "high",
        "status": "reviewed",
        "when": None,
        "note": "",
        "line": 1,
    }
    terms = {key: value for key, value in said.items() if key not in fields}
    fields |= {key: value for key, value in said.items() if key in fields}
    return Rule(id=name, kind=kind, terms=terms, pack=name.partition(".")[0], **fields)


def pack(slug: str, *rules: Rule, layer: str = "state", state: str = "", **said: Any) -> Pack:
    fields: dict[str, Any] = {
        "title": slug,
        "zone": "America/New_York",
        "version": "1",
        "status": "reviewed",
        "effective_from": LONG_AGO,
        "effective_to": None,
        "last_verified": date(2026, 11, 21),
        "arguable": (),
        "sources": {"S1": SOURCE},
        "tests": (),
        "digest": sha256(repr([one.id for one in rules]).encode()).hexdigest(),
    }
    return Pack(slug=slug, layer=layer, state=state, rules=rules, **(fields | said))


def own_rule(name: str = "juniper.duty_1", kind: str = "duty", **said: Any) -> dict[str, Any]:
    """A row of a district's own pack, without its source."""
    row = {"title": "Ask the library first", "citation": "Board policy IJ, section 2"}
    row |= {"nexus": "agency_state", "confidence": "high", "status": "reviewed"}
    row |= {"effective_from": "2026-01-01"} | ({"what": "Ask first"} if kind == "duty" else {})
    return {"id": name, "kind": kind} | row | said


def adopt(district: District, by: Actor, *rows: dict[str, Any]) -> None:
    """Rules of the district's own, saved as the page saves them."""
    for row in rows:
        known = local.own_of(district)
        source = {"citation": row["citation"], "address": None, "read": "whole"}
        data = own.with_rule(known.data, row, source, None)
        save_own_rules(
            district=district, data=data, base=known.digest,
            what="rule_saved", facts={"rule": row["id"]}, by=by,
        )  # fmt: skip
