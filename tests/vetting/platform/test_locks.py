"""The locks name no host: whoever installs chooses where from, and the hashes say what."""

import re
from pathlib import Path

import pytest

HOUSE = Path(__file__).parents[3]
PYTHON = {
    name: (HOUSE / "requirements" / name).read_text()
    for name in ("run.txt", "dev.txt", "bench.txt")
}


def pinned(lock: str) -> dict[str, str]:
    """A package with several versions, by platform, keeps them all in its line."""
    found: dict[str, str] = {}
    for name, version in re.findall(r"^([\w.-]+)==(\S+)", lock, flags=re.MULTILINE):
        found[name] = f"{found.get(name, '')} {version}".strip()
    return found


@pytest.mark.parametrize(
    "path",
    [
        *("requirements/run.txt", "requirements/dev.txt", "requirements/bench.txt"),
        "package-lock.json",
    ],
)
def test_no_lock_holds_an_address(path: str) -> None:
    assert re.findall(r'https?://|"resolved"|--index-url', (HOUSE / path).read_text()) == []


@pytest.mark.parametrize("name", PYTHON)
def test_every_package_is_pinned_by_version_and_hash(name: str) -> None:
    entries = re.split(r"\n(?=\S)", re.sub(r"^ *#.*\n", "", PYTHON[name], flags=re.MULTILINE))
    loose = [entry.split()[0] for entry in entries if "==" not in entry or "--hash=" not in entry]
    assert loose == []


def test_what_is_tested_is_what_runs() -> None:
    run, dev = pinned(PYTHON["run.txt"]), pinned(PYTHON["dev.txt"])
    assert {name: dev.get(name) for name in run} == run


def test_the_peers_of_the_benchmark_bring_no_other_version_of_ours() -> None:
    dev, bench = pinned(PYTHON["dev.txt"]), pinned(PYTHON["bench.txt"])
    shared = dev.keys() & bench.keys()
    assert {name: bench[name] for name in shared} == {name: dev[name] for name in shared}
    assert "django" in shared


@pytest.mark.parametrize("name", ["run", "dev", "bench"])
def test_the_lock_is_no_older_than_the_list(name: str) -> None:
    asked = re.findall(
        r"^(\w[\w-]*)", (HOUSE / "requirements" / f"{name}.in").read_text(), flags=re.MULTILINE
    )
    locked = pinned(PYTHON[f"{name}.txt"])
    assert [package for package in asked if package.lower() not in locked] == []


@pytest.mark.parametrize("name", ["run.in", "dev.in", "bench.in"])
def test_every_package_we_ask_for_has_a_reason(name: str) -> None:
    lines = (HOUSE / "requirements" / name).read_text().splitlines()
    asked = [line for line in lines if line and not line.startswith(("#", "-r"))]
    assert [line for line in asked if "  # " not in line] == []
