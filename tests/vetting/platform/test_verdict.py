"""What `./dev test` says at its end: nothing is left out quietly, and CI accepts few reasons."""

import sys
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader
from pathlib import Path
from types import ModuleType

import pytest

from tests.services.fixtures import not_checked
from tests.services.process import NOT_CHECKED, OPTIONAL

HOUSE = Path(__file__).parents[3]
NO_OFFICE = "optional program: Word files of others as PDF: no LibreOffice here"
NO_BROWSER = "The pages in a browser: no Chromium here"


@pytest.fixture
def dev(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    loader = SourceFileLoader("dev_script", str(HOUSE / "dev"))
    spec = spec_from_loader("dev_script", loader)
    assert spec is not None
    module = module_from_spec(spec)
    loader.exec_module(module)
    return module


@pytest.mark.parametrize(
    ("ci", "missing", "status"),
    [
        (True, [], 0),
        (True, [NO_OFFICE], 0),
        (True, [NO_BROWSER], 1),
        (True, [NO_BROWSER, NO_OFFICE], 1),
        (False, [NO_BROWSER, NO_OFFICE], 0),
    ],
)
def test_ci_fails_on_what_is_not_checked_but_not_for_an_optional_program(
    dev: ModuleType,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    ci: bool,
    missing: list[str],
    status: int,
) -> None:
    monkeypatch.setattr(dev, "CI", ci)
    assert dev.verdict([], missing) == status
    said = capsys.readouterr().out
    assert [line for line in missing if line not in said] == []
    assert ("NOT CHECKED ON THIS RUN" in said) == bool(missing)
    assert ("FAILED" in said) == bool(status)


def test_the_tests_and_the_script_use_the_same_words(dev: ModuleType) -> None:
    assert dev.OPTIONAL == OPTIONAL
    assert NO_OFFICE.startswith(OPTIONAL)


@pytest.mark.parametrize("ci", ["", "true"])
def test_an_optional_program_is_skipped_loudly_everywhere(
    monkeypatch: pytest.MonkeyPatch, ci: str
) -> None:
    monkeypatch.setenv("CI", ci)
    with pytest.raises(pytest.skip.Exception, match=NOT_CHECKED + OPTIONAL + "Office: gone"):
        not_checked("Office", "gone", optional=True)
    expected = pytest.fail.Exception if ci else pytest.skip.Exception
    with pytest.raises(expected, match="Office: gone"):
        not_checked("Office", "gone")
