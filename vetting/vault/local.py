"""The vault as a folder on the local disk."""

import fcntl
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from vetting.vault.protocol import VaultMissing, VaultUnavailable, digest, key_for, verified

READ_ONLY = 0o440


@dataclass(frozen=True, slots=True)
class LocalVault:
    root: Path

    def put(self, data: bytes) -> str:
        sha256 = digest(data)
        path = self._path(sha256)
        with _disk_errors():
            if not path.exists():
                _write_once(path, data, workshop=self.root / "incoming")
        # "Already there" may mean another writer, or a damaged file: only a read can tell.
        self.get(sha256)
        return sha256

    def get(self, sha256: str) -> bytes:
        path = self._path(sha256)
        with _disk_errors():
            try:
                return verified(path.read_bytes(), sha256)
            except FileNotFoundError as error:
                raise VaultMissing(f"The vault holds no file {sha256}.") from error

    def exists(self, sha256: str) -> bool:
        return self._path(sha256).exists()

    def lock(self, sha256: str, until: date) -> None:
        path = self._path(sha256)
        with _disk_errors():
            if not path.exists():
                raise VaultMissing(f"The vault holds no file {sha256}, so it cannot be locked.")
            path.chmod(READ_ONLY)
            _record_lock(path.with_name(f"{sha256}.lock"), until)

    def locked_until(self, sha256: str) -> date | None:
        with suppress(FileNotFoundError):
            return _read_date(self._path(sha256).with_name(f"{sha256}.lock").read_text())
        return None

    def _path(self, sha256: str) -> Path:
        return self.root / key_for(sha256)


def _write_once(path: Path, data: bytes, *, workshop: Path) -> None:
    """A reader sees the whole file or none: written aside, flushed to disk, then linked."""
    workshop.mkdir(parents=True, exist_ok=True)
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, aside = tempfile.mkstemp(dir=workshop)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        # link refuses to replace: of two writers of the same bytes one wins, both are right.
        with suppress(FileExistsError):
            os.link(aside, path)
    finally:
        os.unlink(aside)
    for folder in (path.parent, path.parent.parent, path.parent.parent.parent):
        _flush_folder(folder)


def _flush_folder(folder: Path) -> None:
    """A new name survives a power cut only when its folder is on disk too."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _record_lock(path: Path, until: date) -> None:
    with path.open("a+") as file:
        # Two lockers at once: the flock makes read-compare-write one step, so the later date stays.
        fcntl.flock(file, fcntl.LOCK_EX)
        file.seek(0)
        present = _read_date(file.read())
        if present is None or until > present:
            file.seek(0)
            file.truncate()
            file.write(until.isoformat())
            file.flush()
            os.fsync(file.fileno())


def _read_date(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


@contextmanager
def _disk_errors() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise VaultUnavailable(f"The vault's folder could not be used: {error}.") from error
