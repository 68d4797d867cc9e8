"""What people do with a request."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from contracts.agreements import commands as drafting
from tests.lives.acts import act
from tests.lives.story import Person, Request, Screen, Story
from tests.lives.town import TOOLS, Town
from vetting.people.queries import today_in
from vetting.requests import commands
from vetting.requests.commands import Approval
from vetting.requests.models import ToolRequest
from vetting.screening import commands as screening
from workflows.actors import Actor

BEFORE_DECISION = "draft with_school triage screening returned awaiting_agreement deciding"
PILOT = timedelta(days=30)


def begin(town: Town, who: Person, tool: str, *, data: bool) -> ToolRequest:
    """A draft with everything in it."""
    by, member = town.actors[who], town.members[who]
    draft = commands.start_draft(
        by=by, tool_name=tool, website=TOOLS[tool], vendor_name="Ladder Labs", grades=["3"],
        purpose="Practice reading at home", under_13=False, takes_student_data=data,
    )  # fmt: skip
    school = town.members[town.named("lee")].school_id
    return commands.save_draft(
        draft, by=by, fields={},
        schools=[member.school_id or school or 0],
        elements={town.element.pk: "To greet the child"} if data else {},
    )  # fmt: skip


def submitted(story: Story, who: Person, case: Request, choice: Any) -> None:
    if other := story.like(case):
        other.askers += [asker for asker in case.askers if asker not in other.askers]
        other.ever |= set(case.askers)
        case.state = "withdrawn"
        if case.data and not other.data:
            data_came_along(other)
        return
    led = any(asker.school == "aspen" for asker in case.askers)
    case.state = "with_school" if story.gate and led else "triage"
    case.cls = "contract" if case.data else "exempt"


def data_came_along(case: Request) -> None:
    """A class is proposed anew while the path is open; no confirmation of "none" holds any more."""
    case.data, case.attester = True, None
    place = case.left if case.state == "returned" else case.state
    if case.cls and place in ("with_school", "triage"):
        case.cls = "contract"


def asked(story: Story, who: Person, case: Request, choice: Any) -> None:
    case.left, case.state, case.asked_at = case.state, "returned", timezone.now()


def answered(story: Story, who: Person, case: Request, choice: Any) -> None:
    case.state = case.left


def classified(story: Story, who: Person, case: Request, choice: str) -> None:
    case.cls = choice


def routed(story: Story, who: Person, case: Request, choice: Any) -> None:
    case.state, case.routed = "screening", True
    case.round_over = True


def attested(story: Story, who: Person, case: Request, choice: Any) -> None:
    case.state, case.attester = "deciding", who


def rerouted(story: Story, who: Person, case: Request, choice: Any) -> None:
    case.state, case.cls, case.attester = "triage", "", None


def sheet(case: Request) -> Screen:
    """The open round; the first hand opens a new one, and what an earlier one left is set aside."""
    if case.round_over:
        new_round(case)
    return case.screens[-1]


def new_round(case: Request) -> None:
    for screen in case.screens:
        screen.closed = True
    case.screens.append(Screen())
    case.round_over = False


def noted(story: Story, who: Person, case: Request, choice: tuple[str, str]) -> None:
    question, value = choice
    screen = sheet(case)
    if screen.answers.get(question) != value:
        screen.answers[question], screen.by[question] = value, who


def based(story: Story, who: Person, case: Request, choice: Any) -> None:
    sheet(case).basis = True


def complete(story: Story, who: Person, case: Request, choice: Any) -> bool:
    if case.round_over or case.cls != "contract" or who in case.ever:
        return False
    screen = case.screens[-1]
    return screen.answers == {"sells": "yes", "tells": screen.answers.get("tells")} and screen.basis


def concluded(story: Story, who: Person, case: Request, choice: Any) -> None:
    case.screens[-1].closed = True
    case.screens[-1].by["the end"] = who
    case.state = "awaiting_agreement"


def left(story: Story, who: Person, case: Request, choice: Any) -> None:
    if who in case.askers and len(case.askers) > 1:
        case.askers.remove(who)
    else:
        case.state = "withdrawn"


def approval(town: Town, kind: str) -> Approval:
    if kind == "full":
        return Approval(kind="full", purpose="Reading", license="free")
    until = today_in(town.members[town.named("ada")].district) + PILOT
    owner = town.members[town.named("ada")].pk
    return Approval(kind=kind, purpose="Reading", license="free", until=until, owner=owner)


def approved(story: Story, who: Person, case: Request, kind: str | None) -> None:
    case.state, case.kind = "approved", kind or "full"
    case.until = story.today + PILOT if case.kind == "pilot" else None


def decidable(story: Story, who: Person, case: Request, kind: str) -> bool:
    return story.independent(who, case) and story.has_basis(case, kind)


def coverable(story: Story, who: Person, case: Request, choice: Any) -> bool:
    low = story.low or not case.data
    return story.covering(case) and low and story.independent(who, case)


def reinstatable(story: Story, who: Person, case: Request, choice: Any) -> bool:
    over = case.until is not None and case.until < story.today
    return decidable(story, who, case, case.kind) and not over


def classify(town: Town, by: Actor, row: ToolRequest, choice: str) -> object:
    facts = {"student_data": row.takes_student_data}
    return commands.classify(row, facts=facts, relationship=choice, note="So it is.", by=by)


def route(path: str) -> Any:
    return lambda town, by, row, choice: commands.route(row, path=path, by=by, attested=True)


act(
    "submit",
    Request,
    "draft",
    "requester sourcing",
    lambda town, by, row, choice: commands.submit_request(row, by=by),
    comes=submitted,
)
act(
    "endorse",
    Request,
    "with_school",
    "school_leader",
    lambda town, by, row, choice: commands.endorse_request(row, by=by),
    comes="triage",
)
act(
    "send_back",
    Request,
    "with_school",
    "school_leader",
    lambda town, by, row, choice: commands.send_back(row, by=by, note="Not yet."),
    comes="draft",
)
act(
    "ask",
    Request,
    "triage screening deciding",
    "sourcing privacy",
    lambda town, by, row, choice: commands.ask_question(row, by=by, text="Why?"),
    comes=asked,
)
act(
    "answer",
    Request,
    "returned",
    "requester sourcing",
    lambda town, by, row, choice: commands.answer_question(row, by=by, answer="So."),
    comes=answered,
)
act(
    "classify",
    Request,
    "triage",
    "sourcing privacy",
    classify,
    comes=classified,
    choices=("contract", "exempt", "on_demand"),
)
act(
    "route_contract",
    Request,
    "triage",
    "sourcing privacy",
    route("contract"),
    comes=routed,
    may=lambda story, who, case, choice: case.cls == "contract" and case.data,
)
act(
    "route_exempt",
    Request,
    "triage",
    "privacy",
    route("exempt"),
    comes=attested,
    may=lambda story, who, case, choice: case.cls == "exempt" and not case.data,
)
act(
    "route_covered",
    Request,
    "triage",
    "sourcing privacy",
    route("covered"),
    comes="deciding",
    may=lambda story, who, case, choice: story.covering(case),
)
act(
    "approve_covered",
    Request,
    "triage",
    "sourcing",
    lambda town, by, row, choice: commands.approve_covered(
        row, approval=approval(town, "full"), by=by
    ),
    comes=approved,
    may=coverable,
)
act(
    "reroute",
    Request,
    "screening awaiting_agreement deciding",
    "privacy",
    lambda town, by, row, choice: commands.reroute_request(row, by=by, note="No."),
    comes=rerouted,
)
act(
    "save_answer",
    Request,
    "screening",
    "privacy",
    lambda town, by, row, choice: screening.save_answer(
        row, question=choice[0], value=choice[1], evidence="Section 3", by=by
    ),
    comes=noted,
    choices=[("sells", "yes"), ("sells", "no"), ("tells", "yes"), ("tells", "no")],
)
act(
    "legal_basis",
    Request,
    "screening",
    "privacy",
    lambda town, by, row, choice: screening.record_legal_basis(
        row, basis="school_official", reason="It replaces our staff.", by=by
    ),
    comes=based,
)
act(
    "conclude",
    Request,
    "screening",
    "privacy",
    lambda town, by, row, choice: screening.conclude_screening(row, by=by),
    comes=concluded,
    may=complete,
)
act(
    "approve",
    Request,
    "deciding",
    "privacy_lead",
    lambda town, by, row, choice: commands.decide_approve(
        row, approval=approval(town, choice), by=by
    ),
    comes=approved,
    may=decidable,
    choices=("full", "pilot"),
)
act(
    "decline",
    Request,
    "triage screening awaiting_agreement deciding",
    "privacy",
    lambda town, by, row, choice: commands.decline_request(row, reason="sells_data", by=by),
    comes="declined",
)
act(
    "withdraw",
    Request,
    BEFORE_DECISION,
    "requester sourcing",
    lambda town, by, row, choice: commands.withdraw_request(row, by=by, note="Gone."),
    comes=left,
)
act(
    "suspend",
    Request,
    "approved",
    "privacy",
    lambda town, by, row, choice: commands.suspend_tool(row, reason="A leak.", by=by),
    comes="suspended",
)
act(
    "reinstate",
    Request,
    "suspended",
    "privacy_lead",
    lambda town, by, row, choice: commands.reinstate_tool(row, note="Mended.", by=by),
    comes="approved",
    may=reinstatable,
)
act(
    "retire",
    Request,
    "approved suspended",
    "privacy",
    lambda town, by, row, choice: commands.retire_tool(row, note="Old.", by=by),
    comes="retired",
)
act(
    "draft_another",
    Request,
    "screening awaiting_agreement",
    "privacy legal",
    lambda town, by, row, choice: drafting.draft_another(row, by=by),
    comes=lambda story, who, case, choice: None,
    may=lambda story, who, case, choice: not story.is_served(case),
)
# fmt: skip
