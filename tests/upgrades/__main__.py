"""The frozen databases that an upgrade is tried on.

    python -m tests.upgrades freeze     make them anew from this commit (about a minute)

For those two alone, with a database and a folder in the environment: `tell FOLDER TIME` (freezing)
and `live FOLDER` (the test).
"""

import json
import os
import sys
from datetime import datetime
from pathlib import Path
from types import ModuleType


def main(words: list[str]) -> int:
    match words:
        case ["freeze"]:
            return freeze()
        case ["tell", folder, at]:
            ours().tell(Path(folder), datetime.fromisoformat(at))
            return 0
        case ["live", folder]:
            print(json.dumps(ours().live(Path(folder))))
            return 0
    print(__doc__, file=sys.stderr)
    return 2


def ours() -> ModuleType:
    """What needs the settings of the product, not those of the tests."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "vetting.settings")
    import django

    django.setup()
    from tests.upgrades import living

    return living


def freeze() -> int:
    from tests.upgrades import freezing

    frozen = freezing.freeze()
    files = sorted(frozen.folder.iterdir())
    for file in files:
        print(f"{file.relative_to(Path.cwd())}: {file.stat().st_size / 1000:.0f} kB")
    print(f"{sum(file.stat().st_size for file in files) / 1000:.0f} kB in all")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
