"""A deal is one agreement, really written, reviewed, signed and sealed."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from contracts.agreements import commands, queries
from contracts.agreements.models import Agreement
from contracts.demo.chapters import Chapter
from contracts.demo.telling import LONG_AGO
from contracts.signing.commands import Act, sign_document
from contracts.signing.models import SignatureRequest
from vetting.people.queries import person_of
from vetting.policy.commands.anchoring import record_anchor
from vetting.policy.commands.telling import record_breach_facts
from workflows.actors import Actor, Role

SUBPROCESSORS = (
    "Granite Cloud Inc.; hosting and backup; Oregon and Ohio",
    "Quill Mail Co.; mail to teachers; Virginia",
)
SERVICES = "{tool}, as a hosted service with support for teachers and students"


@dataclass(slots=True)
class Deal:
    """The agreement of a chapter's request; it shares the chapter's clock."""

    chapter: Chapter
    agreement: Agreement

    @classmethod
    def of(cls, chapter: Chapter) -> "Deal":
        agreement = queries.agreement_of(chapter.request)
        if agreement is None:
            raise LookupError(f"No agreement serves {chapter.request}.")
        return cls(chapter, _fresh(agreement))

    def _settle(self) -> "Deal":
        self.chapter.settle()
        self.agreement = _fresh(self.agreement)
        return self

    def prepare(
        self,
        who: str,
        days: float,
        *,
        amount: int = 4800,
        months: int = 36,
        frameworks: tuple[str, ...] = ("nist-csf",),
        starts_in: int | None = None,
        board: bool = False,
        offer: bool = False,
    ) -> "Deal":
        """Exhibits A, B and F captured and confirmed, both signers named."""
        cast = self.chapter.teller.cast
        starts = self.chapter.teller.day(starts_in) if starts_in is not None else None
        terms = {
            "term_months": months,
            "amount": Decimal(amount),
            "effective_from": starts,
            "board_acts_first": board,
            "general_offer": offer,
        }
        commands.settle_exhibits(
            self.agreement,
            by=self.chapter.by(who),
            services=SERVICES.format(tool=self.chapter.request.title),
            frameworks=frameworks,
            subprocessors=commands.Subprocessors("\n".join(SUBPROCESSORS)),
            vendor_signer=self.agreement.vendor.contacts.get(signs=True),
            district_signer=cast.people["gwen"],
            owner=cast.people[who],
            terms=terms,
            at=self.chapter.at(days),
        )
        return self._settle()

    def write(self, who: str, days: float) -> "Deal":
        commands.issue_document(self.agreement, by=self.chapter.by(who), at=self.chapter.at(days))
        return self._settle()

    def verdict(
        self, who: str, days: float, *, changes: str = "", role: Role = Role.LEGAL
    ) -> "Deal":
        by = self.chapter.by(who)
        commands.give_verdict(
            self.agreement,
            by=by,
            reviewer=person_of(by),
            role=role,
            verdict="changes" if changes else "approved",
            sha256=self.fingerprint,
            comment=changes,
            at=self.chapter.at(days),
        )
        return self._settle()

    def approve(self, counsel: str, privacy: str, days: float) -> "Deal":
        self.verdict(counsel, days)
        return self.verdict(privacy, days, role=Role.PRIVACY)

    def offer(self, who: str, days: float) -> "Deal":
        commands.release_document(self.agreement, by=self.chapter.by(who), at=self.chapter.at(days))
        return self._settle()

    def accept(self, days: float) -> "Deal":
        at = self.chapter.at(days)
        commands.accept_text(self.agreement, by=self.vendor, sha256=self.fingerprint, at=at)
        return self._settle()

    def counter(self, days: float, note: str) -> "Deal":
        commands.ask_for_changes(
            self.agreement, by=self.vendor, note=note, at=self.chapter.at(days)
        )
        return self._settle()

    def refuse(self, days: float, note: str) -> "Deal":
        commands.decline_to_sign(
            self.agreement, by=self.vendor, note=note, at=self.chapter.at(days)
        )
        return self._settle()

    def take_back(self, who: str, days: float, note: str) -> "Deal":
        at = self.chapter.at(days)
        commands.take_back(self.agreement, by=self.chapter.by(who), note=note, at=at)
        return self._settle()

    def board(self, who: str, days: float, item: str) -> "Deal":
        at = self.chapter.at(days)
        day = self.agreement.case.tenant.day_of(at)
        commands.record_board_action(
            self.agreement, by=self.chapter.by(who), item=item, acted_on=day, at=at
        )
        return self._settle()

    def vendor_signs(self, days: float) -> "Deal":
        return self._sign("vendor", self.vendor, days)

    def district_signs(self, who: str, days: float) -> "Deal":
        return self._sign("district", self.chapter.by(who), days)

    def terminate(self, who: str, days: float, note: str, *, grounds: str = "cause") -> "Deal":
        at = self.chapter.at(days)
        commands.terminate(
            self.agreement,
            by=self.chapter.by(who),
            grounds=grounds,
            ended_on=self.agreement.case.tenant.day_of(at),
            note=note,
            at=at,
        )
        return self._settle()

    def breach(self, who: str, days: float, note: str, **facts: Any) -> "Deal":
        """Something happened at the vendor."""
        told = {"breach": True, "by_vendor": True, **facts}
        at, by = self.chapter.at(days), self.chapter.by(who)
        record_breach_facts(self.agreement, facts=told, by=by, note=note, recorded=at)
        return self._settle()

    def happened(self, who: str, days: float, event: str, ago: float, source: str) -> "Deal":
        """Recorded `days` ago that it happened `ago` days ago."""
        at = self.chapter.at(days)
        when = min(self.chapter.teller.moment(ago, after=LONG_AGO), at)
        by = self.chapter.by(who)
        record_anchor(self.agreement, event=event, at=when, source=source, by=by, recorded=at)
        return self._settle()

    def abandon(self, who: str, days: float, note: str) -> "Deal":
        at = self.chapter.at(days)
        commands.abandon(self.agreement, by=self.chapter.by(who), note=note, at=at)
        return self._settle()

    def _sign(self, slot: str, by: Actor, days: float) -> "Deal":
        """The seal that follows carries the true time: nobody can seal in the past."""
        rows = SignatureRequest.objects.select_related("agreement__case__tenant", "version__pdf")
        turn = rows.exclude(status=SignatureRequest.REVOKED).get(
            agreement=self.agreement, slot=slot
        )
        act = Act(typed_name=by.name, consented=True, read=True, sha256=self.fingerprint)
        sign_document(turn, by=by, act=act, at=self.chapter.at(days))
        return self._settle()

    @property
    def fingerprint(self) -> str:
        if self.agreement.current is None:
            raise LookupError(f"{self.agreement} has no document.")
        return self.agreement.current.sha256

    @property
    def vendor(self) -> Actor:
        """The vendor's signatory, as the personal link would make them."""
        contact = self.agreement.vendor_signer
        if contact is None:
            raise LookupError(f"{self.agreement} names no signatory of the vendor.")
        tenant = self.agreement.case.tenant_id
        return Actor("vendor", contact.ref, contact.name, tenant, frozenset({Role.VENDOR}))


def _fresh(agreement: Agreement) -> Agreement:
    rows = Agreement.objects.select_related(
        "case__tenant", "vendor", "district", "current__pdf", "vendor_signer"
    )
    return rows.get(pk=agreement.pk)
