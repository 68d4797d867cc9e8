import hashlib
import os
import subprocess
import sys
import textwrap
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path
from threading import Barrier

import pytest

from vetting.vault.local import LocalVault
from vetting.vault.protocol import VaultCorrupt, VaultMissing, VaultUnavailable, key_for

DATA = b"%PDF-1.7 the agreement"
SHA = hashlib.sha256(DATA).hexdigest()


@pytest.fixture
def vault(tmp_path: Path) -> LocalVault:
    return LocalVault(root=tmp_path / "vault")


def kept_files(vault: LocalVault) -> list[Path]:
    return [path for path in vault.root.rglob("*") if path.is_file()]


def test_bytes_come_back_under_their_hash(vault: LocalVault) -> None:
    assert vault.put(DATA) == SHA
    assert vault.get(SHA) == DATA
    assert vault.exists(SHA)
    assert kept_files(vault) == [vault.root / "sha256" / SHA[:2] / SHA]


def test_putting_again_changes_nothing(vault: LocalVault) -> None:
    vault.put(DATA)
    before = kept_files(vault)[0].stat()
    assert vault.put(DATA) == SHA
    after = kept_files(vault)[0].stat()
    assert (before.st_ino, before.st_mtime_ns) == (after.st_ino, after.st_mtime_ns)


def test_an_empty_file_is_a_file(vault: LocalVault) -> None:
    assert vault.get(vault.put(b"")) == b""


def test_a_missing_file_says_so(vault: LocalVault) -> None:
    assert not vault.exists(SHA)
    with pytest.raises(VaultMissing, match=f"holds no file {SHA}"):
        vault.get(SHA)
    with pytest.raises(VaultMissing, match="cannot be locked"):
        vault.lock(SHA, date(2030, 1, 1))


@pytest.mark.parametrize("key", ["../../etc/passwd", "", SHA.upper(), SHA + "\n", SHA[:-1]])
def test_text_that_is_no_hash_never_becomes_a_path(vault: LocalVault, key: str) -> None:
    with pytest.raises(ValueError, match="is not a SHA-256"):
        vault.get(key)


def test_bytes_changed_on_disk_are_found_by_the_next_read_and_the_next_put(
    vault: LocalVault,
) -> None:
    vault.put(DATA)
    kept_files(vault)[0].write_bytes(DATA.replace(b"1.7", b"1.4"))
    with pytest.raises(VaultCorrupt, match="was changed in storage"):
        vault.get(SHA)
    with pytest.raises(VaultCorrupt):
        vault.put(DATA)


def test_threads_putting_the_same_bytes_make_one_whole_file(vault: LocalVault) -> None:
    barrier = Barrier(8)
    data = os.urandom(300_000)

    def put() -> str:
        barrier.wait()
        return vault.put(data)

    with ThreadPoolExecutor(8) as pool:
        answers = {job.result() for job in [pool.submit(put) for _ in range(8)]}
    assert answers == {hashlib.sha256(data).hexdigest()}
    assert [path.stat().st_size for path in kept_files(vault)] == [300_000]


def test_a_writer_killed_before_the_link_leaves_no_file_under_the_hash(vault: LocalVault) -> None:
    program = textwrap.dedent(f"""
        import os, signal
        from pathlib import Path
        from vetting.vault import local
        os.link = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
        local.LocalVault(root=Path({str(vault.root)!r})).put({DATA!r})
    """)
    killed = subprocess.run([sys.executable, "-c", program], check=False)
    assert killed.returncode == -9
    assert not vault.exists(SHA)
    assert vault.put(DATA) == SHA
    assert vault.get(SHA) == DATA


def test_a_lock_is_recorded_and_only_grows(vault: LocalVault) -> None:
    vault.put(DATA)
    assert vault.locked_until(SHA) is None
    vault.lock(SHA, date(2030, 1, 1))
    vault.lock(SHA, date(2029, 1, 1))
    assert vault.locked_until(SHA) == date(2030, 1, 1)
    vault.lock(SHA, date(2031, 6, 30))
    assert vault.locked_until(SHA) == date(2031, 6, 30)
    assert (vault.root / key_for(SHA)).stat().st_mode & 0o222 == 0
    assert vault.put(DATA) == SHA


def test_a_folder_that_cannot_be_used_says_so(tmp_path: Path) -> None:
    (tmp_path / "vault").write_text("a file where the folder should be")
    with pytest.raises(VaultUnavailable, match="folder could not be used"):
        LocalVault(root=tmp_path / "vault").put(DATA)
