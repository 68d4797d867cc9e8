"""The project's own settings, and the benchmark's tables beside them; no migrations are run."""

from importlib.util import find_spec

from vetting.settings import *  # noqa: F403
from vetting.settings import INSTALLED_APPS, LOGGING, STORAGES

PEERS = ["joeflow"] if find_spec("joeflow") else []
INSTALLED_APPS = [*INSTALLED_APPS, *PEERS, "tests.benchmarks.peers", "tests.workflows.deals"]
JOEFLOW_TASK_RUNNER = "tests.benchmarks.peers.joe.run_inline"


class FromTheModels:
    """Tables are made from the models: a benchmark has no history to migrate."""

    def __contains__(self, app: str) -> bool:
        return True

    def __getitem__(self, app: str) -> None:
        return None


MIGRATION_MODULES = FromTheModels()
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
LOGGING = LOGGING | {
    "loggers": {
        name: {"level": "ERROR"} for name in ("workflows", "vetting", "contracts", "django")
    }
}
# The pages' styles need no collecting to be linked.
STORAGES = STORAGES | {
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
}
