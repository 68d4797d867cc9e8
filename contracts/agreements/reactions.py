"""What agreements and requests do to each other, from the outbox; each is idempotent."""

from datetime import date, datetime

from django.utils import timezone

from contracts.agreements import commands, queries
from contracts.agreements.models import Agreement
from vetting.people.commands.record import SIGNERS_CHANGED
from vetting.policy.rules.classifying import agreement_first
from vetting.requests import rules
from vetting.requests.commands.joining import DATA_JOINED
from vetting.requests.models import ToolRequest
from workflows import engine
from workflows.actors import system
from workflows.clock.acts import due_act
from workflows.clock.models import Deadline
from workflows.engine import Refused
from workflows.ledger.queries import history_of
from workflows.lifecycles.agreement import (
    ABANDONED,
    AGREEMENT,
    DRAFTING,
    EXPIRED,
    IN_FORCE,
    SIGNED,
    TERMINATED,
)
from workflows.lifecycles.request import (
    AWAITING_AGREEMENT,
    DECLINED,
    REQUEST,
    RETIRED,
    RETURNED,
    SCREENING,
    USABLE,
    WITHDRAWN,
)
from workflows.outbox.models import Message
from workflows.outbox.reactions import Event, on, topic
from workflows.stateful import Stateful

BY = system("agreements")


@on(REQUEST, move="route_contract")
def draft_the_agreement(event: Event) -> None:
    """At once, beside the screening: the vendor's turnaround is the long pole.

    It may come late: nobody asks any more, or the request waits already for what it joins here.
    """
    request = ToolRequest.objects.select_related("case__tenant", "tool").get(pk=event.case_id)
    commands.draft_agreement(request, by=BY, at=event.as_of)
    _note_ready(request, event.as_of)


@topic(DATA_JOINED)
def take_up_joined_data(message: Message) -> str:
    """Whoever joined brought data along: the draft takes it up; beside a text that others have
    read, and that does not hold it, the request gets a draft of its own."""
    request = engine.lock(ToolRequest(pk=message.payload["request"]))
    for serving in queries.agreements_serving(request.pk):
        commands.note_facts(serving, by=BY)
    place = request.left_state if request.state == RETURNED else request.state
    # Before, no path is chosen yet; after, whoever decides strikes the data or goes back.
    if place not in (SCREENING, AWAITING_AGREEMENT):
        return ""
    agreement = commands.draft_agreement(request, by=BY)
    _note_ready(request, None)
    return agreement.code if agreement else ""


@on(REQUEST, move="route_covered")
def tie_when_routed(event: Event) -> None:
    _tie(event)


@on(REQUEST, move="approve_covered")
def tie_when_approved(event: Event) -> None:
    _tie(event)


@on(REQUEST, move="clear_without")
def tie_when_cleared(event: Event) -> None:
    _tie(event)


def _tie(event: Event) -> None:
    """The page shows what the request rests on, and the agreement what rests on it."""
    request = ToolRequest.objects.select_related("case__tenant").get(pk=event.case_id)
    agreement = commands.attach_covering(request, by=BY, at=event.as_of)
    if agreement:
        commands.note_facts(agreement, by=BY, at=event.as_of)


@on(REQUEST, enters=AWAITING_AGREEMENT)
def tell_the_waiting_request(event: Event) -> None:
    """The agreement may be in force before the screening ends."""
    request = ToolRequest.objects.select_related("case__tenant").get(pk=event.case_id)
    _note_ready(request, event.as_of)


@on(REQUEST, enters=AWAITING_AGREEMENT)
def start_the_drafting_clock(event: Event) -> None:
    """The review is over: from now on the draft waits for us alone."""
    _pace_served(event)


@on(REQUEST, move="reroute")
def stop_the_drafting_clock(event: Event) -> None:
    """Back on its way to another review."""
    _pace_served(event)


@on(REQUEST, enters=DECLINED)
def pace_after_declining(event: Event) -> None:
    """A review that will never end holds no clock still."""
    _pace_served(event)


@on(REQUEST, enters=WITHDRAWN)
def pace_after_withdrawing(event: Event) -> None:
    _pace_served(event)


@on(REQUEST, enters=DECLINED)
def offer_after_declining(event: Event) -> None:
    _offer_to_give_up(event)


@on(REQUEST, enters=WITHDRAWN)
def offer_after_withdrawing(event: Event) -> None:
    _offer_to_give_up(event)


@on(REQUEST, enters=RETIRED)
def offer_after_retiring(event: Event) -> None:
    _offer_to_give_up(event)


@on(REQUEST, move="route_contract")
def offer_after_another_contract(event: Event) -> None:
    """Sent back to choose another path, it may have turned out to mean another tool."""
    _offer_to_give_up(event)


@on(REQUEST, move="route_covered")
def offer_after_covering(event: Event) -> None:
    _offer_to_give_up(event)


@on(REQUEST, move="approve_covered")
def offer_after_approving(event: Event) -> None:
    _offer_to_give_up(event)


@on(REQUEST, move="route_exempt")
def offer_after_exempting(event: Event) -> None:
    _offer_to_give_up(event)


def _offer_to_give_up(event: Event) -> None:
    """Giving it up is for legal and the privacy team; the system only asks."""
    for agreement in queries.agreements_serving(event.case_id):
        request = ToolRequest.objects.select_related("case__tenant", "tool").get(pk=event.case_id)
        commands.offer_to_give_up(agreement, request=request, by=BY, at=event.as_of)


@on(AGREEMENT, enters=DRAFTING)
def pace_a_draft_taken_back(event: Event) -> None:
    _pace(_agreement(event), event)


def _pace_served(event: Event) -> None:
    for agreement in queries.agreements_serving(event.case_id):
        _pace(agreement, event)


def _pace(agreement: Agreement, event: Event) -> None:
    commands.pace_drafting(agreement, by=BY, moment=event.at, at=event.as_of)


@on(AGREEMENT, enters=SIGNED)
def start_when_due(event: Event) -> None:
    """In force at once, or on the agreed day; never where it was ended before it began."""
    agreement = engine.lock(_agreement(event))
    if agreement.state != SIGNED:
        return
    if agreement.effective_from and agreement.effective_from > _today(agreement, event.as_of):
        commands.expect_start(agreement, at=event.at)
    else:
        commands.start_or_hold(agreement, at=event.as_of)


@due_act("start_agreement")
def start_on_its_day(agreement: Agreement, deadline: Deadline) -> None:
    commands.start_or_hold(agreement)


@due_act("end_agreement")
def end_after_its_last_day(agreement: Agreement, deadline: Deadline) -> None:
    commands.end_or_expect(agreement)


@on(AGREEMENT, enters=SIGNED)
def count_from_the_signatures(event: Event) -> None:
    """What the law asks after an agreement is executed runs from the last signature, also where
    the term begins later."""
    commands.note_executed(engine.lock(_agreement(event)), by=BY, at=event.as_of)


@on(AGREEMENT, enters=EXPIRED)
def count_from_the_end(event: Event) -> None:
    commands.note_ended(engine.lock(_agreement(event)), by=BY, at=event.as_of)


@on(AGREEMENT, enters=TERMINATED)
def count_from_the_early_end(event: Event) -> None:
    commands.note_ended(engine.lock(_agreement(event)), by=BY, at=event.as_of)


@on(AGREEMENT, enters=IN_FORCE)
def release_waiting_requests(event: Event) -> None:
    """Every request that waits for this agreement goes on to its decision."""
    for request in queries.requests_served(_agreement(event)):
        if request.state == AWAITING_AGREEMENT:
            _note_ready(request, event.as_of)


@on(AGREEMENT, enters=EXPIRED)
def suspend_after_expiry(event: Event) -> None:
    _suspend_all(event, "The agreement with the vendor has ended.")


@on(AGREEMENT, enters=TERMINATED)
def suspend_after_termination(event: Event) -> None:
    _suspend_all(event, "The agreement with the vendor was ended early.")


@on(AGREEMENT, enters=ABANDONED)
def tell_the_requests(event: Event) -> None:
    """The request's own timeline says why it waits for nothing; it may get another agreement."""
    agreement = _agreement(event)
    last = next(line for line in history_of(agreement) if line.name == "abandon")
    for request in queries.requests_served(agreement):
        commands.tell_request(request, agreement, by=BY, who=last.by, why=last.note, at=event.as_of)
    commands.tell_owner(agreement, who=last.by, by_ref=last.by_ref, why=last.note)


@topic(SIGNERS_CHANGED)
def look_after_signatures(message: Message) -> str:
    """Somebody who is named to sign may not be able to: nothing may wait for them in silence."""
    said = message.payload
    written = commands.tell_counsel_of_all(district=said["district"], person=said["person"])
    return f"{written} written to" if written else ""


def _suspend_all(event: Event, reason: str) -> None:
    """Approved on this agreement and on nothing else that stands: stop using it for now."""
    agreement = _agreement(event)
    today = _today(agreement, event.as_of)
    for request in queries.requests_resting_on(agreement):
        locked = engine.lock(request)
        if locked.state in USABLE and _has_lost_its_basis(locked, today):
            given = {"reason": reason}
            facts = {"agreement": agreement.case.code}
            engine.perform(locked, "suspend", by=BY, given=given, facts=facts, at=event.as_of)


def _has_lost_its_basis(request: ToolRequest, today: date) -> bool:
    """The same rule as at approval: an exempt tool or a dated exception rests on itself."""
    covering = queries.agreement_in_force(request, today)
    return bool(
        rules.reasons_without_basis(
            agreement_first=agreement_first(request.district.state),
            relationship=request.relationship,
            exempt_attested=request.exempt_attested,
            agreement_in_force=covering is not None,
            beyond=queries.data_beyond(request, covering) if covering else (),
            kind=request.approval_kind,
        )
    )


def _note_ready(request: ToolRequest, at: datetime | None) -> None:
    """Where the agreement that serves it is in effect. One that does not serve it, because the
    request asks for more than that one holds, is not what it waits for."""
    if queries.serving_in_effect(request, _today(request, at)) is None:
        return
    try:
        engine.perform(request, "agreement_ready", by=BY, at=at)
    except Refused:
        # The request has moved on, or the agreement is not in effect after all: done.
        return


def _today(subject: Stateful, at: datetime | None) -> date:
    """The day of the run, not of the event: one that comes late judges by what stands by then."""
    return subject.case.tenant.day_of(at or timezone.now())


def _agreement(event: Event) -> Agreement:
    return Agreement.objects.select_related("case__tenant").get(pk=event.case_id)
