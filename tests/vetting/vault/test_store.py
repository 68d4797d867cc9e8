import hashlib
import subprocess
import sys
import textwrap
from datetime import date
from pathlib import Path

import pytest
from django.db import IntegrityError, transaction
from pytest_django import Settings

from vetting import vault
from vetting.vault.commands import lock, store
from vetting.vault.local import LocalVault
from vetting.vault.models import StoredFile
from vetting.vault.queries import read
from vetting.vault.rules import tidy_name

DATA = b"Exhibit B, the schedule of data"
SHA = hashlib.sha256(DATA).hexdigest()


@pytest.fixture(autouse=True)
def folder(settings: Settings, tmp_path: Path) -> Path:
    settings.S3_BUCKET = ""
    settings.VAULT_DIR = tmp_path
    return tmp_path


@pytest.mark.django_db
def test_a_stored_file_can_be_read_again() -> None:
    stored = store(DATA, name="Exhibit B (schedule).docx", content_type="application/msword")
    assert (stored.sha256, stored.size) == (SHA, len(DATA))
    assert stored.name == "Exhibit B (schedule).docx"
    assert read(stored) == DATA


@pytest.mark.django_db
def test_the_same_bytes_are_one_row_with_the_first_name() -> None:
    first = store(DATA, name="first.pdf", content_type="application/pdf")
    again = store(DATA, name="second.pdf", content_type="application/pdf")
    assert (again.pk, again.name) == (first.pk, "first.pdf")
    assert StoredFile.objects.count() == 1


@pytest.mark.django_db
def test_a_file_that_could_not_be_kept_has_no_row(folder: Path) -> None:
    (folder / "sha256").write_text("in the way")
    with pytest.raises(vault.VaultUnavailable):
        store(DATA, name="a.pdf", content_type="application/pdf")
    assert not StoredFile.objects.exists()


@pytest.mark.django_db
def test_a_row_needs_a_whole_hash() -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        StoredFile.objects.create(sha256="ab", size=1, content_type="text/plain", name="a")


@pytest.mark.django_db
def test_a_lock_reaches_the_vault(folder: Path) -> None:
    stored = store(DATA, name="a.pdf", content_type="application/pdf")
    lock(stored, until=date(2033, 1, 1))
    assert LocalVault(root=folder).locked_until(SHA) == date(2033, 1, 1)


@pytest.mark.django_db
def test_death_between_file_and_row_leaves_nothing_that_a_row_names(folder: Path) -> None:
    program = textwrap.dedent(f"""
        import os, signal, django
        django.setup()
        from django.conf import settings
        settings.VAULT_DIR = {str(folder)!r}
        from vetting.vault import commands
        def die(**given):
            os.kill(os.getpid(), signal.SIGKILL)
        commands.StoredFile.objects.get_or_create = die
        commands.store({DATA!r}, name="a.pdf", content_type="application/pdf")
    """)
    killed = subprocess.run(
        [sys.executable, "-c", program],
        env={"DJANGO_SETTINGS_MODULE": "vetting.settings", "PYTHONPATH": "."},
        check=False,
    )
    assert killed.returncode == -9
    assert vault.current().exists(SHA)
    assert not StoredFile.objects.exists()
    stored = store(DATA, name="a.pdf", content_type="application/pdf")
    assert read(stored) == DATA


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("  Data  Privacy\tAgreement 2026.pdf ", "Data Privacy Agreement 2026.pdf"),
        ("../../etc/passwd", "etc passwd"),
        ("C:\\Users\\dee\\dpa.docx", "C: Users dee dpa.docx"),
        ("invoice\u202efdp.exe", "invoice fdp.exe"),
        ("\x00\n", "document"),
        ("", "document"),
        ("x" * 300 + ".pdf", "x" * 146 + ".pdf"),
        ("école.pdf", "école.pdf"),
    ],
)
def test_names_are_made_fit_to_show(given: str, shown: str) -> None:
    assert tidy_name(given) == shown
