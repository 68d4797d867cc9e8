"""Reading what is stored."""

from vetting import vault
from vetting.vault.models import StoredFile


def read(stored: StoredFile) -> bytes:
    """The bytes, verified against the row. Raises VaultMissing, VaultCorrupt, VaultUnavailable."""
    return vault.current().get(stored.sha256)
