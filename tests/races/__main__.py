"""Behind `./dev soak`: every race a thousand times on both databases, then the open-ended tests.

./dev soak                        1,000 of each race, SQLite and PostgreSQL
./dev soak --races 100            fewer
./dev soak --database postgres    one database
./dev soak --minutes 60           again and again, until an hour is over
./dev soak --only two_drains      the races whose names say so (pytest's -k)
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.races import report

HOUSE = Path(__file__).resolve().parents[2]
NOT_HERE, NO_TESTS = 77, 5
# Tests that read it try as many examples as they are told: the writer beside viewflow, and more.
EXAMPLES = "COUNTERSIGN_EXAMPLES"


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="./dev soak",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--races", type=int, default=1_000, help="of each kind; default: 1000")
    parser.add_argument("--database", choices=("sqlite", "postgres", "both"), default="both")
    parser.add_argument("--minutes", type=float, default=0, help="begin again until then")
    parser.add_argument("--examples", type=int, default=100, help="of each open-ended test")
    parser.add_argument("--only", default="", metavar="NAME", help="races of this name alone")
    return parser.parse_args()


def tests(database: str, *given: str, env: dict[str, str]) -> int:
    command = [sys.executable, "-m", "pytest", "-q", "--tb=short", "--show-capture=no"]
    whole = [*command, f"--database={database}", "-p", "no:cacheprovider", *given]
    return subprocess.run(whole, cwd=HOUSE, env=os.environ | env, check=False).returncode


def open_ended() -> list[str]:
    every = (HOUSE / "tests").rglob("test_*.py")
    return sorted(str(file) for file in every if EXAMPLES in file.read_text(encoding="utf-8"))


def one_round(database: str, chosen: argparse.Namespace, lines: Path) -> list[str]:
    """What failed."""
    only = ["-k", chosen.only] if chosen.only else []
    env = {"COUNTERSIGN_RACES": str(chosen.races), "COUNTERSIGN_RACE_REPORT": str(lines)}
    failed = []
    status = tests(database, "tests/races", *only, env=env)
    if status:
        failed.append(f"races on {database}{_why(status)}")
    examples = {EXAMPLES: str(chosen.examples)}
    if not only and chosen.examples and tests(database, *open_ended(), env=examples):
        failed.append(f"open-ended tests on {database}")
    return failed


def _why(status: int) -> str:
    return {NOT_HERE: ": no such database here", NO_TESTS: ": no race of that name"}.get(status, "")


def soak(chosen: argparse.Namespace, lines: Path) -> list[str]:
    databases = ("sqlite", "postgres") if chosen.database == "both" else (chosen.database,)
    until, failed = time.monotonic() + 60 * chosen.minutes, list[str]()
    while True:
        for database in databases:
            failed += one_round(database, chosen, lines)
        if failed or time.monotonic() >= until:
            return failed


def main() -> int:
    chosen = arguments()
    with tempfile.TemporaryDirectory() as folder:
        lines = Path(folder) / "races.jsonl"
        lines.touch()
        failed = soak(chosen, lines)
        told = report.read(lines)
    print(report.table(told))
    print(report.verdict(told))
    if failed:
        print(f"FAILED: {', '.join(failed)}")
    return int(bool(failed) or not report.all_well(told))


if __name__ == "__main__":
    sys.exit(main())
