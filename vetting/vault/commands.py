"""Storing a file: bytes first, row second."""

from datetime import date

from vetting import vault
from vetting.vault.models import StoredFile
from vetting.vault.rules import tidy_name


def store(data: bytes, *, name: str, content_type: str) -> StoredFile:
    """Keep the bytes and give their row; the same bytes again give the first row, first name.

    Call it outside a transaction: a slow disk or bucket would hold the database's locks.
    Raises VaultCorrupt, VaultUnavailable; then no row was written.
    """
    # A death between the two lines leaves a file that no row names: harmless, and found again
    # by the next store of the same bytes. The other order would leave evidence that is not there.
    sha256 = vault.current().put(data)
    stored, _ = StoredFile.objects.get_or_create(
        sha256=sha256,
        defaults={"size": len(data), "content_type": content_type, "name": tidy_name(name)},
    )
    return stored


def lock(stored: StoredFile, *, until: date) -> None:
    """Refuse the file's deletion until the end of this day (UTC)."""
    vault.current().lock(stored.sha256, until)
