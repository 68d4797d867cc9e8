"""A chapter is one request, moved step by step by the district's people through the engine."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from contracts.demo.answers import PURPOSES, answers_for
from contracts.demo.products import PRODUCTS
from contracts.demo.telling import LONG_AGO, Teller
from vetting.catalog.models import DataElement
from vetting.people.rules import in_order
from vetting.requests import commands
from vetting.requests.commands import Approval
from vetting.requests.models import ToolRequest
from vetting.screening import commands as screening
from vetting.screening import queries as sheets
from workflows.actors import Actor

SCHOOL_SERVICE = {
    "student_data": True,
    "primarily_k12": True,
    "staff_directed": True,
    "terms": "negotiated",
}
ROSTER = ("student-name", "username", "grade-level", "homeroom")
WHY_OFFICIAL = (
    "The vendor does what the district would else do with its own staff, under its direct control."
)


@dataclass(slots=True)
class Chapter:
    """Days count back from today: `route("sol", 400)` happened about 400 days ago."""

    teller: Teller
    known: ToolRequest
    asker: str
    last: datetime = LONG_AGO
    stale: bool = False

    @property
    def request(self) -> ToolRequest:
        """As it stands after the last step."""
        if self.stale:
            self.known, self.stale = fresh(self.known), False
        return self.known

    def by(self, who: str) -> Actor:
        return self.teller.cast.actor(who)

    def at(self, days: float) -> datetime:
        """The moment of the next step: later than the one before, whatever the calendar says."""
        self.last = self.teller.moment(days, after=self.last)
        return self.last

    def settle(self) -> None:
        self.teller.settle(self.last)
        self.stale = True

    def send(self, who: str, days: float) -> "Chapter":
        commands.submit_request(self.request, by=self.by(who), at=self.at(days))
        self.settle()
        return self

    def endorse(self, who: str, days: float, note: str = "") -> "Chapter":
        commands.endorse_request(self.request, by=self.by(who), note=note, at=self.at(days))
        self.settle()
        return self

    def route(self, who: str, days: float, path: str = "contract") -> "Chapter":
        at, by = self.at(days), self.by(who)
        if path == "contract":
            commands.classify(self.request, facts=SCHOOL_SERVICE, by=by, at=at)
        commands.route(self.request, path=path, attested=path == "exempt", by=by, at=at)
        self.settle()
        return self

    def question(self, who: str, days: float, text: str) -> "Chapter":
        commands.ask_question(self.request, text=text, by=self.by(who), at=self.at(days))
        self.settle()
        return self

    def answer(self, who: str, days: float, text: str) -> "Chapter":
        commands.answer_question(self.request, answer=text, by=self.by(who), at=self.at(days))
        self.settle()
        return self

    def screen(
        self,
        who: str,
        days: float,
        changed: Mapping[str, tuple[str, str]] | None = None,
        *,
        first: int = 99,
    ) -> "Chapter":
        """Answer the first so many questions."""
        sheet = sheets.open_screening_of(self.request)
        if sheet is None:
            raise LookupError(f"{self.request} is not being screened.")
        at, by = self.at(days), self.by(who)
        for name, value, evidence in answers_for(sheet, changed or {})[:first]:
            screening.save_answer(
                self.request, question=name, value=value, evidence=evidence, by=by, at=at
            )
        self.settle()
        return self

    def conclude(self, who: str, days: float) -> "Chapter":
        """Settle what was found, record the legal basis and finish the screening."""
        at, by = self.at(days), self.by(who)
        sheet = sheets.open_screening_of(self.request)
        for finding in sheet.findings.filter(status="open") if sheet else ():
            screening.settle_finding(
                self.request,
                finding=finding.pk,
                status="excepted",
                resolution="The vendor has promised to mend it; the agreement covers the rest.",
                excepted_until=self.teller.day(150),
                by=by,
                at=at,
            )
        screening.record_legal_basis(
            self.request, basis="school_official", reason=WHY_OFFICIAL, by=by, at=at
        )
        screening.conclude_screening(self.request, by=by, at=at)
        self.settle()
        return self

    def approve(self, who: str, days: float, **said: Any) -> "Chapter":
        at = self.at(days)
        commands.decide_approve(self.request, approval=self._approval(said), by=self.by(who), at=at)
        self.settle()
        return self

    def approve_covered(self, who: str, days: float, **said: Any) -> "Chapter":
        at, approval = self.at(days), self._approval(said)
        commands.approve_covered(self.request, approval=approval, by=self.by(who), at=at)
        self.settle()
        return self

    def approve_without(
        self, who: str, days: float, strike: Collection[str], **said: Any
    ) -> "Chapter":
        struck = DataElement.objects.filter(slug__in=strike).values_list("pk", flat=True)
        commands.approve_without(
            self.request,
            approval=self._approval(said),
            strike=list(struck),
            by=self.by(who),
            at=self.at(days),
        )
        self.settle()
        return self

    def _approval(self, said: Mapping[str, Any]) -> Approval:
        schools = [self.teller.cast.schools[code].pk for code in said.get("schools", ())]
        if not schools and not self.request.district_wide:
            schools = list(self.request.schools_concerned().values_list("pk", flat=True))
        plain = {
            "kind": "full",
            "purpose": self.request.purpose,
            "license": "district_paid",
            "grades": self.request.grades,
        }
        return Approval(**{**plain, **said, "schools": schools})

    def decline(
        self, who: str, days: float, reason: str, *, words: str = "", alternatives: str = ""
    ) -> "Chapter":
        commands.decline_request(
            self.request,
            reason=reason,
            words=words,
            alternatives=alternatives,
            by=self.by(who),
            at=self.at(days),
        )
        self.settle()
        return self

    def withdraw(self, who: str, days: float, note: str) -> "Chapter":
        commands.withdraw_request(self.request, by=self.by(who), note=note, at=self.at(days))
        self.settle()
        return self

    def suspend(self, who: str, days: float, reason: str) -> "Chapter":
        commands.suspend_tool(self.request, reason=reason, by=self.by(who), at=self.at(days))
        self.settle()
        return self

    def retire(self, who: str, days: float, note: str) -> "Chapter":
        commands.retire_tool(self.request, note=note, by=self.by(who), at=self.at(days))
        self.settle()
        return self


def start(
    teller: Teller,
    tool: str,
    who: str,
    days: float,
    *,
    purpose: str,
    students: int,
    under_13: bool = False,
    elements: Collection[str] = ROSTER,
    schools: Collection[str] = (),
    grades: Collection[str] = (),
    everywhere: bool = False,
    behalf: str = "",
    needed_in: int = 0,
    **typed: Any,
) -> Chapter:
    """A draft as its requester types it. Without `schools` it is for the requester's own."""
    cast, product = teller.cast, PRODUCTS[tool]
    at, by = teller.moment(days, after=LONG_AGO), cast.actor(who)
    asker = cast.people[behalf or who]
    named = [cast.schools[code] for code in schools] or ([asker.school] if asker.school else [])
    request = commands.start_draft(
        by=by,
        behalf=cast.people[behalf] if behalf else None,
        at=at,
        tool_name=tool,
        vendor_name=product.vendor,
        website=product.website,
        purpose=purpose,
        student_count=students,
        under_13=under_13,
        takes_student_data=bool(elements),
        grades=list(grades) or _grades_of(named),
        district_wide=everywhere,
        needed_by=_needed(teller, needed_in),
        **typed,
    )
    chosen = DataElement.objects.filter(slug__in=elements)
    commands.save_draft(
        request,
        by=by,
        fields={},
        schools=[school.pk for school in named],
        elements={one.pk: PURPOSES.get(one.slug, "To provide the service") for one in chosen},
    )
    return Chapter(teller, fresh(request), who, at)


def _grades_of(schools: Collection[Any]) -> list[str]:
    return in_order({grade for school in schools for grade in school.grades})


def _needed(teller: Teller, days: int) -> date | None:
    return teller.day(days) if days else None


def fresh(request: ToolRequest) -> ToolRequest:
    """As it stands after the step; a stateful row is read anew, never refreshed."""
    rows = ToolRequest.objects.select_related("case__tenant", "district__tenant", "tool__vendor")
    return rows.get(pk=request.pk)
