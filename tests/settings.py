"""The settings of the tests: the project's own, and toy rooms for what the kernel does alone."""

from vetting.settings import *  # noqa: F403
from vetting.settings import INSTALLED_APPS

ROOMS = ("toy", "parcels", "deals", "desk.mazes")
INSTALLED_APPS = [*INSTALLED_APPS, *(f"tests.workflows.{room}" for room in ROOMS)]
# The product's own takes a third of a second for each password, so that guessing is slow.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
