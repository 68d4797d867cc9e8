"""Making a frozen database: the migrations, the story through the engine, and what came of it."""

import json
import os
import sqlite3
import subprocess
import sys
import tempfile
import tomllib
from datetime import UTC, datetime
from pathlib import Path

from tests.services import postgres
from tests.upgrades.frozen import (
    ARCHIVE,
    HOUSE,
    HOUSES,
    KEPT,
    ROWS,
    SECRET_KEY,
    VENDORS,
    Frozen,
    pack,
    sha256_of_migrations,
)

# psql's own words, and a setting that servers before 17 do not know.
PSQLS = ("\\restrict ", "\\unrestrict ", "SET transaction_timeout")


def freeze() -> Frozen:
    """Both databases of this commit into the folder of this version. Raises SystemExit."""
    if changed := git("status", "--porcelain", "--untracked-files=no", "--", *HOUSES):
        sys.exit(f"Commit first: what is frozen must be a commit's own.\n{changed}")
    version = tomllib.loads((HOUSE / "pyproject.toml").read_text())["project"]["version"]
    at = datetime.now(UTC).isoformat(timespec="seconds")
    said = {
        "version": version,
        "commit": git("rev-parse", "HEAD"),
        "frozen_at": at,
        "migrations": sha256_of_migrations(),
    }
    folder = KEPT / version
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="countersign-freeze-") as told:
        for vendor in VENDORS:
            _freeze(vendor, Path(told) / vendor, at)
        pack(folder / ARCHIVE, Path(told))
    (folder / "frozen.json").write_text(json.dumps(said, indent=1, sort_keys=True) + "\n")
    return Frozen(folder, said)


def git(*words: str) -> str:
    done = subprocess.run(["git", *words], cwd=HOUSE, capture_output=True, text=True, check=True)
    return done.stdout.strip()


def run(
    address: str, data: Path, *command: str, **settings: str
) -> subprocess.CompletedProcess[str]:
    """One of our programs with nothing of this shell but where programs are."""
    bare = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    ours = {"COUNTERSIGN_DATA": str(data), "DATABASE_URL": address, "SECRET_KEY": SECRET_KEY}
    return subprocess.run(
        [sys.executable, *command], cwd=HOUSE, env=bare | ours | settings, capture_output=True,
        text=True, check=False,
    )  # fmt: skip


def _freeze(vendor: str, data: Path, at: str) -> None:
    data.mkdir()
    if vendor == "sqlite":
        file = data / "db.sqlite3"
        _tell(f"sqlite:///{file}", data, at)
        (data / ROWS).write_text(_sqlite_rows(file))
        return
    server = postgres.start()
    try:
        _tell(server.url, data, at)
        (data / ROWS).write_text(_postgresql_rows(server.url))
    finally:
        server.stop()


def _tell(address: str, data: Path, at: str) -> None:
    telling = ("-m", "tests.upgrades", "tell", str(data), at)
    for command in (("manage.py", "migrate", "-v0"), telling):
        done = run(address, data, *command)
        if done.returncode:
            sys.exit(f"{' '.join(command)} failed:\n{done.stdout}{done.stderr}")


def _sqlite_rows(file: Path) -> str:
    connection = sqlite3.connect(file)
    rows = "\n".join(connection.iterdump())
    connection.close()
    return rows + "\n"


def _postgresql_rows(address: str) -> str:
    """Many rows to a statement, because a COPY needs psql to be read."""
    binaries = postgres.binaries()
    assert binaries is not None
    inserts = ("--inserts", "--rows-per-insert=500", "--no-owner", "--no-privileges")
    words = [binaries / "pg_dump", "--no-comments", *inserts, address]
    done = subprocess.run(words, capture_output=True, text=True, check=True)
    return "".join(
        line for line in done.stdout.splitlines(keepends=True) if not line.startswith(PSQLS)
    )
