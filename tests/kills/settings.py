"""The tests' settings for programs that may be killed at a named point."""

from tests.settings import *  # noqa: F403
from tests.settings import INSTALLED_APPS, MIDDLEWARE  # type: ignore[attr-defined]

INSTALLED_APPS = [*INSTALLED_APPS, "tests.kills"]
MIDDLEWARE = ["tests.kills.points.BeforeTheAnswer", *MIDDLEWARE]
