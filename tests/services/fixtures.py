"""The services as fixtures: one per worker, started when the first test asks.

A service that cannot be had skips its tests and is named in the run's last lines; with CI=true it
fails them.
"""

import os
import shutil
from collections.abc import Callable, Iterator

import pytest
from pytest_django import Settings

from tests.services import mail, s3, valkey
from tests.services.process import NOT_CHECKED, OPTIONAL, Missing, Server


def not_checked(what: str, why: str, *, optional: bool = False) -> None:
    """Skip loudly, or fail where CI=true wants everything.

    `optional`: a program the product only uses where it is there. Without it the product refuses by
    name, which is tested always; CI says so and passes.
    """
    if optional:
        pytest.skip(f"{NOT_CHECKED}{OPTIONAL}{what}: {why}")
    if os.environ.get("CI", "").lower() in {"1", "true"}:
        pytest.fail(f"{what}: {why}", pytrace=False)
    pytest.skip(f"{NOT_CHECKED}{what}: {why}")


def _running(what: str, start: Callable[[], Server]) -> Iterator[Server]:
    try:
        server = start()
    except Missing as missing:
        not_checked(what, str(missing))
        return
    yield server
    server.stop()


@pytest.fixture(scope="session")
def valkey_server() -> Iterator[Server]:
    yield from _running("Valkey (a broker over the network)", valkey.start)


@pytest.fixture(scope="session")
def s3_server() -> Iterator[Server]:
    """SeaweedFS; `extra` holds bucket (not yet made), access_key and secret_key."""
    yield from _running("S3 (SeaweedFS)", s3.start)


@pytest.fixture
def s3_settings(s3_server: Server, settings: Settings) -> Server:
    """Django's settings speak of our S3 for one test."""
    settings.S3_ENDPOINT_URL = s3_server.url
    settings.S3_BUCKET = s3_server.extra["bucket"]
    settings.S3_ACCESS_KEY_ID = s3_server.extra["access_key"]
    settings.S3_SECRET_ACCESS_KEY = s3_server.extra["secret_key"]
    return s3_server


@pytest.fixture(scope="session")
def _post_office() -> Iterator[mail.PostOffice]:
    running = mail.start()
    yield running.office
    running.stop()


@pytest.fixture
def post_office(_post_office: mail.PostOffice, settings: Settings) -> mail.PostOffice:
    """A real, empty mail server that Django's mails go to for one test."""
    _post_office.received.clear()
    _post_office.refusal = ""
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = _post_office.host, _post_office.port
    return _post_office


@pytest.fixture(scope="session")
def pdfsig() -> str:
    """The path of poppler's signature checker, a second opinion beside pyHanko."""
    found = shutil.which("pdfsig")
    if not found:
        not_checked("Signatures by pdfsig", "no pdfsig here (apt-get install poppler-utils)")
    return str(found)


@pytest.fixture(scope="session")
def libreoffice() -> str:
    """The path of LibreOffice. It is 300 MB, so `./dev test` does not install it."""
    found = shutil.which("soffice") or shutil.which("libreoffice")
    if not found:
        why = "no LibreOffice here (apt-get install libreoffice-writer-nogui)"
        not_checked("Word files of others as PDF", why, optional=True)
    return str(found)
