"""The web process is killed in the midst of a press: it was written once, or not at all."""

from pathlib import Path

import pytest

from tests.factories import people
from tests.factories import requests as make
from tests.kills import points
from tests.kills.programs import Visitor, doomed_web, wait
from vetting.requests.models import ToolRequest
from workflows.invariants import registry
from workflows.ledger.queries import verify
from workflows.outbox.models import Message

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


def written(request: ToolRequest) -> tuple[str, int, int]:
    """Its state, how often its withdrawal is on record, and how many messages stand."""
    case = ToolRequest.objects.get(pk=request.pk)
    messages = Message.objects.filter(case_id=case.pk).count()
    return case.state, case.case.entries.filter(name="withdraw").count(), messages


def test_a_press_is_written_once_or_not_at_all(tmp_path: Path) -> None:
    request, folder = make.in_triage(), tmp_path / "points"
    path = f"/requests/{request.code}/withdraw/"
    folder.mkdir()
    with doomed_web(folder) as site:
        ben, before = Visitor(people.ben(), site), written(request)
        points.plant(folder, "before commit", "after", 'INSERT INTO "?workflows_message')
        assert ben.press(path, {"note": "Not now"}).status == 0
        assert (points.left(folder), written(request)) == ([], before)

        wait(site.answers, site.log)
        points.plant(folder, "before the answer", points.ANSWER)
        assert ben.press(path, {"note": "Not now"}).status == 0
        once = written(request)
        assert (points.left(folder), once[:2]) == ([], ("withdrawn", 1))
        assert once[2] > before[2]

        wait(site.answers, site.log)
        again = ben.press(path, {"note": "Not now"})
        assert again.status == 409
        assert "Withdrawn" in again.text
        assert written(request) == once
    assert registry.faults() == []
    assert verify() == []
