"""What must be true before a request moves: facts gathered here, judged by the rules.

Guards that speak of screening or of an agreement are registered by those rooms.
"""

from operator import attrgetter
from typing import Any

from django.utils import timezone

from vetting.catalog.rules import OTHER
from vetting.requests import queries, rules
from vetting.requests.models import Question, ToolRequest
from workflows.actors import Actor, Role
from workflows.ledger.models import Entry
from workflows.ledger.queries import entries_of
from workflows.lifecycles.request import OPEN, REQUEST
from workflows.prefetching import is_read
from workflows.providers import Ask, guard, guard_candidates, recipients

NEEDS_CONTRACT = ("contract", "click_wrap")
WITHOUT_CONTRACT = ("on_demand", "exempt")


def _about(request: ToolRequest) -> list[str]:
    return [row.element.about for row in request.asked_data()]


@guard(REQUEST, "names_a_tool_or_project")
def names_a_tool_or_project(request: ToolRequest, ask: Ask) -> list[str]:
    return rules.reasons_no_tool(
        form=request.form,
        name=request.tool_name,
        website=request.website,
        partner=request.project_partner,
        records=request.project_records,
        start=request.project_from,
        end=request.project_until,
    )


@guard(REQUEST, "says_purpose_and_who")
def says_purpose_and_who(request: ToolRequest, ask: Ask) -> list[str]:
    return rules.reasons_no_purpose(
        form=request.form,
        purpose=request.purpose,
        grades=request.grades,
        schools=request.schools_concerned().count(),
        district_wide=request.district_wide,
    )


@guard(REQUEST, "data_schedule_is_filled")
def data_schedule_is_filled(request: ToolRequest, ask: Ask) -> list[str]:
    return rules.reasons_no_schedule(
        takes_student_data=request.takes_student_data,
        about=_about(request),
        unnamed=request.schedule.filter(struck=False, element__slug=OTHER, detail="").exists(),
    )


@guard(REQUEST, "no_other_open_request")
def no_other_open_request(request: ToolRequest, ask: Ask) -> list[str]:
    """The submitting command joins the other one instead; this stands behind it."""
    if other := queries.open_request_like(request):
        return [f"Request {other.code} already asks for this tool: join it."]
    return []


@guard(REQUEST, "another_request_is_open")
def another_request_is_open(request: ToolRequest, ask: Ask) -> list[str]:
    other = ToolRequest.objects.filter(
        pk=ask.given.get("into"), district=request.district_id, state__in=OPEN
    )
    found = other.exclude(pk=request.pk).exists()
    return [] if found else ["There is no open request to join."]


@guard(REQUEST, "nobody_at_school_can_answer")
def nobody_at_school_can_answer(request: ToolRequest, ask: Ask) -> list[str]:
    answering = recipients(request, "school_leaders")
    return [f"{answering[0].name} can still answer for the school."] if answering else []


@guard(REQUEST, "question_is_answered")
def question_is_answered(request: ToolRequest, ask: Ask) -> list[str]:
    if ask.preview:
        return []  # The answer is typed on the page that this button opens.
    last = Question.objects.filter(request=request).order_by("asked_at", "pk").last()
    answered = last is not None and last.answer.strip()
    return [] if answered else ["Write the answer to the question."]


@guard(REQUEST, "class_is_contract")
def class_is_contract(request: ToolRequest, ask: Ask) -> list[str]:
    words = f"Its class is “{request.get_relationship_display()}”, which goes another way."
    return rules.reasons_class_is_not(NEEDS_CONTRACT, request.relationship, words)


@guard(REQUEST, "data_is_named")
def data_is_named(request: ToolRequest, ask: Ask) -> list[str]:
    return rules.reasons_data_is_unnamed(
        relationship=request.relationship,
        says_student_data=request.class_facts.get("student_data", request.takes_student_data),
        about=_about(request),
    )


@guard(REQUEST, "class_is_not_prohibited")
def class_is_not_prohibited(request: ToolRequest, ask: Ask) -> list[str]:
    """An agreement with its vendor makes nothing lawful that the law forbids."""
    if request.relationship != "prohibited":
        return []
    return [f"Its class is “{request.get_relationship_display()}”: no agreement can cover that."]


@guard(REQUEST, "near_matches_are_settled")
def near_matches_are_settled(request: ToolRequest, ask: Ask) -> list[str]:
    if request.form == "project" or (request.matches_settled and request.tool_id):
        return []
    return ["Settle first which tool of the catalog this is, or that it is a new one."]


@guard(REQUEST, "agreement_can_be_drafted")
def agreement_can_be_drafted(request: ToolRequest, ask: Ask) -> list[str]:
    """Behind this path a request waits for an agreement: for a project none would ever come."""
    if request.form != "project":
        return []
    return [
        "An agreement for a data-sharing project cannot be drafted here yet. Let counsel prepare "
        "it outside of Countersign, and withdraw this request with a note that says where it is."
    ]


@guard(REQUEST, "no_student_data_attested")
def no_student_data_attested(request: ToolRequest, ask: Ask) -> list[str]:
    words = f"Its class is “{request.get_relationship_display()}”, which goes another way."
    return rules.reasons_class_is_not(
        ("exempt",), request.relationship, words
    ) or rules.reasons_not_attested(
        takes_student_data=request.takes_student_data,
        about=_about(request),
        attested=request.exempt_attested,
    )


@guard(REQUEST, "tier_is_low")
def tier_is_low(request: ToolRequest, ask: Ask) -> list[str]:
    return rules.reasons_tier_is_not_low(
        sensitivities=[row.element.sensitivity for row in request.asked_data()],
        under_13=request.under_13,
    )


@guard(REQUEST, "approver_is_independent")
def approver_is_independent(request: ToolRequest, ask: Ask) -> list[str]:
    """Whoever ever asked counts, also when they have left since."""
    return rules.reasons_not_independent(
        ref=ask.by.ref,
        askers=[f"membership:{row.membership_id}" for row in request.requesters.all()],
        screeners=_screeners(request),
        attested_by=_attested_by(request),
    )


def _attested_by(request: ToolRequest) -> str:
    """Who confirmed it last; another path takes the confirmation back."""
    if not request.exempt_attested:
        return ""
    if is_read(request.case, "entries"):
        said = (e for e in entries_of(request) if e.name == "no_student_data_attested")
        last = next(said, None)
    else:
        rows = Entry.objects.filter(case_id=request.pk, name="no_student_data_attested")
        last = rows.order_by("-seq").first()
    return last.actor_ref if last else ""


def _screeners(request: ToolRequest) -> set[str]:
    """Everybody whose hand is in the last finished screening."""
    closed = [one for one in request.screenings.all() if one.closed_at is not None]
    if not closed:
        return set()
    last = max(closed, key=attrgetter("number"))
    answered = {answer.answered_by for answer in last.answers.all()}
    settled = {finding.settled_by for finding in last.findings.all()}
    hands = {last.screened_by, *answered, *settled}
    return {ref for ref in hands if ref and not ref.startswith("system:")}


def decision_in(given: dict[str, Any]) -> rules.Decision:
    """The part of an approval's arguments that the rules judge."""
    known = {name: given[name] for name in rules.Decision.__slots__ if name in given}
    return rules.Decision(**{"kind": "", "on": None, **known})


@guard(REQUEST, "decision_is_written")
def decision_is_written(request: ToolRequest, ask: Ask) -> list[str]:
    unsettled = near_matches_are_settled(request, ask)
    if ask.preview:
        return unsettled
    return unsettled + rules.reasons_decision_is_unwritten(decision_in(ask.given))


@guard(REQUEST, "decline_has_a_reason")
def decline_has_a_reason(request: ToolRequest, ask: Ask) -> list[str]:
    if ask.preview:
        return []
    return rules.reasons_decline_is_unwritten(
        reason=str(ask.given.get("reason", "")), words=str(ask.given.get("words", ""))
    )


@guard(REQUEST, "withdrawal_is_explained")
def withdrawal_is_explained(request: ToolRequest, ask: Ask) -> list[str]:
    """Whoever asks owes nobody a reason; whoever closes what others ask for does."""
    if ask.preview or ask.note.strip() or Role.REQUESTER in request.roles_of(ask.by):
        return []
    return ["Write why it is closed: those who asked read it."]


@guard(REQUEST, "suspension_has_a_reason")
def suspension_has_a_reason(request: ToolRequest, ask: Ask) -> list[str]:
    if ask.preview:
        return []
    return rules.reasons_suspension_is_unwritten(
        reason=str(ask.given.get("reason", "")),
        until=request.approved_until,
        today=request.case.tenant.day_of(ask.now),
        by_system=Role.SYSTEM in ask.by.roles,
    )


@guard(REQUEST, "cause_is_gone")
def cause_is_gone(request: ToolRequest, ask: Ask) -> list[str]:
    if ask.preview:
        return []
    return rules.reasons_cause_remains(
        kind=request.approval_kind,
        on=request.approved_on,
        until=request.approved_until,
        new_until=ask.given.get("until"),
        today=request.case.tenant.day_of(ask.now),
    )


@guard(REQUEST, "risky_elements_are_struck")
def risky_elements_are_struck(request: ToolRequest, ask: Ask) -> list[str]:
    """The command strikes them before it asks, under the same lock."""
    if ask.preview or request.schedule.filter(struck=True).exists():
        return []
    return ["Choose the data that may not be used."]


@guard(REQUEST, "no_new_agreement_is_needed")
def no_new_agreement_is_needed(request: ToolRequest, ask: Ask) -> list[str]:
    if request.relationship in WITHOUT_CONTRACT:
        return []
    (covers,) = guard_candidates(ToolRequest, "agreement_covers_request")
    return ["This tool needs a DPA of its own."] if covers(request, ask) else []


def reasons_against_full(request: ToolRequest, by: Actor) -> list[str]:
    """Why only an approval with an end is possible: before somebody has filled in the other."""
    (basis,) = guard_candidates(ToolRequest, "approval_has_its_basis")
    return basis(request, Ask(by, timezone.now(), given={"kind": "full"}, preview=True))
