"""The vault as a bucket of any S3 service that checks SHA-256 and honours If-None-Match."""

import base64
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from vetting.vault.protocol import VaultMissing, VaultUnavailable, digest, key_for, verified

# Not 409 (another writer of this key is under way): only a later try knows whether it succeeded.
ALREADY_THERE = {"PreconditionFailed", "412"}
ABSENT = {"NoSuchKey", "404", "NotFound"}
NO_RETENTION = {"NoSuchObjectLockConfiguration", "ObjectLockConfigurationNotFoundError"}


@dataclass(frozen=True, slots=True)
class S3Vault:
    client: Any
    bucket: str

    @classmethod
    def connect(
        cls, *, bucket: str, endpoint_url: str, region: str, access_key: str, secret_key: str
    ) -> "S3Vault":
        """Empty keys mean boto3's own search (instance role, environment, profile)."""
        config = Config(
            connect_timeout=5,
            read_timeout=30,
            retries={"mode": "standard", "max_attempts": 4},
            s3={"addressing_style": "path"} if endpoint_url else {},
        )
        client = boto3.session.Session().client(
            "s3",
            endpoint_url=endpoint_url or None,
            region_name=region or None,
            aws_access_key_id=access_key or None,
            aws_secret_access_key=secret_key or None,
            config=config,
        )
        return cls(client, bucket)

    def put(self, data: bytes) -> str:
        sha256 = digest(data)
        if not self._put_once(data, sha256):
            self.get(sha256)
        return sha256

    def _put_once(self, data: bytes, sha256: str) -> bool:
        """False when the key was there; the service itself refuses bytes of another hash."""
        with _service_errors(self.bucket):
            try:
                self.client.put_object(
                    Bucket=self.bucket,
                    Key=key_for(sha256),
                    Body=data,
                    ChecksumSHA256=base64.b64encode(bytes.fromhex(sha256)).decode(),
                    IfNoneMatch="*",
                )
            except ClientError as error:
                if _code(error) in ALREADY_THERE:
                    return False
                raise
        return True

    def get(self, sha256: str) -> bytes:
        with _service_errors(self.bucket):
            try:
                answer = self.client.get_object(Bucket=self.bucket, Key=key_for(sha256))
                return verified(answer["Body"].read(), sha256)
            except ClientError as error:
                if _code(error) in ABSENT:
                    raise VaultMissing(f"The vault holds no file {sha256}.") from error
                raise

    def exists(self, sha256: str) -> bool:
        with _service_errors(self.bucket):
            try:
                self.client.head_object(Bucket=self.bucket, Key=key_for(sha256))
            except ClientError as error:
                if _code(error) in ABSENT:
                    return False
                raise
        return True

    def lock(self, sha256: str, until: date) -> None:
        if not self.exists(sha256):
            raise VaultMissing(f"The vault holds no file {sha256}, so it cannot be locked.")
        present = self.locked_until(sha256)
        # COMPLIANCE cannot be shortened by anybody, so a shorter wish is already fulfilled.
        if present is not None and present >= until:
            return
        with _service_errors(self.bucket):
            self.client.put_object_retention(
                Bucket=self.bucket,
                Key=key_for(sha256),
                Retention={"Mode": "COMPLIANCE", "RetainUntilDate": _end_of(until)},
            )

    def locked_until(self, sha256: str) -> date | None:
        with _service_errors(self.bucket):
            try:
                answer = self.client.get_object_retention(Bucket=self.bucket, Key=key_for(sha256))
            except ClientError as error:
                if _code(error) in NO_RETENTION:
                    return None
                raise
        until: datetime = answer["Retention"]["RetainUntilDate"]
        return until.astimezone(UTC).date()


def _end_of(day: date) -> datetime:
    return datetime.combine(day, time.max, tzinfo=UTC).replace(microsecond=0)


def _code(error: ClientError) -> str:
    return str(error.response.get("Error", {}).get("Code", ""))


@contextmanager
def _service_errors(bucket: str) -> Iterator[None]:
    try:
        yield
    except (BotoCoreError, ClientError) as error:
        raise VaultUnavailable(f"The bucket {bucket} could not be used: {error}.") from error
