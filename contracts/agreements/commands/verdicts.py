"""The word of each reviewing role on exactly these bytes: given, spoken against, taken back."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from contracts.agreements import queries, rules
from contracts.agreements.commands.telling import tell_of
from contracts.agreements.models import Agreement, AgreementVersion, Review
from vetting.people.models import Membership
from vetting.people.queries import person_of
from workflows import engine
from workflows.actors import Actor, Role
from workflows.desk import commands as desk
from workflows.desk.queries import open_tasks_of
from workflows.engine import Refused
from workflows.lifecycles.agreement import LEGAL_REVIEW
from workflows.refusals import foreign, moment, raise_if

SENDS = "release_document"
ACTS = {Role.LEGAL: "legal_opinion", Role.PRIVACY: "privacy_opinion"}


@dataclass(frozen=True, slots=True)
class Said:
    """One verdict as it was typed; `heard` are the words that stood on the page, None unasked."""

    reviewer: Membership
    role: Role
    verdict: str
    sha256: str
    comment: str
    heard: str | None


def give_verdict(
    agreement: Agreement,
    *,
    by: Actor,
    reviewer: Membership,
    role: Role,
    verdict: str,
    sha256: str,
    comment: str = "",
    heard: str | None = None,
    at: datetime | None = None,
) -> Review:
    """One reviewing role's word on exactly the bytes whose fingerprint the reviewer saw.

    `heard`: `queries.words_heard` of the page it was typed on; raises Refused when somebody has
    spoken since.
    """
    now = at or timezone.now()
    said = Said(reviewer, role, verdict, sha256, comment.strip(), heard)
    with transaction.atomic():
        locked = engine.lock(agreement)
        version = locked.current
        if version is None:
            raise Refused([_nothing_to_review(locked)])
        raise_if(_against_verdict(locked, version, by, said))
        # Whoever asked for changes may approve after all: the first word is void, not gone.
        version.standing_reviews().filter(reviewer=reviewer).update(voided_at=now)
        review = _kept(version, said, now)
        facts = {"role": role.value, "verdict": verdict, "sha256": sha256}
        row = engine.record(locked, "verdict_given", by=by, facts=facts, note=said.comment, at=at)
        if verdict == "approved":
            desk.complete(row.case, ACTS[role], by=by, at=at)
            _tell_if_ready(row, by)
        else:
            _match_open_work(row, at)
            own = reviewer.user.email
            tell_of(row, "changes_needed", to="reviewers", by=by, note=said.comment, but=own)
    return review


def _kept(version: AgreementVersion, said: Said, now: datetime) -> Review:
    return Review.objects.create(
        version=version,
        reviewer=said.reviewer,
        role=said.role.value,
        verdict=said.verdict,
        sha256=said.sha256,
        comment=said.comment,
        given_at=now,
    )


def withdraw_verdict(
    agreement: Agreement, *, by: Actor, reviewer: Membership, at: datetime | None = None
) -> None:
    """Take back one's own word while the text is in review; it stays as history, void.

    Raises Refused: nothing said, or the review is over.
    """
    with transaction.atomic():
        locked = engine.lock(agreement)
        raise_if(foreign(locked, by))
        version = locked.current
        if version is None or locked.state != LEGAL_REVIEW:
            raise Refused([_nothing_to_review(locked)])
        mine = version.standing_reviews().filter(reviewer=reviewer).first()
        if mine is None or by.ref != reviewer.ref:
            raise Refused(["You have given no verdict on this text that could be taken back."])
        version.standing_reviews().filter(pk=mine.pk).update(voided_at=at or timezone.now())
        facts = {"role": mine.role, "verdict": mine.verdict, "sha256": mine.sha256}
        row = engine.record(locked, "verdict_withdrawn", by=by, facts=facts, at=at)
        _match_open_work(row, at)
        _tell_if_ready(row, by)


def _tell_if_ready(agreement: Agreement, by: Actor) -> None:
    """Sending is counsel's turn as soon as both have approved; who has just pressed sees it. Not
    where it would be refused, because nobody could sign."""
    signer = queries.authority_of(agreement, timezone.now())
    if queries.lacks_signatory(agreement) or signer is None:
        return
    if SENDS in {task.node for task in open_tasks_of(agreement.case)}:
        own = person_of(by).user.email
        tell_of(agreement, "ready_to_send", to="legal", by=by, note="", but=own)


def _match_open_work(agreement: Agreement, at: datetime | None) -> None:
    """An act is open exactly while its role has not approved. An approval completes its act; here
    one ceased to count, or counts again because a wish for changes is gone."""
    waiting = {task.node for task in open_tasks_of(agreement.case)}
    approved = {a for r, a in ACTS.items() if queries.approved_among([agreement], role=r)}
    if waiting & set(ACTS.values()) != set(ACTS.values()) - approved:
        desk.begin_again(agreement, at=at)


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
    if said.verdict == "approved" and queries.lacks_signatory(agreement):
        # Two approvals would be in vain: naming another one makes another text.
        reasons.append(rules.nobody_to_sign(queries.who_is_gone(agreement)))
    if said.verdict == "changes" and not said.comment:
        reasons.append("Say which changes are needed.")
    if (length := len(said.comment)) > rules.LONGEST_COMMENT:
        reasons.append(
            f"The comment has {length:,} characters; write at most {rules.LONGEST_COMMENT:,}, "
            "or send the rest as a file."
        )
    return reasons + (_said_already(agreement, version, said) or _unheard(version, said))


def _nothing_to_review(agreement: Agreement) -> str:
    return f"There is nothing to review: this is “{agreement.shown_state}”."


def _said_already(agreement: Agreement, version: AgreementVersion, said: Said) -> list[str]:
    """The second of two reads who was first, and when. A wish for changes is never outvoted: who
    asked takes it back, or a new text answers it."""
    if said.verdict != "approved":
        return []
    for review in version.standing_reviews().select_related("reviewer__user"):
        when, who = moment(review.given_at, agreement), review.reviewer.user.name
        mine, approved = review.reviewer_id == said.reviewer.pk, review.verdict == "approved"
        if mine and approved:
            return [f"You approved this text on {when}."]
        if review.role == said.role.value and approved:
            return [f"{who} already approved this in your role on {when}."]
        if review.role == said.role.value and not mine:
            return [
                f"{who} asked for changes in your role on {when}. Approving does not overrule "
                "that: they take their verdict back, or the document is taken back and changed."
            ]
    return []


def _unheard(version: AgreementVersion, said: Said) -> list[str]:
    """What was said while this page was open: nobody overrules a word they have not read."""
    if said.heard is None or said.heard == queries.words_heard(version):
        return []
    known = said.heard.split(".")
    words = {"approved": "approved it", "changes": "asked for changes"}
    new = [
        f"{review.reviewer.user.name} {words[review.verdict]} for {rules.SPOKEN_OF[review.role]} "
        "while this page was open. Read that first; nothing was kept yet."
        for review in version.standing_reviews().select_related("reviewer__user")
        if str(review.pk) not in known
    ]
    return new or ["A verdict was taken back while this page was open. Look at what stands now."]
