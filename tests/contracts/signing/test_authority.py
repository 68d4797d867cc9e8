import multiprocessing
import stat
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from pytest_django import Settings

from contracts.signing import authority
from contracts.signing.authority import SealFailed
from tests.forks import fork


@pytest.fixture(autouse=True)
def keys(settings: Settings, tmp_path: Path) -> Path:
    settings.KEY_DIR = tmp_path / "keys"
    settings.SEAL_KEY = settings.SEAL_CERT = ""
    return tmp_path / "keys"


def pem(certificate: x509.Certificate) -> str:
    return certificate.public_bytes(serialization.Encoding.PEM).decode()


def key_pem(identity: authority.Identity) -> str:
    return identity.key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    ).decode()


def test_the_root_is_made_once_and_kept_for_its_owner_only(keys: Path) -> None:
    first = authority.root()
    assert authority.root() == first
    assert stat.S_IMODE((keys / "seal.key").stat().st_mode) == 0o600
    assert authority.trust_roots() == [first.certificate]


def test_processes_starting_together_share_one_root(tmp_path: Path) -> None:
    processes = multiprocessing.get_context("fork")
    together, answers = processes.Barrier(4), processes.SimpleQueue()

    def start() -> None:
        together.wait(timeout=30)
        answers.put(authority.root().certificate.serial_number)

    started = [fork(start, tmp_path / "log") for _ in range(4)]
    for process in started:
        process.join()
    assert {answers.get() for _ in started} == {authority.root().certificate.serial_number}


def test_threads_starting_together_share_one_root() -> None:
    with ThreadPoolExecutor(8) as pool:
        serials = {
            root.certificate.serial_number
            for root in pool.map(lambda _: authority.root(), range(8))
        }
    assert len(serials) == 1


def test_a_key_left_by_a_death_before_the_certificate_seals_nothing(keys: Path) -> None:
    keys.mkdir()
    (keys / "seal.key").write_text("half written")
    assert authority.root().certificate in authority.trust_roots()


def test_a_signers_certificate_names_the_person_and_the_party_and_lives_a_day() -> None:
    identity = authority.signer_identity("Dee  Okafor", "Brightleaf Learning, Inc.")
    certificate = identity.certificate
    assert certificate.subject.rfc4514_string() == r"CN=Dee Okafor,O=Brightleaf Learning\, Inc."
    assert certificate.not_valid_after_utc - datetime.now(UTC) <= timedelta(days=1)
    certificate.verify_directly_issued_by(authority.root().certificate)


def test_a_very_long_name_is_cut_and_an_empty_one_refused() -> None:
    assert authority.certified_name("x" * 200) == "x" * 64
    with pytest.raises(SealFailed, match="without a name"):
        authority.signer_identity(" \t", "Brightleaf")


def test_a_pair_from_the_environment_wins_and_earlier_roots_stay_trusted(
    settings: Settings, tmp_path: Path
) -> None:
    earlier = authority.root()
    settings.KEY_DIR = tmp_path / "other"
    given = authority.root()
    settings.SEAL_KEY = key_pem(given)
    settings.SEAL_CERT = pem(given.certificate) + pem(earlier.certificate)
    assert authority.root().certificate == given.certificate
    assert authority.trust_roots() == [given.certificate, earlier.certificate]


def test_a_pair_that_cannot_issue_is_refused_with_its_reason(
    settings: Settings, tmp_path: Path
) -> None:
    root = authority.root()
    leaf = authority.signer_identity("Dee Okafor", "Brightleaf")
    refusals = [
        (key_pem(root), "", "needs both SEAL_KEY and SEAL_CERT"),
        ("nonsense", pem(root.certificate), "is not a PEM"),
        (key_pem(leaf), pem(root.certificate), "do not belong together"),
        (key_pem(leaf), pem(leaf.certificate), "certificate of an authority"),
    ]
    for key, certificate, reason in refusals:
        settings.SEAL_KEY, settings.SEAL_CERT = key, certificate
        with pytest.raises(SealFailed, match=reason):
            authority.root()


def test_a_key_folder_that_cannot_be_made_is_a_sentence(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    settings.KEY_DIR = tmp_path / "file"
    with pytest.raises(SealFailed, match="cannot be written"):
        authority.root()
