"""Small files, short functions."""

from collections.abc import Iterable
from statistics import median, quantiles

from tests.architecture import source
from tests.architecture.source import Module

FILE, FUNCTION = 400, 50


def long_files(module: Module) -> Iterable[str]:
    if module.lines > FILE:
        yield f"has {module.lines} lines"


def long_functions(module: Module) -> Iterable[str]:
    for function in source.functions(module.tree):
        if (lines := length(function)) > FUNCTION:
            yield f"{function.name} has {lines} lines"


def length(function: object) -> int:
    return function.end_lineno - function.lineno + 1  # type: ignore[attr-defined]


def test_no_file_is_long() -> None:
    assert source.faults(long_files) == []


def test_no_file_of_tests_is_long_either() -> None:
    assert source.faults(long_files, below=("tests",)) == []


def test_no_function_is_long() -> None:
    assert source.faults(long_functions) == []


def test_half_of_the_files_and_functions_are_small() -> None:
    files = [m.lines for m in source.modules() if m.lines]
    lengths = [length(f) for m in source.modules() for f in source.functions(m.tree)]
    assert median(files) <= 120
    assert median(lengths) <= 8
    assert quantiles(lengths, n=10)[-1] <= 30


def test_a_long_function_and_a_long_file_are_seen() -> None:
    body = "\n".join(["    pass"] * 60)
    assert source.planted(long_functions, f"def f():\n{body}") == ["f has 61 lines"]
    assert source.planted(long_files, "\n" * 500) == ["has 500 lines"]
