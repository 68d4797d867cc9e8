"""The web process is killed in the midst of a press: it was written once, or not at all."""

from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from pytest_django import Settings

from tests.factories import people, pictures
from tests.factories import requests as make
from tests.kills import points
from tests.kills.programs import Visitor, doomed_web, wait
from vetting.people.models import District, SettingChange
from vetting.requests.models import ToolRequest
from vetting.vault.models import StoredFile
from vetting.vault.queries import read
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


def test_an_upload_leaves_a_file_that_no_row_names_or_all_of_it(
    tmp_path: Path, settings: Settings
) -> None:
    """Killed between the file and its row, and between its row and what shows it."""
    vault, folder = tmp_path / "vault", tmp_path / "points"
    settings.VAULT_DIR = vault
    boss, path = people.max(), "/settings/about/"
    folder.mkdir()
    with doomed_web(folder) as site:
        max_ = Visitor(boss, site)

        def send() -> int:
            logo = SimpleUploadedFile("logo.png", pictures.png(64, 32))
            return max_.upload(path, {"name": "Juniper School District 12", "logo": logo}).status

        points.plant(folder, "file and no row", "before", 'INSERT INTO "?vetting_storedfile')
        assert send() == 0
        assert (points.left(folder), shown(vault)) == ([], (1, 0, None, 0))

        wait(site.answers, site.log)
        points.plant(folder, "row and no logo", "before", 'UPDATE "?vetting_district')
        assert send() == 0
        assert (points.left(folder), shown(vault)) == ([], (1, 1, None, 0))

        wait(site.answers, site.log)
        # A press that is answered by the page it leads to.
        assert send() == 200
    stored = StoredFile.objects.get()
    assert shown(vault) == (1, 1, stored.pk, 1)
    assert read(stored).startswith(pictures.PNG)
    assert registry.faults() == []


def shown(vault: Path) -> tuple[int, int, int | None, int]:
    """Files, their rows, which of them is the logo, and how many changes are on record."""
    files = [path for path in vault.rglob("*") if path.is_file()]
    logo = District.objects.get().logo_id
    return len(files), StoredFile.objects.count(), logo, SettingChange.objects.count()
