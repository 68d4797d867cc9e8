"""What the lifecycles say, told again in plain Python: no table, rule or row of the product.

A story knows who is who, where every case stands, who may do what and what an approval rests on.
The real thing runs beside it and must agree after every step.
"""

from dataclasses import dataclass, field
from datetime import date, datetime

PREPARED = ("drafting", "legal_review", "with_vendor", "awaiting_board", "out_for_signature")
UNDER_WAY = (*PREPARED, "signed", "in_force")
OPEN = ("with_school", "triage", "screening", "returned", "awaiting_agreement", "deciding")
ENDED = ("declined", "withdrawn", "retired")
INCLUDED = {"privacy_lead": {"privacy"}}


@dataclass(eq=False)
class Person:
    name: str
    roles: frozenset[str]
    district: str = "juniper"
    leads: str = ""
    school: str = "aspen"

    def __repr__(self) -> str:
        return self.name


@dataclass(eq=False)
class Screen:
    """One round of the questionnaire: who answered what, and whether it is over."""

    answers: dict[str, str] = field(default_factory=dict)
    by: dict[str, Person] = field(default_factory=dict)
    basis: bool = False
    closed: bool = False

    @property
    def hands(self) -> set[Person]:
        return set(self.by.values())


@dataclass(eq=False)
class Request:
    pk: int
    tool: str
    data: bool
    askers: list[Person]
    state: str = "draft"
    left: str = ""
    cls: str = ""
    attester: Person | None = None
    screens: list[Screen] = field(default_factory=list)
    routed: bool = False
    round_over: bool = False  # the next hand opens a new screening
    kind: str = ""
    until: date | None = None
    asked_at: datetime | None = None
    ever: set[Person] = field(default_factory=set)

    def __repr__(self) -> str:
        return f"request {self.pk} ({self.state})"

    @property
    def screeners(self) -> set[Person]:
        closed = [screen for screen in self.screens if screen.closed]
        return closed[-1].hands if closed else set()


@dataclass(eq=False)
class Agreement:
    pk: int
    tool: str
    serves: list[Request] = field(default_factory=list)
    state: str = "drafting"
    elements: bool = False
    settled: bool = False
    board: bool = False
    wish: date | None = None
    verdicts: dict[Person, tuple[str, str]] = field(default_factory=dict)
    signed: set[str] = field(default_factory=set)
    signed_on: date | None = None
    start: date | None = None
    end: date | None = None

    def __repr__(self) -> str:
        return f"agreement {self.pk} ({self.state})"


Case = Request | Agreement


@dataclass
class Story:
    today: date
    low: bool
    gate: bool = False
    requests: dict[int, Request] = field(default_factory=dict)
    agreements: dict[int, Agreement] = field(default_factory=dict)

    def roles(self, who: Person, case: Case) -> set[str]:
        """What somebody is to this very case."""
        if who.district != "juniper":
            return set()
        roles = {*who.roles, *(r for role in who.roles for r in INCLUDED.get(role, ()))}
        roles -= {"requester", "school_leader"}
        if isinstance(case, Request):
            roles |= {"requester"} if who in case.askers else set()
            led = who.leads and who.leads in {asker.school for asker in case.askers}
            roles |= {"school_leader"} if led else set()
        return roles

    def in_force(self, agreement: Agreement) -> bool:
        started = agreement.start is not None and agreement.start <= self.today
        ended = agreement.end is not None and agreement.end < self.today
        return agreement.state == "in_force" and started and not ended

    def covering(self, request: Request) -> bool:
        """An agreement in effect for its tool; a signed one holds all the data anybody asks for."""
        return any(self.in_force(a) for a in self.agreements.values() if a.tool == request.tool)

    def serving(self, request: Request) -> list[Agreement]:
        return [a for a in self.agreements.values() if request in a.serves]

    def is_served(self, request: Request) -> bool:
        return any(a.state in UNDER_WAY for a in self.serving(request))

    def like(self, request: Request) -> Request | None:
        """The other open request for the same tool: at most one."""
        same = (r for r in self.requests.values() if r.tool == request.tool and r is not request)
        return next((r for r in same if r.state in OPEN), None)

    def has_basis(self, request: Request, kind: str) -> bool:
        """An agreement in effect, no student data (confirmed), or an exception with an end."""
        if self.covering(request):
            return True
        if request.cls == "exempt":
            return request.attester is not None
        return kind == "pilot"

    def independent(self, who: Person, request: Request) -> bool:
        """Who asked, who alone screened and who confirmed does not decide."""
        alone = request.screeners == {who}
        return who not in request.ever and not alone and who is not request.attester

    # --- what the system may do, entry by entry of the ledger -------------------------------------

    def by_system(self, case: Case, move: str, at: datetime) -> bool:
        """Whether a system move is right here and now; the state follows."""
        may = getattr(self, f"_{move}", None)
        if may is None or not may(case, at):
            return False
        case.state = {"agreement_ready": "deciding", "suspend": "suspended", "lapse": "withdrawn",
                      "execute": "signed", "take_effect": "in_force", "expire": "expired",
                      "join": "withdrawn"}[move]  # fmt: skip
        return True

    def _join(self, request: Request, at: datetime) -> bool:
        return request.state == "draft" and self.like(request) is not None

    def _agreement_ready(self, request: Request, at: datetime) -> bool:
        waits = request.state == "awaiting_agreement"
        return waits and any(map(self.in_force, self.serving(request)))

    def _suspend(self, request: Request, at: datetime) -> bool:
        over = request.until is not None and request.until <= self.today
        bare = not self.has_basis(request, request.kind)
        return request.state == "approved" and (over or bare)

    def _lapse(self, request: Request, at: datetime) -> bool:
        waited = (at - request.asked_at).days if request.asked_at else 0
        return request.state == "returned" and waited >= 29

    def _execute(self, agreement: Agreement, at: datetime) -> bool:
        return agreement.state == "out_for_signature" and agreement.signed == {"vendor", "district"}

    def _take_effect(self, agreement: Agreement, at: datetime) -> bool:
        due = agreement.start is not None and agreement.start <= self.today
        return agreement.state == "signed" and due and not self.rivals(agreement)

    def rivals(self, agreement: Agreement) -> list[Agreement]:
        same = (a for a in self.agreements.values() if a.tool == agreement.tool)
        return [a for a in same if a.state == "in_force" and a is not agreement]

    def _expire(self, agreement: Agreement, at: datetime) -> bool:
        over = agreement.end is not None and agreement.end < self.today
        return agreement.state == "in_force" and over

    # --- what must not be left undone once every clock and every message has had its turn ---------

    def undone(self, now: datetime) -> list[str]:
        found = []
        for request in self.requests.values():
            if self._agreement_ready(request, now):
                found.append(f"{request} waits for an agreement that is in effect")
            bare = request.state == "approved" and not self.has_basis(request, request.kind)
            if bare or (
                request.until and request.state == "approved" and request.until < self.today
            ):
                found.append(f"{request} has lost what it rests on")
            if (
                request.asked_at
                and request.state == "returned"
                and (now - request.asked_at).days > 32
            ):
                found.append(f"{request} waits for an answer for ever")
            if request.state in ("screening", "awaiting_agreement") and not self.serving(request):
                found.append(f"{request} has no agreement")
        for agreement in self.agreements.values():
            if self._expire(agreement, now) or self._execute(agreement, now):
                found.append(f"{agreement} should have gone on")
            # A start that was held is tried again each day.
            if self._take_effect(agreement, now) and (self.today - agreement.start).days > 2:  # type: ignore[operator]
                found.append(f"{agreement} should have started")
        return found
