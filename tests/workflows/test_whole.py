"""A case's page asks in words found once what it would ask if they were found for it alone."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection

from contracts.agreements.models import Agreement
from contracts.agreements.queries import with_parts
from contracts.agreements.queries.lists import one_agreement
from tests.factories import agreements, people, plainly, requests
from vetting.people.queries import actor_of
from vetting.requests.models import ToolRequest
from vetting.requests.queries import request_for
from vetting.requests.queries.cases import one_request
from workflows.prefetching import is_read

pytestmark = pytest.mark.django_db
WORKING = (people.ada, people.pat, people.cora, people.sol)


def _asked(read: Callable[[], Any]) -> list[str]:
    """Each statement with its values in it: a prepared one is sent without them."""
    asked: list[str] = []
    operations: Any = connection.ops

    def note(execute: Callable[..., Any], sql: str, params: Any, *rest: Any) -> Any:
        is_postgresql = connection.vendor == "postgresql"
        asked.append(operations.compose_sql(sql, params) if is_postgresql else f"{sql} {params}")
        return execute(sql, params, *rest)

    with connection.execute_wrapper(note):
        read()
    return asked


@pytest.mark.parametrize("whole", [False, True], ids=["alone", "whole"])
@pytest.mark.parametrize("make", [*WORKING, people.ben, people.eve])
def test_a_request_is_asked_for_in_the_same_words(make: Any, whole: bool) -> None:
    request, _ = agreements.drafted()
    actor = actor_of(make())
    for _ in range(2):
        try:
            found = _asked(lambda: request_for(actor, request.code, whole=whole))
        except ToolRequest.DoesNotExist:
            with pytest.raises(ToolRequest.DoesNotExist):
                one_request(actor, request.code, whole).get()
            assert make is people.eve
            continue
        alone = _asked(lambda: list(one_request(actor, request.code, whole)))
        assert found == alone
        assert len(found) == 2


@pytest.mark.parametrize("whole", [False, True], ids=["alone", "whole"])
@pytest.mark.parametrize("make", [*WORKING, people.ben, people.eve])
def test_an_agreement_is_asked_for_in_the_same_words(make: Any, whole: bool) -> None:
    agreement = plainly.executed()
    actor = actor_of(make())
    if make in (people.ben, people.eve):
        with pytest.raises(Agreement.DoesNotExist):
            with_parts(actor, agreement.code, whole=whole)
        return
    found = _asked(lambda: with_parts(actor, agreement.code, whole=whole))
    assert found == _asked(lambda: list(one_agreement(actor, agreement.code, whole)))


def test_two_cases_are_read_each_with_what_is_its_own() -> None:
    first = requests.in_triage()
    second = requests.in_triage(tool_name="Quiz Quarry", website="https://quiz.example")
    sol = actor_of(people.sol())
    read = [request_for(sol, one.code, whole=True) for one in (first, second, first)]
    assert [one.pk for one in read] == [first.pk, second.pk, first.pk]
    assert [{row.request_id for row in one.schedule.all()} for one in read] == [
        {first.pk}, {second.pk}, {first.pk},
    ]  # fmt: skip
    assert [{row.case_id for row in one.case.entries.all()} for one in read] == [
        {first.pk}, {second.pk}, {first.pk},
    ]  # fmt: skip


def test_of_what_is_not_there_nothing_is_read() -> None:
    """A draft names no tool yet, so no agreement is sought that covers it."""
    draft = requests.draft(tool=None)
    found = request_for(actor_of(people.ben()), draft.code, whole=True)
    assert found.tool is None
    assert is_read(found, "served_by")
    assert list(found.served_by.all()) == []
