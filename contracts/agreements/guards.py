"""What stands against moves of an agreement, and what agreements say about moves of a request."""

from datetime import date

from contracts.agreements import queries, rules
from contracts.agreements.models import Agreement
from contracts.agreements.papermaking import fields_of
from contracts.library import queries as library
from contracts.library import rules as fields
from vetting.policy.rules.classifying import agreement_first
from vetting.requests import rules as request_rules
from vetting.requests.models import ToolRequest
from workflows import engine
from workflows.lifecycles.agreement import AGREEMENT
from workflows.lifecycles.request import REQUEST
from workflows.providers import Ask, guard


def _today(subject: Agreement | ToolRequest, ask: Ask) -> date:
    return subject.case.tenant.day_of(ask.now)


@guard(AGREEMENT, "template_is_active")
def template_is_active(agreement: Agreement, ask: Ask) -> list[str]:
    if library.active_template(agreement.kind, agreement.case.tenant) is None:
        return ["No template of this kind is in use: whoever runs this installation loads it."]
    return []


@guard(AGREEMENT, "exhibits_are_settled")
def exhibits_are_settled(agreement: Agreement, ask: Ask) -> list[str]:
    return rules.reasons_not_settled(
        services=agreement.exhibit_services,
        frameworks=agreement.exhibit_security,
        no_framework=agreement.no_framework,
        security_words=agreement.security_words,
        elements=len(queries.scheduled_elements(agreement)),
        unnamed=queries.products_with_unnamed_data(agreement),
        subprocessors_said=bool(agreement.subprocessors) or agreement.no_subprocessors,
        settled=agreement.exhibits_settled,
    )


@guard(AGREEMENT, "fields_are_complete")
def fields_are_complete(agreement: Agreement, ask: Ask) -> list[str]:
    """Whatever the document prints and cannot do without, each with where it is filled in."""
    printed = fields_of(agreement)
    empty = fields.blank_paths(printed)
    empty += [] if printed.products else ["products[].name"]
    # A contract that gives nobody any time says nothing: zero is as empty as a blank.
    terms = ("breach_notice_hours", "destruction_days", "audit_notice_days")
    empty += [f"terms.{name}" for name in terms if not getattr(printed.terms, name)]
    return rules.reasons_not_complete(
        empty,
        vendor=agreement.vendor.name,
        vendor_signer=printed.vendor.signer.name,
        district_signer=printed.district.signer.name,
    )


@guard(AGREEMENT, "no_other_is_in_force")
def no_other_is_in_force(agreement: Agreement, ask: Ask) -> list[str]:
    return [
        f"Agreement {code} is in effect for {tool}: it has to end first."
        for tool, code in queries.others_in_force(agreement)
    ]


@guard(AGREEMENT, "schedule_matches_requests")
def schedule_matches_requests(agreement: Agreement, ask: Ask) -> list[str]:
    return rules.schedule_gaps(
        queries.wanted_elements(agreement), queries.scheduled_elements(agreement)
    )


@guard(AGREEMENT, "signers_are_named")
def signers_are_named(agreement: Agreement, ask: Ask) -> list[str]:
    reasons = []
    if agreement.vendor_signer_id is None:
        reasons.append("Name the vendor's signatory, with an e-mail address.")
    signer = agreement.district_signer
    if signer is None:
        reasons.append("Name the district's signatory.")
    elif not queries.is_signatory(signer):
        reasons.append(rules.signatory_is_gone(signer.user.name, to_vendor=ask.by.kind == "vendor"))
    return reasons


@guard(AGREEMENT, "quorum_approved_these_bytes")
def quorum_approved_these_bytes(agreement: Agreement, ask: Ask) -> list[str]:
    if agreement.current is None:
        return ["There is no document to approve yet."]
    verdicts = queries.verdicts_on(agreement.current)
    return rules.reasons_without_quorum(verdicts, agreement.current.sha256)


@guard(AGREEMENT, "approved_bytes_are_offered")
def approved_bytes_are_offered(agreement: Agreement, ask: Ask) -> list[str]:
    """Whoever accepts names the fingerprint they read; it must be the approved one."""
    reasons = quorum_approved_these_bytes(agreement, ask)
    offered = agreement.current.sha256 if agreement.current else ""
    if not ask.preview and ask.given.get("sha256") != offered:
        reasons.append("The document changed since you opened it. Read it again, then accept.")
    return reasons


@guard(AGREEMENT, "board_action_is_recorded")
def board_action_is_recorded(agreement: Agreement, ask: Ask) -> list[str]:
    if ask.preview:
        return []
    reasons = []
    if not str(ask.given.get("item", "")).strip():
        reasons.append("Name the agenda item.")
    acted_on = ask.given.get("acted_on")
    if acted_on is None or acted_on > _today(agreement, ask):
        reasons.append("Give the day on which the board acted; it cannot be in the future.")
    elif acted_on < (opened := agreement.case.tenant.day_of(agreement.case.opened_at)):
        reasons.append(
            f"The board cannot have acted on it before it was begun on {opened:%b} {opened.day}, "
            f"{opened.year}."
        )
    return reasons


@guard(AGREEMENT, "effective_date_is_reached")
def effective_date_is_reached(agreement: Agreement, ask: Ask) -> list[str]:
    start = agreement.effective_from
    if start is None or start > _today(agreement, ask):
        return ["The agreement does not start yet."]
    return []


@guard(AGREEMENT, "end_date_has_passed")
def end_date_has_passed(agreement: Agreement, ask: Ask) -> list[str]:
    if agreement.ends_on is None or agreement.ends_on >= _today(agreement, ask):
        return ["The term has not ended yet."]
    return []


@guard(AGREEMENT, "termination_is_grounded")
def termination_is_grounded(agreement: Agreement, ask: Ask) -> list[str]:
    if ask.preview:
        return []
    reasons = []
    if ask.given.get("grounds") not in dict(Agreement.GROUNDS):
        reasons.append("Choose: after the notice that the contract asks for, or for cause.")
    signed = agreement.executed_at
    return reasons + rules.reasons_wrong_last_day(
        ask.given.get("ended_on"),
        signed=agreement.case.tenant.day_of(signed) if signed else None,
        starts=agreement.effective_from,
        today=_today(agreement, ask),
    )


def _held_in_force(request: ToolRequest, ask: Ask) -> Agreement | None:
    """Reads another case, so it holds that row FOR SHARE: approve and expire cannot cross."""
    agreement = queries.agreement_in_force(request, _today(request, ask))
    if agreement is None or ask.preview:
        return agreement
    engine.hold(Agreement, agreement.pk)
    # Between our read and our lock it may have ended: what counts is what the lock sees.
    return queries.agreement_in_force(request, _today(request, ask))


@guard(REQUEST, "agreement_covers_request")
def agreement_covers_request(request: ToolRequest, ask: Ask) -> list[str]:
    agreement = _held_in_force(request, ask)
    if agreement is None:
        return ["No agreement for this tool is in effect."]
    tool = request.tool.name if request.tool else request.title
    return rules.schedule_gaps((tool, name) for name in queries.data_beyond(request, agreement))


@guard(REQUEST, "approval_has_its_basis")
def approval_has_its_basis(request: ToolRequest, ask: Ask) -> list[str]:
    """Approved means: an agreement in force, exempt attested, or a dated exception kind."""
    agreement = _held_in_force(request, ask)
    return request_rules.reasons_without_basis(
        agreement_first=agreement_first(request.district.state),
        relationship=request.relationship,
        exempt_attested=request.exempt_attested,
        agreement_in_force=agreement is not None,
        beyond=queries.data_beyond(request, agreement) if agreement else (),
        kind=ask.given.get("kind") or request.approval_kind,
    )
