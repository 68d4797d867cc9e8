"""The import law, and that a planted import breaks it."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture.source import HOUSE, HOUSES

PLANTS = {
    "workflows/engine.py": "import vetting.people.models",
    "vetting/people/queries.py": "import contracts.agreements.models",
    "vetting/people/commands.py": "import viewflow.workflow.flow\nimport boto3",
    "vetting/people/rules.py": "import django_fsm",
    "contracts/agreements/queries.py": "import docxtpl\nimport pyhanko",
    "contracts/agreements/forms.py": "import celery",
}
BROKEN = [
    "contracts may know vetting, vetting may know workflows, never back",
    "viewflow only in workflows.desk and the rooms' flows.py",
    "django-fsm only in workflows.grammar and workflows.stateful",
    "boto3 only in vetting.vault",
    "docxtpl only in contracts.papers",
    "pyHanko only in contracts.signing",
    "Celery only in tasks.py and vetting.celery",
]


def lint(where: Path) -> tuple[int, str]:
    program = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run(
        [program, "--no-cache"], cwd=where, capture_output=True, text=True, check=False, timeout=120
    )
    return done.returncode, done.stdout


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    shutil.copy(HOUSE / "pyproject.toml", tmp_path)
    for house in HOUSES:
        shutil.copytree(HOUSE / house, tmp_path / house, ignore=shutil.ignore_patterns("static"))
    return tmp_path


def test_the_import_law_is_kept() -> None:
    code, said = lint(HOUSE)
    assert code == 0, said


def test_each_planted_import_breaks_its_law(copied: Path) -> None:
    for name, line in PLANTS.items():
        file = copied / name
        file.write_text(f"{line}\n{file.read_text() if file.exists() else ''}")
    code, said = lint(copied)
    assert code == 1
    assert [law for law in BROKEN if f"{law} BROKEN" not in said] == []
