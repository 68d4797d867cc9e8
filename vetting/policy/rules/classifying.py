"""Which relationship with the vendor the law asks for, and which path it closes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from vetting.policy.rules.merging import Demand
from workflows.clock.words import unverified

LOOSEST_FIRST = ("exempt", "on_demand", "click_wrap", "contract", "prohibited")
STRICTEST_LAST = {name: at for at, name in enumerate(LOOSEST_FIRST)}
NOT_VERIFIED = "not yet verified against the statute"
SHORT_MARK = "not yet verified"  # in lists


@dataclass(frozen=True, slots=True)
class Reason:
    """Why; `rule` is "" where no rule of the packs says it. `missing` leaves it open."""

    words: str
    citation: str = ""
    rule: str = ""
    draft: bool = False
    missing: tuple[str, ...] = ()


# Where a written agreement must stand before data moves, so consent of families is no way around
# it. That it must stand *before* was read for Illinois only, and there in an excerpt.
AGREEMENT_FIRST: Mapping[str, Reason] = {
    "CT": Reason(
        "Connecticut asks for a written agreement before any data moves.",
        "Conn. Gen. Stat. 10-234bb",
        draft=True,
    ),
    "IL": Reason(
        "Illinois asks for a signed agreement before any data moves.",
        "105 ILCS 85/15(4)",
        draft=True,
    ),
    "NY": Reason(
        "New York asks for a written agreement before any data moves; terms accepted by a click "
        "are one.",
        "N.Y. Education Law 2-d; 8 NYCRR 121.1(d)",
        draft=True,
    ),
}


def in_words(reason: Reason) -> str:
    """The reason as one sentence, with its citation and that nobody has verified it."""
    cited = "; ".join(filter(None, [reason.citation, NOT_VERIFIED if reason.draft else ""]))
    return f"{reason.words.rstrip('.')} ({cited})." if cited else reason.words


def agreement_first(agency_state: str) -> str:
    """Why no path of consent is open in that state, "" where one is."""
    closed = AGREEMENT_FIRST.get(agency_state)
    return in_words(closed) if closed else ""


@dataclass(frozen=True, slots=True)
class RefusedPath:
    path: str
    because: Reason


@dataclass(frozen=True, slots=True)
class Classification:
    """`undecided`: rules that would make it stricter, once a missing fact is known."""

    name: str
    reasons: tuple[Reason, ...]
    refused: tuple[RefusedPath, ...] = ()
    undecided: tuple[Reason, ...] = ()


_NO_DATA = Reason("No data about students reaches the vendor.")
_FERPA = "34 CFR 99.31(a)(1)(i)(B)"
_FIXED = Reason(
    "No law of these packs gives it a class. Its terms are the vendor's own and are not "
    "negotiated; FERPA and district policy remain.",
    _FERPA,
)
_NEGOTIATED = Reason(
    "No law of these packs gives it a class. Its terms are negotiated, so a contract says what "
    "the vendor may do with the data.",
    _FERPA,
)
_DATA_UNKNOWN = Reason(
    "It is not known whether it takes data about students: the strictest path is taken.",
    missing=("student_data",),
)
_TERMS_UNKNOWN = Reason(
    "It is not known whether its terms are negotiated: the strictest path is taken.",
    missing=("terms",),
)


def classify(
    demands: Sequence[Demand], generic: frozenset[str], facts: Mapping[str, Any]
) -> Classification:
    """prohibited > contract > click_wrap > on_demand > exempt, of the rules that apply.

    A rule that is open counts where it is stricter, except that nothing is prohibited on a guess.
    `generic`: the ids of the rules that count only where no law decides. Where nothing decides, the
    terms do.
    """
    rules = [demand for demand in demands if demand.rule.kind in {"class", "prohibition"}]
    laws = [demand for demand in rules if demand.rule.id not in generic]
    if any(not demand.missing for demand in laws):
        rules = laws
    found = [
        (_rank(one), _reason(one))
        for one in rules
        if not one.missing or set_by(one) != "prohibited"
    ]
    if all(demand.missing for demand in rules):
        found.append(_without_law(facts))
    most = max(rank for rank, _ in found)
    name, reasons = LOOSEST_FIRST[most], tuple(reason for rank, reason in found if rank == most)
    undecided = tuple(_reason(one) for one in rules if one.missing and _rank(one) > most)
    return _agreement_first(Classification(name, reasons, undecided=undecided), facts)


def _without_law(facts: Mapping[str, Any]) -> tuple[int, Reason]:
    if facts.get("student_data") is False:
        return STRICTEST_LAST["exempt"], _NO_DATA
    if facts.get("student_data") is None:
        return STRICTEST_LAST["contract"], _DATA_UNKNOWN
    terms = facts.get("terms")
    if terms in {"click_wrap", "none"}:
        return STRICTEST_LAST["click_wrap"], _FIXED
    return STRICTEST_LAST["contract"], _NEGOTIATED if terms else _TERMS_UNKNOWN


def _agreement_first(found: Classification, facts: Mapping[str, Any]) -> Classification:
    """No path of consent where an agreement comes first, and so no class that leads to it."""
    closed = AGREEMENT_FIRST.get(facts.get("agency_state") or "")
    if closed is None or found.name == "exempt":
        return found
    refused = (RefusedPath("consent", closed),)
    if found.name != "on_demand":
        return replace(found, refused=refused)
    return replace(found, name="click_wrap", reasons=(*found.reasons, closed), refused=refused)


def set_by(demand: Demand) -> str:
    """The class a rule sets; a prohibition is one by its kind."""
    return str(demand.terms.get("set", "prohibited"))


def _rank(demand: Demand) -> int:
    return STRICTEST_LAST[set_by(demand)]


def _reason(demand: Demand) -> Reason:
    rule = demand.rule
    words = f"{rule.title}. {rule.note}".rstrip()
    draft = rule.status != "reviewed"
    return Reason(words, rule.citation, rule.id, draft, tuple(sorted(demand.missing)))


def short_mark(explanation: Mapping[str, Any]) -> str:
    """What stands beside a stored date; "" where no law set it or somebody has verified that."""
    return SHORT_MARK if unverified(explanation) else ""
