"""The report of an import, for a terminal, a page and a program."""

from typing import Any

from vetting.catalog.lists.rules import Fault, Report
from vetting.reference import Loaded


def summary(loaded: Loaded) -> str:
    """ "12 tools new, 3 changed, 25 the same"."""
    tools = "1 tool" if loaded.new == 1 else f"{loaded.new} tools"
    return f"{tools} new, {loaded.changed} changed, {loaded.same} the same"


def in_words(report: Report, *, dry_run: bool) -> list[str]:
    """Lines for people: what was read, what was ignored, what is wrong, what was done."""
    reading = report.reading
    said = [f"Read {reading.count} lines ({reading.encoding}, {reading.delimiter})."]
    pairs = [f"“{reading.columns.heading_of(f)}” as {f}" for f in reading.columns.places]
    said.append(f"Columns: {', '.join(pairs)}.")
    if reading.columns.ignored:
        said.append("Ignored: " + ", ".join(f"“{name}”" for name in reading.columns.ignored) + ".")
    said += [str(fault) for fault in report.faults]
    said += [f"Note. {warning}" for warning in report.warnings]
    if report.repeated:
        said.append(f"Repeated lines: {', '.join(map(str, report.repeated))}.")
    return said + ([] if report.faults else [_outcome(report, dry_run)])


def _outcome(report: Report, dry_run: bool) -> str:
    return f"{'Nothing was written; it would be: ' if dry_run else ''}{summary(report.loaded)}."


def as_json(report: Report, *, dry_run: bool) -> dict[str, Any]:
    reading = report.reading
    return {
        "dry_run": dry_run,
        "wrote": report.wrote,
        **report.loaded.as_json(),
        "lines": reading.count,
        "repeated": list(report.repeated),
        "errors": [_fault(fault) for fault in report.faults],
        "warnings": [_fault(warning) for warning in report.warnings],
        "columns": {f: reading.columns.heading_of(f) for f in reading.columns.places},
        "ignored_columns": reading.columns.ignored,
        "encoding": reading.encoding,
        "delimiter": reading.delimiter,
    }


def _fault(fault: Fault) -> dict[str, Any]:
    return {"line": fault.line, "column": fault.column, "message": fault.says}
