"""The store of files is away: every page stands, and a file says so in a sentence."""

import shutil
from pathlib import Path

import pytest
from django.test import Client
from pytest_django import Settings

from contracts.agreements.models import Agreement
from tests.factories import agreements, letters, people
from tests.factories.visits import counted, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("nobody_came_before")]
SAYS = "The file cannot be read now"


def test_the_vendor_reads_the_page_and_is_told_about_the_file(
    settings: Settings, tmp_path: Path
) -> None:
    agreements.out_for_signature()
    path = letters.link_for()
    settings.VAULT_DIR = tmp_path / "away"
    before = counted()

    page = Client().get(path)
    assert (page.status_code, "13 pages" in page.text) == (200, True)
    file = Client().get(f"{path}files/agreement.pdf")
    assert (file.status_code, SAYS in file.text) == (503, True)
    assert (file["Referrer-Policy"], file["Cache-Control"]) == ("no-referrer", "no-store")
    assert dict(file.cookies) == {}
    assert counted() == before


def test_the_signatory_and_the_privacy_team_are_told(settings: Settings, tmp_path: Path) -> None:
    agreement = agreements.vendor_signs(agreements.out_for_signature())
    settings.VAULT_DIR = tmp_path / "away"

    gwen = signed_in(agreements.signer())
    here = f"/agreements/{agreement.code}/sign/"
    assert gwen.get(here).status_code == 200
    answers = [gwen.get(f"{here}document.pdf"), signed_in(people.cora()).get(pdf_of(agreement))]
    assert [(one.status_code, SAYS in one.text) for one in answers] == [(503, True)] * 2


def pdf_of(agreement: Agreement) -> str:
    return f"/agreements/{agreement.code}/files/1/pdf/"


def test_the_public_is_told_and_gets_the_file_when_it_is_back(
    settings: Settings, tmp_path: Path
) -> None:
    agreement = agreements.executed()
    where, home = f"/registry/contracts/{agreement.code}/agreement.pdf", settings.VAULT_DIR
    settings.VAULT_DIR = tmp_path / "away"
    answer = Client().get(where)
    assert (answer.status_code, SAYS in answer.text) == (503, True)
    assert dict(answer.cookies) == {}
    settings.VAULT_DIR = home
    answer = Client().get(where)
    assert answer.status_code == 200
    # Chromium's own page for a PDF breaks under the policy of our pages.
    assert answer["Content-Security-Policy"] == "frame-ancestors 'self'"
    assert "no-store" not in answer.get("Cache-Control", "")


def test_no_page_prints_where_the_server_keeps_its_files(
    settings: Settings, tmp_path: Path
) -> None:
    agreement = agreements.executed()
    # A copy: other tests of this process begin with the files of the real one.
    home = settings.VAULT_DIR = shutil.copytree(settings.VAULT_DIR, tmp_path / "vault")
    for file in [one for one in home.rglob("*") if one.is_file()]:
        file.unlink()
        file.mkdir()
    answer = Client().get(f"/registry/contracts/{agreement.code}/agreement.pdf")
    assert (answer.status_code, SAYS in answer.text) == (503, True)
    assert "The file store does not answer just now." in answer.text
    assert str(home) not in answer.text
    assert "Errno" not in answer.text
