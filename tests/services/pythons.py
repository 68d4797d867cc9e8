"""Another Python than the one that runs the tests, and our packages in it."""

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from tests.services.process import Missing

HOUSE = Path(__file__).parents[2]
# Where pyenv and uv keep the ones that they made; pyenv's own names on the PATH start only one.
KEPT = (".pyenv/versions/{}.*/bin/python", ".local/share/uv/python/cpython-{}.*/bin/python")
AWAY = re.compile(r"error sending request|dns|connect|timed? ?out|network|offline", re.IGNORECASE)


def find(version: str) -> Path:
    """A Python of this version ("3.13") that can run us. Raises Missing."""
    for path in _candidates(version):
        said = "import sqlite3, ssl, sys; print('%d.%d' % sys.version_info[:2])"
        done = subprocess.run([path, "-c", said], capture_output=True, text=True, check=False)
        if done.stdout.strip() == version:
            return path
    raise Missing(f"no python{version} here (uv python install {version})")


def _candidates(version: str) -> Iterator[Path]:
    if found := shutil.which(f"python{version}"):
        yield Path(found)
    for pattern in KEPT:
        yield from sorted(Path.home().glob(pattern.format(version)), reverse=True)


def furnish(python: Path, folder: Path) -> Path:
    """A virtual environment with what the product needs, by the lock; its Python.

    Wheels only: a package that has none for this Python would have to be built by whoever installs
    us. Raises Missing where nothing can be fetched, AssertionError with uv's reason otherwise.
    """
    uv, new = Path(sys.executable).parent / "uv", folder / "bin" / "python"
    lock = HOUSE / "requirements" / "run.txt"
    _run(uv, "venv", "--quiet", "--no-python-downloads", "--python", python, folder)
    by_the_lock = ("--only-binary", ":all:", "--require-hashes", "--requirement", lock)
    _run(uv, "pip", "install", "--quiet", "--python", new, *by_the_lock)
    return new


def _run(*command: str | Path) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode and AWAY.search(done.stderr):
        raise Missing(done.stderr.strip()[-300:])
    assert done.returncode == 0, done.stderr
