"""The lock of every flow."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import transaction

from workflows.cases import Case
from workflows.desk.models import Process
from workflows.stateful import Stateful, lock_row, model_of


class SubjectLock:
    """Waits for the subject's row, then for the process's: the order the engine uses too.

    viewflow's default takes no lock: a join reached by two branches at once was doubled in 15 of 30
    runs and stuck for ever in 9 (engine.md, V1). Its own row lock sleeps inside the transaction.
    """

    @contextmanager
    def __call__(self, flow_class: type, process_pk: int) -> Iterator[None]:
        with transaction.atomic():
            lock_case(Case.objects.get(processes=process_pk))
            lock_process(process_pk)
            yield


def lock_case(case: Case) -> Stateful:
    return lock_row(model_of(case.machine), case.pk)


def lock_process(pk: int) -> Process:
    rows = Process.objects.select_for_update(of=("self",), no_key=True)
    return rows.select_related("case__tenant").get(pk=pk)


subject_lock = SubjectLock()
