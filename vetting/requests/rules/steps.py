"""The seven steps people see. Computed from states, never stored."""

from dataclasses import dataclass, replace
from datetime import date

from workflows.lifecycles import agreement as dpa
from workflows.lifecycles import request as req

LABELS = (
    *("Request", "Screening", "Legal review", "Signature"),
    *("Approval", "Yearly review", "Breach"),
)
REQUEST, SCREENING, LEGAL, SIGNATURE, APPROVAL, REVIEW, BREACH = range(7)

# Where each of the request's own states stands; what lies before it is done.
PLACE = {
    req.DRAFT: REQUEST,
    req.WITH_SCHOOL: REQUEST,
    req.TRIAGE: REQUEST,
    req.SCREENING: SCREENING,
    req.AWAITING_AGREEMENT: LEGAL,
    req.DECIDING: APPROVAL,
    req.APPROVED: APPROVAL,
    req.SUSPENDED: APPROVAL,
    req.RETIRED: APPROVAL,
    req.IN_RE_REVIEW: REVIEW,
}
LEGAL_STATES = (dpa.DRAFTING, dpa.LEGAL_REVIEW, dpa.WITH_VENDOR)
SIGNING_STATES = (dpa.AWAITING_BOARD, dpa.OUT_FOR_SIGNATURE, dpa.SIGNED)


@dataclass(frozen=True, slots=True)
class Mark:
    """One step; `status` is done, current, upcoming or flag."""

    label: str
    status: str = "upcoming"
    note: str = ""


def seven_steps(
    state: str,
    *,
    left_state: str = "",
    agreement: str = "",
    without_data: bool = False,
    review_on: date | None = None,
    today: date | None = None,
    incident: bool = False,
) -> list[Mark]:
    """`agreement` is the state of the agreement that serves it, empty without one; `today` is the
    district's day, by which a review is late.

    An agreement is drafted while the screening runs, so two steps may be current at once.
    """
    marks = [Mark(label) for label in LABELS]
    _own_steps(marks, left_state if state == req.RETURNED else state)
    _agreement_steps(marks, state, agreement)
    _ends(marks, state)
    if without_data and marks[APPROVAL].status != "upcoming":
        for step in (SCREENING, LEGAL, SIGNATURE):
            marks[step] = replace(marks[step], status="done", note="not needed")
    if state in req.USABLE and review_on:
        words = f"{review_on:%b} {review_on.day}, {review_on.year}"
        late = today is not None and review_on < today
        status = "flag" if late else marks[REVIEW].status
        note = f"late: due on {words}" if late else words
        marks[REVIEW] = replace(marks[REVIEW], status=status, note=note)
    marks[BREACH] = replace(marks[BREACH], note="none known")
    if incident:
        marks[BREACH] = replace(marks[BREACH], status="flag", note="open")
    return marks


def _own_steps(marks: list[Mark], state: str) -> None:
    place = PLACE.get(state, REQUEST)
    for step in range(place):
        if step not in (LEGAL, SIGNATURE) or place > SIGNATURE:
            marks[step] = replace(marks[step], status="done")
    closed = state in (req.APPROVED, req.RETIRED)
    marks[place] = replace(marks[place], status="done" if closed else "current")


def _agreement_steps(marks: list[Mark], state: str, agreement: str) -> None:
    if state in req.USABLE or state in (req.DECIDING, req.SUSPENDED, req.RETIRED):
        return
    if agreement in LEGAL_STATES:
        note = "preparing the DPA" if agreement == dpa.DRAFTING else ""
        marks[LEGAL] = replace(marks[LEGAL], status="current", note=note)
    elif agreement in SIGNING_STATES:
        marks[LEGAL] = replace(marks[LEGAL], status="done")
        marks[SIGNATURE] = replace(marks[SIGNATURE], status="current")
    elif agreement in dpa.LIVE:
        for step in (LEGAL, SIGNATURE):
            marks[step] = replace(marks[step], status="done")


def _ends(marks: list[Mark], state: str) -> None:
    """A request that ended badly shows where, and nothing that still seems to run."""
    if state in (req.DECLINED, req.WITHDRAWN):
        for step, mark in enumerate(marks):
            marks[step] = replace(mark, status="upcoming" if step else "done")
    if state == req.DECLINED:
        marks[APPROVAL] = replace(marks[APPROVAL], status="flag", note="not approved")
    elif state == req.WITHDRAWN:
        marks[REQUEST] = replace(marks[REQUEST], status="flag", note="withdrawn")
    elif state == req.SUSPENDED:
        marks[APPROVAL] = replace(marks[APPROVAL], status="flag", note="stopped for now")
    elif state == req.RETIRED:
        marks[APPROVAL] = replace(marks[APPROVAL], note="no longer used")
