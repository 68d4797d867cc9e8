"""One database's measurements, in a process of its own; the figures go to a JSON file."""

import argparse
import cProfile
import json
import pstats
import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

import django

# name: (module, class); the order of a round.
ENGINES = {
    "raw": ("peers.raw", "Raw"),
    "fsm": ("peers.fsm", "Fsm"),
    "viewflow": ("peers.stock", "Stock"),
    "naive": ("peers.naive", "Naive"),
    "spiff": ("peers.spiff", "Spiff"),
    "joeflow": ("peers.joe", "Joe"),
    "floor": ("floor", "Floor"),
    "ours": ("ours", "Ours"),
}


def measure_flow(chosen: argparse.Namespace) -> dict[str, Any]:
    from tests.benchmarks import race

    names = [name for name in ENGINES if name in chosen.engines]
    engines = [_engine(name) for name in names]
    times = race.run(engines, rounds=chosen.rounds, processes=chosen.processes)
    raw, ours = times.get("raw"), times.get("ours")
    return {
        name: {
            "title": found.title,
            "ms": found.ms,
            "spread": found.spread,
            "vs_raw": found.times_slower_than(raw) if raw else 0,
            "vs_ours": found.times_slower_than(ours) if ours else 0,
            "processor_vs_raw": found.times_more_work_than(raw) if raw else 0,
            "processor_vs_ours": found.times_more_work_than(ours) if ours else 0,
            "statements": found.statements.total,
            "framing": found.statements.framed,
            "per_event": found.statements.plain,
        }
        for name, found in times.items()
    }


def profile_flow(chosen: argparse.Namespace) -> dict[str, Any]:
    """Where the time of each engine goes, to the screen; a profiled run is no measurement."""
    from tests.benchmarks import race

    for name in chosen.engines:
        engine = _engine(name)
        race.lap(engine, 2)
        with cProfile.Profile() as profile:
            race.lap(engine, chosen.processes)
        print(f"\n{engine.title}, {chosen.processes} processes")
        pstats.Stats(profile).sort_stats("tottime").print_stats(30)
    return {}


def _engine(name: str) -> Any:
    module, cls = ENGINES[name]
    return getattr(import_module(f"tests.benchmarks.{module}"), cls)()


def measure_sweep(chosen: argparse.Namespace) -> dict[str, Any]:
    from tests.benchmarks import sweeping

    return sweeping.measure(chosen)


def measure_scale(chosen: argparse.Namespace) -> dict[str, Any]:
    from tests.benchmarks.scale import measuring

    return measuring.measure(chosen)


def measure_policy(chosen: argparse.Namespace) -> dict[str, Any]:
    from tests.benchmarks import evaluating

    return evaluating.measure()


def measure_recompute(chosen: argparse.Namespace) -> dict[str, Any]:
    from tests.benchmarks import recomputing

    return recomputing.measure(chosen)


PARTS: dict[str, Callable[[argparse.Namespace], dict[str, Any]]] = {
    "flow": measure_flow,
    "sweep": measure_sweep,
    "scale": measure_scale,
    "policy": measure_policy,
    "recompute": measure_recompute,
    "profile": profile_flow,
}


def make_tables() -> None:
    from django.core.management import call_command

    call_command("migrate", run_syncdb=True, verbosity=0, interactive=False, skip_checks=True)


def versions() -> dict[str, str]:
    from django.db import connection

    with connection.cursor() as cursor:
        sql = (
            "SHOW server_version"
            if connection.vendor == "postgresql"
            else "SELECT sqlite_version()"
        )
        cursor.execute(sql)
        (server,) = cursor.fetchone()
    return {"server": server, "django": django.get_version(), "python": sys.version.split()[0]}


def main(arguments: Sequence[str]) -> None:
    parser = argparse.ArgumentParser(prog="tests.benchmarks.child")
    parser.add_argument("out", type=Path)
    parser.add_argument("--parts", nargs="+", default=["flow"])
    parser.add_argument("--engines", nargs="+", default=list(ENGINES))
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--processes", type=int, default=10)
    parser.add_argument("--deadlines", type=int, default=1_000_000)
    parser.add_argument("--dates", type=int, default=100_000)
    parser.add_argument("--cases", type=int, default=100_000)
    parser.add_argument("--tasks", type=int, default=1_000_000)
    chosen = parser.parse_args(arguments)
    django.setup()
    make_tables()
    found: dict[str, Any] = {"versions": versions()}
    for part in chosen.parts:
        found[part] = PARTS[part](chosen)
    chosen.out.write_text(json.dumps(found))


if __name__ == "__main__":
    main(sys.argv[1:])
