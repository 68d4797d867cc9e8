"""Behind `./dev bench`: a fresh database and a process for each measurement, then the report.

./dev bench                        the whole run, both databases, about ten minutes
./dev bench --quick                the six events in a few rounds
./dev bench --quick ours raw       these engines only
./dev bench --database sqlite ...  one database
./dev bench --scale                the pages among 100,000 cases, on PostgreSQL
./dev bench --json FILE            {database: {metric: value}}
./dev bench --write                docs/benchmarks.md, from this run
"""

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from tests.benchmarks import databases, document, figures, kept, report
from tests.benchmarks.child import ENGINES
from tests.services.process import Missing

QUICK, WHOLE = (5, 6), (15, 20)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="./dev bench",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("engines", nargs="*", help=f"default: all of {', '.join(ENGINES)}")
    parser.add_argument("--quick", action="store_true", help="few rounds, the six events only")
    parser.add_argument("--database", choices=databases.NAMES, action="append")
    parser.add_argument("--rounds", type=int)
    parser.add_argument("--processes", type=int, help="per engine and round")
    parser.add_argument("--deadlines", type=int, default=1_000_000, help="how many in the sweep")
    parser.add_argument(
        "--parts",
        nargs="+",
        choices=("flow", "sweep", "scale", "policy", "recompute", "profile"),
    )
    parser.add_argument("--dates", type=int, default=100_000, help="how many to recompute")
    parser.add_argument("--scale", action="store_true", help="pages among very many cases")
    parser.add_argument("--cases", type=int, default=100_000, help="for --scale")
    parser.add_argument("--tasks", type=int, default=1_000_000, help="for --scale")
    parser.add_argument("--json", type=Path, metavar="FILE")
    parser.add_argument("--write", action="store_true", help="write docs/benchmarks.md")
    parser.add_argument("--check", action="store_true", help="fail where a target is not met")
    chosen = parser.parse_args()
    unknown = set(chosen.engines) - set(ENGINES)
    if unknown:
        parser.error(f"no such engine: {', '.join(sorted(unknown))}")
    return chosen


def parts_of(chosen: argparse.Namespace) -> list[str]:
    if chosen.parts:
        return list(chosen.parts)
    if chosen.scale:
        return ["scale"]
    return ["flow"] if chosen.quick else ["flow", "sweep", "policy", "recompute"]


def databases_of(chosen: argparse.Namespace) -> list[str]:
    every = ["postgresql"] if chosen.scale else list(databases.NAMES)
    return chosen.database or every


def measure(database: str, chosen: argparse.Namespace) -> dict[str, Any]:
    rounds, processes = QUICK if chosen.quick else WHOLE
    wanted = chosen.engines or list(ENGINES)
    options = {
        "--engines": wanted,
        "--parts": parts_of(chosen),
        "--rounds": [chosen.rounds or rounds],
        "--processes": [chosen.processes or processes],
        "--deadlines": [chosen.deadlines],
        "--dates": [chosen.dates],
        "--cases": [chosen.cases],
        "--tasks": [chosen.tasks],
    }
    with databases.fresh(database) as env, tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "measured.json"
        given = [str(part) for name, values in options.items() for part in (name, *values)]
        command = [sys.executable, "-m", "tests.benchmarks.child", str(out), *given]
        # The pages' district is the demo's, which only the demo may tell.
        told = {"COUNTERSIGN_DEMO": "1"} if "scale" in options["--parts"] else {}
        subprocess.run(command, env=env | told, check=True)
        return json.loads(out.read_text())


def main() -> int:
    chosen = arguments()
    results: dict[str, dict[str, Any]] = {}
    where = kept.machine()
    for database in databases_of(chosen):
        print(f"· Measuring on {report.TITLES[database]} …", file=sys.stderr, flush=True)
        try:
            results[database] = measure(database, chosen)
        except Missing as missing:
            print(f"NOT MEASURED: {report.TITLES[database]}: {missing}", file=sys.stderr)
    found = {database: figures.figures_of(measured) for database, measured in results.items()}
    print(report.screen(results))
    if chosen.write:
        document.write(kept.keep(results, where))
    if chosen.json:
        chosen.json.write_text(json.dumps(found, indent=2) + "\n")
    return int(chosen.check and not figures.all_met(found))


if __name__ == "__main__":
    sys.exit(main())
