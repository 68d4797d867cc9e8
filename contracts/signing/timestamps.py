"""Trusted time (RFC 3161): our own authority by default, a timestamp server where one is set."""

import asyncio
import urllib.error
import urllib.request
from datetime import datetime
from functools import lru_cache

from asn1crypto import cms, core, tsp, x509
from asn1crypto.keys import PrivateKeyInfo
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509 import Certificate, load_pem_x509_certificates
from django.conf import settings
from pyhanko.sign import general
from pyhanko.sign.general import simple_cms_attribute
from pyhanko.sign.timestamps import TimeStamper
from pyhanko.sign.timestamps.common_utils import TimestampRequestError
from pyhanko.sign.timestamps.dummy_client import DummyTimeStamper

from contracts.signing import authority

# "As this installation's clock said it": an identifier of our own, made from a random UUID.
LOCAL_POLICY = "2.25.217461337061812384193206418126063841519"
TIMEOUT = 10
LARGEST_ANSWER = 1_000_000


def timestamper() -> TimeStamper:
    if settings.TIMESTAMP_URL:
        return _server(settings.TIMESTAMP_URL)
    return _local(authority.root())


def timestamp_roots() -> list[x509.Certificate]:
    """Whose time we believe: our own authority, and the roots in TIMESTAMP_CERT."""
    others = (
        load_pem_x509_certificates(settings.TIMESTAMP_CERT.encode())
        if settings.TIMESTAMP_CERT
        else []
    )
    return [as_asn1(certificate) for certificate in [*authority.trust_roots(), *others]]


def as_asn1(certificate: Certificate) -> x509.Certificate:
    """pyHanko speaks asn1crypto, cryptography speaks its own."""
    return x509.Certificate.load(certificate.public_bytes(serialization.Encoding.DER))


def key_as_asn1(key: authority.SealKey) -> PrivateKeyInfo:
    return PrivateKeyInfo.load(
        key.private_bytes(
            serialization.Encoding.DER,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )


@lru_cache(maxsize=4)
def _local(root: authority.Identity) -> "LocalTime":
    return LocalTime(authority.timestamp_identity(root))


@lru_cache(maxsize=4)
def _server(url: str) -> "ServerTime":
    """Kept, because pyHanko asks each new one for a sample to learn the answer's size."""
    if not url.startswith(("https://", "http://")):
        raise authority.SealFailed("TIMESTAMP_URL must begin with https:// or http://.")
    return ServerTime(url)


class LocalTime(DummyTimeStamper):
    """pyHanko's in-process authority knows RSA only and reloads its key at every call (130 ms)."""

    def __init__(self, identity: authority.Identity) -> None:
        super().__init__(as_asn1(identity.certificate), key_as_asn1(identity.key))
        assert isinstance(identity.key, ec.EllipticCurvePrivateKey)  # noqa: S101 - we made it so
        self.loaded_key = identity.key

    def _build_tst_info(
        self, message_imprint: tsp.MessageImprint, dt: datetime, req: tsp.TimeStampReq
    ) -> tsp.TSTInfo:
        info = super()._build_tst_info(message_imprint, dt, req)
        info["policy"] = tsp.ObjectIdentifier(LOCAL_POLICY)
        return info

    def _sign_tst_info(
        self, tst_info_data: bytes, md_algorithm: str, dt: datetime
    ) -> tuple[bytes, cms.CMSAttributes]:
        digest = hashes.Hash(hashes.SHA256())
        digest.update(tst_info_data)
        certificate = general.as_signing_certificate_v2(self.tsa_cert)
        attributes = cms.CMSAttributes(
            [
                simple_cms_attribute("content_type", "tst_info"),
                simple_cms_attribute("signing_time", cms.Time({"utc_time": core.UTCTime(dt)})),
                simple_cms_attribute("signing_certificate_v2", certificate),
                simple_cms_attribute("message_digest", digest.finalize()),
            ]
        )
        return self.loaded_key.sign(attributes.dump(), ec.ECDSA(hashes.SHA256())), attributes

    def _build_signed_data(
        self,
        tst_info_data: bytes,
        md_algorithm: str,
        signature: bytes,
        signed_attrs: cms.CMSAttributes,
    ) -> dict:
        built = super()._build_signed_data(tst_info_data, md_algorithm, signature, signed_attrs)
        built["signer_infos"][0]["signature_algorithm"] = {"algorithm": "sha256_ecdsa"}
        return built


class ServerTime(TimeStamper):
    """A timestamp server over HTTP. No falling back: without its answer nothing is signed."""

    def __init__(self, url: str) -> None:
        super().__init__()
        self.url = url

    async def async_request_tsa_response(self, req: tsp.TimeStampReq) -> tsp.TimeStampResp:
        return await asyncio.to_thread(self._ask, req.dump())

    async def async_timestamp(self, message_digest: bytes, md_algorithm: str) -> cms.ContentInfo:
        try:
            return await super().async_timestamp(message_digest, md_algorithm)
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            # So pyHanko fails on an answer that is no timestamp, or one for another question.
            raise TimestampRequestError("its answer is not a timestamp for this file") from error

    def _ask(self, query: bytes) -> tsp.TimeStampResp:
        headers = {"Content-Type": "application/timestamp-query"}
        # The address is the operator's own setting, and only http and https are accepted there.
        request = urllib.request.Request(self.url, query, headers)  # noqa: S310
        try:
            with urllib.request.urlopen(request, timeout=TIMEOUT) as answer:  # noqa: S310
                kind = answer.headers.get_content_type()
                body = answer.read(LARGEST_ANSWER)
        except urllib.error.HTTPError as error:
            error.close()
            raise TimestampRequestError(f"it answered with an error ({error})") from error
        except OSError as error:
            raise TimestampRequestError(f"it did not answer ({error})") from error
        if kind != "application/timestamp-reply":
            raise TimestampRequestError(f"it answered with {kind}, not with a timestamp")
        return tsp.TimeStampResp.load(body)
