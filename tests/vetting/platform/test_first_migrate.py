import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path


def test_migrate_fills_an_empty_database_though_checks_run_first(tmp_path: Path) -> None:
    here = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    subprocess.run(
        [sys.executable, "manage.py", "migrate", "--verbosity", "0"],
        env=here | {"COUNTERSIGN_DATA": str(tmp_path)},
        check=True,
        capture_output=True,
    )
    with closing(sqlite3.connect(tmp_path / "db.sqlite3")) as made:
        assert made.execute("SELECT count(*) FROM vetting_district").fetchone() == (0,)
