"""What signing does when an agreement moves."""

from contracts.agreements.models import Agreement
from contracts.signing import commands
from workflows.lifecycles.agreement import (
    ABANDONED,
    AGREEMENT,
    DRAFTING,
    OUT_FOR_SIGNATURE,
    SIGNED,
)
from workflows.outbox import commands as outbox
from workflows.outbox.models import Message
from workflows.outbox.reactions import Event, on


@on(AGREEMENT, enters=OUT_FOR_SIGNATURE)
def ask_for_signatures(event: Event) -> None:
    commands.open_signature_requests(_agreement(event), at=event.as_of)


@on(AGREEMENT, enters=DRAFTING)
def revoke_after_recall(event: Event) -> None:
    _revoke(event)


@on(AGREEMENT, enters=ABANDONED)
def revoke_after_abandoning(event: Event) -> None:
    _revoke(event)


def _revoke(event: Event) -> None:
    commands.revoke_signature_requests(
        _agreement(event), seq=event.seq, at=event.at, recorded_at=event.recorded_at
    )


@on(AGREEMENT, enters=SIGNED)
def promise_the_certificate(event: Event) -> None:
    agreement = _agreement(event)
    outbox.post(
        [
            outbox.message(
                channel=Message.JOB,
                topic="make_certificate",
                case=agreement.case,
                payload={"version": agreement.current_id},
                dedupe_key=f"certificate:{agreement.current_id}",
            )
        ]
    )


def _agreement(event: Event) -> Agreement:
    return Agreement.objects.select_related("case__tenant").get(pk=event.case_id)
