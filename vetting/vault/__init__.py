"""The vault: every document's bytes, kept under the hash of those bytes."""

from functools import lru_cache
from pathlib import Path

from django.conf import settings

from vetting.vault.protocol import Vault, VaultCorrupt, VaultMissing, VaultUnavailable

__all__ = ["Vault", "VaultCorrupt", "VaultMissing", "VaultUnavailable", "current"]


def current() -> Vault:
    """The vault that the settings name: S3 where S3_BUCKET is set, else the local folder."""
    if settings.S3_BUCKET:
        return _s3(
            settings.S3_BUCKET,
            settings.S3_ENDPOINT_URL,
            settings.S3_REGION,
            settings.S3_ACCESS_KEY_ID,
            settings.S3_SECRET_ACCESS_KEY,
        )
    from vetting.vault.local import LocalVault

    return LocalVault(root=Path(settings.VAULT_DIR))


@lru_cache(maxsize=4)
def _s3(bucket: str, endpoint_url: str, region: str, access_key: str, secret_key: str) -> Vault:
    """Building a client costs 50 to 100 ms; boto3 clients may be shared between threads."""
    from vetting.vault.s3 import S3Vault

    return S3Vault.connect(
        bucket=bucket,
        endpoint_url=endpoint_url,
        region=region,
        access_key=access_key,
        secret_key=secret_key,
    )
