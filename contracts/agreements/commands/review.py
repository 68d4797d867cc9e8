"""Writing the document, reviewing exactly its bytes, and sending it."""

from datetime import datetime

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from contracts.agreements import papermaking, rules
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


def take_back(
    agreement: Agreement, *, by: Actor, note: str, at: datetime | None = None
) -> Agreement:
    """Back to drafting; whatever was approved or offered is void and says so."""
    with transaction.atomic():
        locked = engine.lock(agreement)
        move = "recall" if locked.state == "out_for_signature" else "revise"
        moved = engine.perform(locked, move, by=by, note=note, at=at)
        void_version(locked.current, at=at or timezone.now())
    return moved


def void_version(version: AgreementVersion | None, *, at: datetime) -> None:
    if version:
        AgreementVersion.objects.filter(pk=version.pk, voided_at=None).update(voided_at=at)


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
        if reasons := _against_verdict(locked, version, by, role, verdict, sha256, comment):
            raise Refused(reasons)
        review, made = Review.objects.get_or_create(
            version=version,
            reviewer=reviewer,
            defaults={
                "role": role.value,
                "verdict": verdict,
                "sha256": sha256,
                "comment": comment.strip(),
                "given_at": now,
            },
        )
        if not made:
            raise Refused([f"You already said “{review.get_verdict_display()}” on this text."])
        facts = {"role": role.value, "verdict": verdict, "sha256": sha256}
        engine.record(locked, "verdict_given", by=by, facts=facts, at=at)
        if verdict == "approved":
            desk.complete(locked.case, ACTS[role], by=by, at=at)
    return review


def _against_verdict(
    agreement: Agreement,
    version: AgreementVersion | None,
    by: Actor,
    role: Role,
    verdict: str,
    sha256: str,
    comment: str,
) -> list[str]:
    if agreement.state != LEGAL_REVIEW or version is None:
        return [f"There is nothing to review: this is “{agreement.shown_state}”."]
    reasons = []
    if role not in agreement.roles_of(by) or role.value not in rules.REVIEWING_ROLES:
        reasons.append("You do not review in this role.")
    if version.sha256 != sha256:
        reasons.append("The document changed since you opened it. Read it again.")
    if verdict not in dict(Review.VERDICTS):
        reasons.append("Choose: approve, or changes needed.")
    if verdict == "changes" and not comment.strip():
        reasons.append("Say which changes are needed.")
    if version.reviews.filter(role=role.value, verdict="approved").exists():
        reasons.append("This role has already approved the text.")
    return reasons


def send_to_vendor(
    case: Case, *, by: Actor, via: int | None = None, at: datetime | None = None
) -> Agreement:
    """The outcome of the legal review: the approved bytes go to the vendor by personal link."""
    agreement = Agreement.objects.get(pk=case.pk)
    facts = {"sha256": agreement.current.sha256} if agreement.current else {}
    return engine.perform(agreement, "send", by=by, via=via, facts=facts, at=at)


def release_document(agreement: Agreement, *, by: Actor, at: datetime | None = None) -> None:
    """Counsel's last act: it speaks for the flow and sends the document."""
    desk.complete(agreement.case, "release_document", by=by, at=at)
