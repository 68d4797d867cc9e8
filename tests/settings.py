"""The settings of the tests: the project's own, and toy rooms for what the kernel does alone."""

from vetting.settings import *  # noqa: F403
from vetting.settings import INSTALLED_APPS

INSTALLED_APPS = [*INSTALLED_APPS, "tests.workflows.toy", "tests.workflows.parcels"]
