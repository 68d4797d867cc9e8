"""Two connections at once: on SQLite this needs a database file, as the test run has."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest
from django.db import connection
from pytest_django import Settings

from vetting.vault.commands import store
from vetting.vault.models import StoredFile


@pytest.mark.django_db(transaction=True)
def test_two_threads_storing_the_same_bytes_get_one_row(settings: Settings, tmp_path: Path) -> None:
    settings.S3_BUCKET, settings.VAULT_DIR = "", tmp_path
    barrier = Barrier(2)

    def run() -> int:
        barrier.wait()
        try:
            return store(b"twice", name="a.pdf", content_type="application/pdf").pk
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        keys = [job.result() for job in [pool.submit(run) for _ in range(2)]]
    assert len(set(keys)) == 1
    assert StoredFile.objects.count() == 1
