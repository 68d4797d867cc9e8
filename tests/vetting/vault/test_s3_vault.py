"""Against a real S3 service: what a disk cannot show (conditional writes, retention, refusals)."""

import hashlib
import os
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest
from botocore.exceptions import ClientError
from pytest_django import Settings

from tests.services.process import Server
from vetting import vault
from vetting.vault.protocol import VaultCorrupt, VaultMissing, VaultUnavailable, key_for
from vetting.vault.s3 import S3Vault


@pytest.fixture
def bucket(s3_settings: Server) -> S3Vault:
    chosen = vault.current()
    assert isinstance(chosen, S3Vault)
    # The server lives for the whole run, and another test may have made its bucket.
    with suppress(chosen.client.exceptions.BucketAlreadyOwnedByYou):
        chosen.client.create_bucket(Bucket=chosen.bucket, ObjectLockEnabledForBucket=True)
    return chosen


def test_bytes_come_back_under_their_hash(bucket: S3Vault) -> None:
    data = os.urandom(40_000)
    sha256 = bucket.put(data)
    assert sha256 == hashlib.sha256(data).hexdigest()
    assert bucket.get(sha256) == data
    assert bucket.exists(sha256)
    assert bucket.put(data) == sha256


def test_eight_writers_of_the_same_bytes_make_one_version(bucket: S3Vault) -> None:
    data = os.urandom(200_000)
    with ThreadPoolExecutor(8) as pool:
        (sha256,) = {job.result() for job in [pool.submit(bucket.put, data) for _ in range(8)]}
    versions = bucket.client.list_object_versions(Bucket=bucket.bucket, Prefix=key_for(sha256))
    assert len(versions["Versions"]) == 1


def test_a_missing_file_says_so(bucket: S3Vault) -> None:
    absent = "0" * 64
    assert not bucket.exists(absent)
    with pytest.raises(VaultMissing):
        bucket.get(absent)
    with pytest.raises(VaultMissing):
        bucket.lock(absent, datetime.now(UTC).date())


def test_bytes_replaced_in_the_bucket_are_found(bucket: S3Vault) -> None:
    data = os.urandom(100)
    sha256 = bucket.put(data)
    bucket.client.put_object(Bucket=bucket.bucket, Key=key_for(sha256), Body=b"other")
    with pytest.raises(VaultCorrupt):
        bucket.get(sha256)
    with pytest.raises(VaultCorrupt):
        bucket.put(data)


def test_a_locked_file_cannot_be_deleted_and_the_lock_only_grows(bucket: S3Vault) -> None:
    sha256 = bucket.put(os.urandom(100))
    day = datetime.now(UTC).date() + timedelta(days=3)
    bucket.lock(sha256, day)
    bucket.lock(sha256, day - timedelta(days=1))
    assert bucket.locked_until(sha256) == day
    bucket.lock(sha256, day + timedelta(days=1))
    assert bucket.locked_until(sha256) == day + timedelta(days=1)
    here = {"Bucket": bucket.bucket, "Key": key_for(sha256)}
    version = bucket.client.head_object(**here)["VersionId"]
    with pytest.raises(ClientError, match="AccessDenied"):
        bucket.client.delete_object(**here, VersionId=version)


def test_a_wrong_secret_and_a_closed_door_are_sentences(
    bucket: S3Vault, settings: Settings
) -> None:
    settings.S3_SECRET_ACCESS_KEY = "wrong"
    with pytest.raises(VaultUnavailable, match="The bucket countersign could not be used"):
        vault.current().put(b"x")
    settings.S3_ENDPOINT_URL = "http://127.0.0.1:1"
    with pytest.raises(VaultUnavailable, match="Could not connect"):
        vault.current().get("0" * 64)
