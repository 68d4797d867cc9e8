"""Writing the document, voiding it, and sending what was approved."""

from datetime import datetime

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from contracts.agreements import papermaking
from contracts.agreements.commands.links import revoke_links
from contracts.agreements.models import Agreement, AgreementVersion
from contracts.library import queries as library
from contracts.papers.rules import PaperError
from workflows import engine
from workflows.actors import Actor
from workflows.cases import Case
from workflows.desk import commands as desk
from workflows.engine import Refused
from workflows.lifecycles.agreement import DRAFTING
from workflows.refusals import raise_if


def issue_document(agreement: Agreement, *, by: Actor, at: datetime | None = None) -> Agreement:
    """Write the document into the vault, then hand it to legal review.

    The file is made without any lock; if the record changed meanwhile, nothing is written.
    """
    if reasons := reasons_not_to_issue(agreement, by):
        raise Refused(reasons)
    template = library.active_template(agreement.kind, agreement.case.tenant)
    if template is None:
        raise Refused(["The template was taken out of use meanwhile. Load the page again."])
    raise_if(papermaking.reasons_not_printed(agreement))
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
