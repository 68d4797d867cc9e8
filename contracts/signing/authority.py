"""The installation's own certificate authority: one root, and short-lived certificates below it.

It proves that this installation sealed the bytes. It does not prove who a person is: that is what
the signing flow records (the link's address, the consent, the typed name).
"""

import fcntl
import os
import tempfile
import unicodedata
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from django.conf import settings

SealKey = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey

# A clock that was set back must not make our own authority look unborn.
ROOT_BORN = datetime(2020, 1, 1, tzinfo=UTC)
ROOT_ENDS = datetime(2060, 1, 1, tzinfo=UTC)
CLOCK_SKEW = timedelta(minutes=5)
SIGNER_LIFE = timedelta(days=1)
# X.520's upper bound for a common name and an organization name.
LONGEST_NAME = 64


class SealFailed(Exception):
    """Nothing was sealed; the message is a sentence for Operations."""


@dataclass(frozen=True, slots=True)
class Identity:
    """A private key with its certificate."""

    key: SealKey
    certificate: x509.Certificate


def root() -> Identity:
    """From SEAL_KEY and SEAL_CERT, else the pair in KEY_DIR, made at the first use."""
    if settings.SEAL_KEY or settings.SEAL_CERT:
        return _load(settings.SEAL_KEY, settings.SEAL_CERT)
    folder = Path(settings.KEY_DIR)
    if not (folder / "seal.crt").exists():
        _create_once(folder)
    try:
        return _load((folder / "seal.key").read_text(), (folder / "seal.crt").read_text())
    except OSError as error:
        raise SealFailed(f"The key of the seal cannot be read: {error}.") from error


def trust_roots() -> list[x509.Certificate]:
    """Ours first, then earlier roots appended to the certificate file, whose seals stay valid."""
    current = root().certificate
    pem = settings.SEAL_CERT or (Path(settings.KEY_DIR) / "seal.crt").read_text()
    others = x509.load_pem_x509_certificates(pem.encode())
    return [current, *(other for other in others if other != current)]


def signer_identity(name: str, organization: str) -> Identity:
    """A key used once, certified for a day: after the timestamp nothing else needs it."""
    return _issue(_subject(name, organization), ends=datetime.now(UTC) + SIGNER_LIFE)


def seal_identity() -> Identity:
    return signer_identity("Countersign document seal", "Countersign")


@lru_cache(maxsize=4)
def timestamp_identity(issuer: Identity) -> Identity:
    """The local timestamp authority's, kept for the life of the process."""
    usage = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING])
    subject = _subject("Countersign local time", "Countersign")
    return _issue(subject, starts=ROOT_BORN, ends=ROOT_ENDS, usage=usage, issuer=issuer)


def certified_name(name: str) -> str:
    """The name as a certificate can hold it. Raises SealFailed when nothing is left."""
    plain = " ".join(unicodedata.normalize("NFC", name).split())[:LONGEST_NAME].strip()
    if not plain:
        raise SealFailed("A signer without a name cannot sign.")
    return plain


def _subject(name: str, organization: str) -> x509.Name:
    parts = [x509.NameAttribute(NameOID.COMMON_NAME, certified_name(name))]
    if organization.strip():
        known_as = certified_name(organization)
        parts.insert(0, x509.NameAttribute(NameOID.ORGANIZATION_NAME, known_as))
    return x509.Name(parts)


def _issue(
    subject: x509.Name,
    *,
    ends: datetime,
    starts: datetime | None = None,
    usage: x509.ExtendedKeyUsage | None = None,
    issuer: Identity | None = None,
) -> Identity:
    issuer = issuer or root()
    key = ec.generate_private_key(ec.SECP256R1())
    starts = starts or datetime.now(UTC) - CLOCK_SKEW
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer.certificate.subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(max(starts, issuer.certificate.not_valid_before_utc))
        .not_valid_after(min(ends, issuer.certificate.not_valid_after_utc))
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_key_usage(signs_documents=True), critical=True)
        .add_extension(_key_id(issuer), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )
    if usage is not None:
        builder = builder.add_extension(usage, critical=True)
    return Identity(key, builder.sign(issuer.key, hashes.SHA256()))


def _create_once(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with (folder / "seal.lock").open("a") as gate:
            # Two first seals at once must not leave two roots: the second finds the first's files.
            fcntl.flock(gate, fcntl.LOCK_EX)
            if not (folder / "seal.crt").exists():
                _create(folder)
    except OSError as error:
        raise SealFailed(f"The key of the seal cannot be written: {error}.") from error


def _create(folder: Path) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    pem = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    # The certificate comes last: where it exists, its key does too, whenever we may be killed.
    _write(folder / "seal.key", pem)
    certificate = _self_signed(key)
    _write(folder / "seal.crt", certificate.public_bytes(serialization.Encoding.PEM))


def _self_signed(key: ec.EllipticCurvePrivateKey) -> x509.Certificate:
    """Its serial is in its name, so that two installations never share a subject."""
    serial = x509.random_serial_number()
    subject = _subject(f"Countersign seal {serial:x}"[:40], "Countersign")
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(serial)
        .not_valid_before(ROOT_BORN)
        .not_valid_after(ROOT_ENDS)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_key_usage(signs_documents=False), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )


def _write(path: Path, data: bytes) -> None:
    """Readable by its owner only, whole or not at all."""
    descriptor, aside = tempfile.mkstemp(dir=path.parent)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    os.replace(aside, path)


@lru_cache(maxsize=4)
def _load(key_pem: str, certificate_pem: str) -> Identity:
    """Raises SealFailed unless the key belongs to the first certificate and may issue others."""
    if not (key_pem and certificate_pem):
        raise SealFailed("The seal needs both SEAL_KEY and SEAL_CERT.")
    try:
        key = serialization.load_pem_private_key(key_pem.encode(), password=None)
        certificate = x509.load_pem_x509_certificates(certificate_pem.encode())[0]
    except (ValueError, TypeError) as error:
        raise SealFailed("SEAL_KEY or SEAL_CERT is not a PEM without a password.") from error
    if not isinstance(key, SealKey):
        raise SealFailed("The seal's key must be an elliptic curve or an RSA key.")
    if key.public_key() != certificate.public_key():
        raise SealFailed("SEAL_KEY and SEAL_CERT do not belong together.")
    if not _may_issue(certificate):
        raise SealFailed("SEAL_CERT must be the certificate of an authority (CA:TRUE).")
    return Identity(key, certificate)


def _may_issue(certificate: x509.Certificate) -> bool:
    try:
        return certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    except x509.ExtensionNotFound:
        return False


def _key_id(issuer: Identity) -> x509.AuthorityKeyIdentifier:
    try:
        found = issuer.certificate.extensions.get_extension_for_class(x509.SubjectKeyIdentifier)
    except x509.ExtensionNotFound:
        return x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer.key.public_key())
    return x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(found.value)


def _key_usage(*, signs_documents: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=signs_documents,
        content_commitment=signs_documents,
        key_cert_sign=not signs_documents,
        crl_sign=not signs_documents,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )
