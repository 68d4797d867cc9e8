"""The frozen databases: what is in their folders, and how one is laid down.

A folder is named by the version that was frozen. It holds `frozen.json` and one archive, in it for
each database `rows.sql` (tables, triggers and rows, as they stood), `story.json`, `vault/` and
`keys/`. The keys sealed nothing but this invented district's papers.
"""

import hashlib
import io
import json
import sqlite3
import tarfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import psycopg

HOUSE = Path(__file__).parents[2]
HOUSES = ("workflows", "vetting", "contracts")
KEPT = Path(__file__).parent / "frozen"
VENDORS = ("sqlite", "postgresql")
ARCHIVE, ROWS, STORY = "databases.tar.xz", "rows.sql", "story.json"
FILES = ("vault", "keys")
# Personal links are salted with it; a district keeps its own through an upgrade, too.
SECRET_KEY = "of a frozen database of the tests and of nothing else, not secret"


@dataclass(frozen=True, slots=True)
class Frozen:
    """`said`: version, commit, frozen_at, migrations (name: sha256)."""

    folder: Path
    said: dict[str, Any]

    @property
    def at(self) -> datetime:
        return datetime.fromisoformat(self.said["frozen_at"])

    def changed(self, now: Mapping[str, str]) -> list[str]:
        """The migrations of this release that are others by now, or gone."""
        then: dict[str, str] = self.said["migrations"]
        return sorted(name for name, sha256 in then.items() if now.get(name) != sha256)

    @property
    def archive(self) -> Path:
        return self.folder / ARCHIVE

    def lay_down(self, vendor: str, address: str, data: Path) -> None:
        """Into the empty database at this address and the empty folder of its files."""
        with tarfile.open(self.archive) as archive:
            for entry in archive:
                inside = entry.name.removeprefix(f"{vendor}/")
                if inside == entry.name or not (content := archive.extractfile(entry)):
                    continue
                target = data / inside
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(content.read())
        rows = (data / ROWS).read_text()
        _into_sqlite(address, rows) if vendor == "sqlite" else _into_postgresql(address, rows)


def all_of_them() -> list[Frozen]:
    found = sorted(KEPT.glob("*/frozen.json"))
    return [Frozen(file.parent, json.loads(file.read_text())) for file in found]


def sha256_of_migrations() -> dict[str, str]:
    """Of each file of our own apps, by `vetting.0001_initial`."""
    files = [f for house in HOUSES for f in (HOUSE / house / "migrations").glob("0*.py")]
    return {
        f"{file.parts[-3]}.{file.stem}": hashlib.sha256(file.read_bytes()).hexdigest()
        for file in sorted(files)
    }


def pack(archive: Path, told: Path) -> None:
    """Both databases in one, because they hold the same fonts and templates; without names of
    people and machines."""
    kept = [path for path in told.rglob("*") if path.is_file() and _belongs(path, told)]
    with tarfile.open(archive, "w:xz", preset=9) as packed:
        for file in sorted(kept):
            entry = tarfile.TarInfo(str(file.relative_to(told)))
            content = file.read_bytes()
            entry.size = len(content)
            packed.addfile(entry, io.BytesIO(content))


def _belongs(path: Path, told: Path) -> bool:
    """`told` holds a folder for each database."""
    return path.relative_to(told).parts[1] in (ROWS, STORY, *FILES)


def _into_sqlite(address: str, rows: str) -> None:
    with sqlite3.connect(address.removeprefix("sqlite:///")) as connection:
        connection.executescript(rows)
    connection.close()


def _into_postgresql(address: str, rows: str) -> None:
    with psycopg.connect(address) as connection:
        connection.execute(rows.encode())
