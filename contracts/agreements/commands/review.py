"""Writing the document, reviewing exactly its bytes, and sending it."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from contracts.agreements import papermaking, rules
from contracts.agreements.commands.links import revoke_links
from contracts.agreements.models import Agreement, AgreementVersion, Review
from contracts.library import queries as library
from contracts.papers.rules import PaperError
from vetting.people.models import Membership
from workflows import engine
from workflows.actors import Actor, Role
from workflows.cases import Case
from workflows.desk import commands as desk
from workflows.engine import Refused
from workflows.lifecycles.agreement import DRAFTING, LEGAL_REVIEW
from workflows.refusals import moment, raise_if

ACTS = {Role.LEGAL: "legal_opinion", Role.PRIVACY: "privacy_opinion"}


def issue_document(agreement: Agreement, *, by: Actor, at: datetime | None = None) -> Agreement:
    """Write the document into the vault, then hand it to legal review.

    The file is made without any lock; if the record changed meanwhile, nothing is written.
    """
    if reasons := reasons_not_to_issue(agreement, by):
        raise Refused(reasons)
    template = library.active_template(agreement.kind, agreement.case.tenant)
    if template is None:
        raise Refused(["The template was taken out of use meanwhile. Load the page again."])
    try:
        paper = papermaking.make_paper(agreement, library.template_bytes(template))
    except PaperError as fault:
        raise Refused([str(fault)]) from fault
    with transaction.atomic():
        locked = engine.lock(agreement)
        if locked.version != agreement.version:
            raise Refused(["Somebody changed the agreement meanwhile. Load the page again."])
        last = locked.versions.aggregate(last=Max("number"))["last"] or 0
        version = AgreementVersion.objects.create(
            agreement=locked,
            number=last + 1,
            document=paper.document,
            pdf=paper.pdf,
            pages=paper.pages,
            template=str(template),
            made_at=at or timezone.now(),
        )
        facts = {"version": version.number, "sha256": version.sha256}
        return engine.perform(
            locked, "issue", by=by, given={"version": version}, facts=facts, at=at
        )


def reasons_not_to_issue(agreement: Agreement, by: Actor) -> list[str]:
    """Asked before the file is made, so that a refusal costs nothing."""
    options = engine.options_for(agreement, by)
    mine = next((o for o in options if o.move.name == "issue"), None)
    if agreement.state != DRAFTING:
        return [f"The document was written already: this is “{agreement.shown_state}”."]
    if mine is None:
        return ["Writing the document is for the privacy team or legal."]
    return list(mine.reasons)


def void_version(version: AgreementVersion | None, *, at: datetime) -> None:
    """Nobody may rely on this text any more; the verdicts on it stay as they were given."""
    if version:
        AgreementVersion.objects.filter(pk=version.pk, voided_at=None).update(voided_at=at)


def void_verdicts(version: AgreementVersion | None, *, at: datetime) -> None:
    """The text stands, what was said of it does not: it can be said again."""
    if version:
        version.standing_reviews().update(voided_at=at)


def give_verdict(
    agreement: Agreement,
    *,
    by: Actor,
    reviewer: Membership,
    role: Role,
    verdict: str,
    sha256: str,
    comment: str = "",
    at: datetime | None = None,
) -> Review:
    """One reviewing role's word on exactly the bytes whose fingerprint the reviewer saw."""
    now = at or timezone.now()
    with transaction.atomic():
        locked = engine.lock(agreement)
        version = locked.current
        said = Said(reviewer, role, verdict, sha256, comment.strip())
        if version is None:
            raise Refused([_nothing_to_review(locked)])
        raise_if(_against_verdict(locked, version, by, said))
        # Whoever asked for changes may approve after all: the first word is void, not gone.
        version.standing_reviews().filter(reviewer=reviewer).update(voided_at=now)
        review = Review.objects.create(
            version=version,
            reviewer=reviewer,
            role=role.value,
            verdict=verdict,
            sha256=sha256,
            comment=said.comment,
            given_at=now,
        )
        facts = {"role": role.value, "verdict": verdict, "sha256": sha256}
        engine.record(locked, "verdict_given", by=by, facts=facts, note=said.comment, at=at)
        if verdict == "approved":
            desk.complete(locked.case, ACTS[role], by=by, at=at)
    return review


@dataclass(frozen=True, slots=True)
class Said:
    """One verdict as it was typed."""

    reviewer: Membership
    role: Role
    verdict: str
    sha256: str
    comment: str


def _against_verdict(
    agreement: Agreement, version: AgreementVersion, by: Actor, said: Said
) -> list[str]:
    if agreement.state != LEGAL_REVIEW:
        return [_nothing_to_review(agreement)]
    reasons = []
    reviews = said.role.value in rules.REVIEWING_ROLES and said.role in agreement.roles_of(by)
    if not reviews or by.ref != said.reviewer.ref:
        reasons.append("You do not review in this role.")
    if version.sha256 != said.sha256:
        reasons.append("The document changed since you opened it. Read it again.")
    if said.verdict not in dict(Review.VERDICTS):
        reasons.append("Choose: approve, or changes needed.")
    if said.verdict == "changes" and not said.comment:
        reasons.append("Say which changes are needed.")
    return reasons + _said_already(agreement, version, said)


def _nothing_to_review(agreement: Agreement) -> str:
    return f"There is nothing to review: this is “{agreement.shown_state}”."


def _said_already(agreement: Agreement, version: AgreementVersion, said: Said) -> list[str]:
    """The second of two reads who was first, and when."""
    standing = version.standing_reviews().select_related("reviewer__user")
    for review in standing.filter(verdict="approved"):
        when = moment(review.given_at, agreement)
        if review.reviewer_id == said.reviewer.pk:
            return [f"You approved this text on {when}."]
        if review.role == said.role.value:
            return [f"{review.reviewer.user.name} already approved this in your role on {when}."]
    return []


def send_to_vendor(
    case: Case, *, by: Actor, via: int | None = None, at: datetime | None = None
) -> Agreement:
    """The outcome of the legal review: the approved bytes go to the vendor by personal link."""
    agreement = Agreement.objects.get(pk=case.pk)
    facts = {"sha256": agreement.current.sha256} if agreement.current else {}
    with transaction.atomic():
        # Links of an earlier offer end here: only the mail that goes out now opens this text.
        revoke_links(agreement, at=at or timezone.now())
        return engine.perform(agreement, "send", by=by, via=via, facts=facts, at=at)


def release_document(agreement: Agreement, *, by: Actor, at: datetime | None = None) -> None:
    """Counsel's last act: it speaks for the flow and sends the document."""
    desk.complete(agreement.case, "release_document", by=by, at=at)
