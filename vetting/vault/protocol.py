"""What a vault promises, whichever disk or service holds the bytes."""

import hashlib
import re
from datetime import date
from typing import Protocol

SHA256 = re.compile(r"[0-9a-f]{64}")


class VaultError(Exception):
    """The vault could not do what was asked; the message is a sentence for Operations.

    It can name folders, buckets and hosts, so a page shows `says` instead.
    """

    says = "The file store could not do what was asked."


class VaultMissing(VaultError):
    """No file is kept under this hash."""

    says = "The file store has no such file."


class VaultCorrupt(VaultError):
    """The bytes kept under a hash are no longer the bytes that have this hash."""

    says = "The file was changed where it is stored, so it is not handed out."


class VaultUnavailable(VaultError):
    """The disk or the service refused or did not answer; trying again later is safe."""

    says = "The file store does not answer just now."


class Vault(Protocol):
    """Content-addressed: nothing is ever overwritten, and every call may be repeated."""

    def put(self, data: bytes) -> str:
        """Keep the bytes and return their SHA-256 in hex. Durable once it has returned."""
        ...

    def get(self, sha256: str) -> bytes:
        """The bytes, verified. Raises VaultMissing or VaultCorrupt."""
        ...

    def exists(self, sha256: str) -> bool: ...

    def lock(self, sha256: str, until: date) -> None:
        """Refuse deletion until the end of this day (UTC). A lock grows and never shrinks."""
        ...


def digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def key_for(sha256: str) -> str:
    """`sha256/ab/<hex>`. Raises ValueError: text from outside must not become a path."""
    if not SHA256.fullmatch(sha256):
        raise ValueError(f"{sha256!r} is not a SHA-256 in lower-case hex.")
    return f"sha256/{sha256[:2]}/{sha256}"


def verified(data: bytes, sha256: str) -> bytes:
    found = digest(data)
    if found != sha256:
        raise VaultCorrupt(
            f"The file kept as {sha256} was changed in storage: its bytes now have the SHA-256 "
            f"{found}. Restore it from a backup."
        )
    return data
