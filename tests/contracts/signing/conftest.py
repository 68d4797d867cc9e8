"""A small agreement with both anchors, sealed by one installation's own keys."""

from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import pytest
from django.core.cache import cache as the_cache
from pytest_django import Settings

from contracts.papers.pdf import run_worker
from contracts.signing import sealing
from contracts.signing.sealing import SignerFacts
from tests.contracts.papers.documents import word

DEE = SignerFacts(
    "Dee Okafor", "Chief Executive", "Brightleaf Learning, Inc.", datetime(2026, 3, 2, tzinfo=UTC)
)
REASON = "I agree to this document"
ZOE = SignerFacts(
    "Zoë Núñez", "Superintendent", "Aspen Ridge Schools", datetime(2026, 3, 4, tzinfo=UTC)
)


@pytest.fixture(scope="session")
def one_installation(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("keys")


@pytest.fixture(autouse=True)
def keys(settings: Settings, one_installation: Path) -> Path:
    """The same keys for every test, so that the signed documents are made once."""
    settings.KEY_DIR = one_installation
    settings.SEAL_KEY = settings.SEAL_CERT = ""
    settings.TIMESTAMP_URL = settings.TIMESTAMP_CERT = ""
    return one_installation


@cache
def pdf_of(*paragraphs: str) -> bytes:
    return run_worker(word(*paragraphs), "dxpdf", 60)


PROSE = ["The provider uses student data only for the services that the district asked for."] * 45
SIGNING = ["[[sign:vendor]]", "", "", "", "", "[[sign:district]]", "", "", "", "The end."]


def document() -> bytes:
    return word(*PROSE, *SIGNING)


@pytest.fixture
def plain() -> bytes:
    """Two pages; the places to sign are on the second."""
    return pdf_of(*PROSE, *SIGNING)


@cache
def signed_in_turn(plain: bytes) -> tuple[bytes, bytes, bytes]:
    prepared = sealing.prepare(plain)
    by_vendor = sealing.sign(prepared, slot="vendor", signer=DEE, reason=REASON)
    return prepared, by_vendor, sealing.sign(by_vendor, slot="district", signer=ZOE, reason=REASON)


@pytest.fixture
def prepared(plain: bytes) -> bytes:
    return signed_in_turn(plain)[0]


@pytest.fixture
def by_vendor(plain: bytes) -> bytes:
    return signed_in_turn(plain)[1]


@pytest.fixture
def executed(plain: bytes) -> bytes:
    return signed_in_turn(plain)[2]


@pytest.fixture
def nobody_came_before() -> None:
    """The limits count by address and minute, and every test comes from the same address."""
    the_cache.clear()
