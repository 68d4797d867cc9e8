"""The other end of the Pythons that we promise: the lock installs, and the main job is done."""

import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.services import pythons
from tests.services.fixtures import not_checked
from tests.services.process import Missing

HOUSE = Path(__file__).parents[3]
OLDEST, NEWEST = "3.11", "3.13"
OTHER = OLDEST if f"{sys.version_info.major}.{sys.version_info.minor}" == NEWEST else NEWEST


@pytest.fixture
def other_python(tmp_path: Path) -> Path:
    """It is optional: few machines have two, and the suite runs on one of them in any case."""
    try:
        return pythons.furnish(pythons.find(OTHER), tmp_path / "venv")
    except Missing as missing:
        not_checked(f"Python {OTHER}", str(missing), optional=True)
        raise


@pytest.mark.slow
def test_the_main_job_is_done_on_the_other_python(other_python: Path, tmp_path: Path) -> None:
    done = subprocess.run(
        # Errors, as in all tests: what the Python after it takes away is warned of here.
        [other_python, "-W", "error::DeprecationWarning", "-m", "tests.vetting.platform.main_job"],
        cwd=HOUSE,
        env={"PATH": os.environ["PATH"], "COUNTERSIGN_DATA": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-4000:]
    assert done.stdout.strip() == f"Python {OTHER}: the agreement is in_force; faults: []"
    assert "Traceback" not in done.stderr


def test_every_place_promises_the_same_pythons() -> None:
    project = tomllib.loads((HOUSE / "pyproject.toml").read_text())["project"]
    major, minor = map(int, NEWEST.split("."))
    assert project["requires-python"] == f">={OLDEST},<{major}.{minor + 1}"
    listed = [one.rpartition(" ")[2] for one in project["classifiers"] if ":: 3." in one]
    assert (listed[0], listed[-1]) == (OLDEST, NEWEST)
    assert f"Python {OLDEST} to {NEWEST}" in (HOUSE / "README.md").read_text()
    ends = f"OLDEST, NEWEST = {(3, 11)}, {(major, minor)}\n"
    assert ends in (HOUSE / "dev").read_text()


def test_a_python_that_nobody_has_is_told_by_name() -> None:
    with pytest.raises(Missing, match=r"no python3\.99 here"):
        pythons.find("3.99")
