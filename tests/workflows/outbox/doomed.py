"""A worker that is killed in the middle of its work, as a process of its own."""

import os
import signal

from tests.forks import fork
from tests.workflows.toy.lifecycle import ERRAND
from tests.workflows.toy.models import Errand
from tests.workflows.toy.story import ada
from workflows import engine
from workflows.outbox import jobs, reactions
from workflows.outbox.drain import drain
from workflows.outbox.models import Message
from workflows.outbox.reactions import Event, on


def register(*, dies: bool, exits: bool = False) -> None:
    """One reaction and one job that both write into the ledger; `dies`: and are killed then."""

    def last_breath() -> None:
        if exits:
            os._exit(7)
        if dies:
            os.kill(os.getpid(), signal.SIGKILL)

    @on(ERRAND, move="begin")
    def noticed(event: Event) -> None:
        engine.record(Errand.objects.get(pk=event.case_id), "noticed", by=ada())
        last_breath()

    @jobs.job("seal", lease_seconds=60)
    def seal(message: Message) -> jobs.Finish:
        last_breath()

        def finish() -> None:
            errand = Errand.objects.get(pk=message.case_id)
            engine.record(errand, "sealed", by=ada())

        return finish


def run_and_be_killed(*, exits: bool = False) -> int | None:
    """The exit code of a worker on this test's database: -9 when it was killed, 7 when it left."""
    worker = fork(lambda: main(exits=exits))
    worker.join()
    return worker.exitcode


def main(*, exits: bool) -> None:
    for registry in (reactions._reactions, jobs._jobs):
        registry.clear()
    register(dies=True, exits=exits)
    drain(worker="doomed")
