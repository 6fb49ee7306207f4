"""The bench's own certificate authority: one root, kept, and server certificates on demand.

The root signs with ECDSA P-256. Servers have RSA 2048 keys, because the cipher suites that MSSanté
allows in TLS 1.2 all authenticate with RSA [CATALOGUE-W1 ciphers]. All servers of one authority
share one key, so that one hash is enough for Chromium's `--ignore-certificate-errors-spki-list`.
"""

import base64
import hashlib
import ipaddress
import secrets
import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from common.private_files import kept, replace

DEFAULT_NAMES = ("localhost", "127.0.0.1")
ROOT_NAME = "banc - autorité de test, sans valeur"
_ROOT_DAYS = 3650
_SERVER_DAYS = 397
_RENEW_BEFORE = timedelta(days=30)


class AuthorityFault(Exception):
    """The files kept in an authority's folder cannot be used; the sentence names the file."""


@dataclass(frozen=True, slots=True)
class ServerCertificate:
    """A certificate and its key, as PEM files that any server can load."""

    cert_path: Path
    key_path: Path
    names: tuple[str, ...]

    @property
    def spki_sha256_b64(self) -> str:
        """SHA-256 of the public key, in base64, as Chromium wants it."""
        return spki_sha256_b64(self.cert_path.read_bytes())

    def server_context(self) -> ssl.SSLContext:
        """A TLS 1.2+ server context (ECO.1.1.1) that presents this certificate."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        context.load_cert_chain(self.cert_path, self.key_path)
        return context


class Authority:
    """A root kept in `folder` (made on first use, mode 0600) that issues server certificates.

    Several processes may share a folder. Raises `AuthorityFault` when what is kept is unreadable.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        root = kept(folder / "root.pem", _new_root)
        self._root_key = _ec_key(folder / "root.pem", root)
        self._root = _certificate(folder / "root.pem", root)
        self._server_key_path = folder / "server-key.pem"
        self._server_public = _public_half(
            self._server_key_path, kept(self._server_key_path, _new_server_key)
        )
        self.root_path = folder / "root-cert.pem"
        if not self.root_path.exists() or self.root_path.read_bytes() != self.root_pem:
            replace(self.root_path, self.root_pem)

    @property
    def root_pem(self) -> bytes:
        """The root certificate, PEM; also in the file `root_path`, for a product's trust store."""
        return self._root.public_bytes(serialization.Encoding.PEM)

    def client_context(self) -> ssl.SSLContext:
        """A client context that trusts this authority and nothing else."""
        return ssl.create_default_context(cadata=self.root_pem.decode())

    def issue(self, names: Sequence[str] = DEFAULT_NAMES) -> ServerCertificate:
        """A server certificate for `names` (DNS names or IP addresses; the first is its CN).

        The one issued before for the same names is given again while it is good for 30 more days.
        """
        if not names:
            raise ValueError("a server certificate needs at least one name")
        digest = hashlib.sha256("\n".join(names).encode()).hexdigest()[:16]
        issued = ServerCertificate(
            self.folder / f"server-{digest}.pem", self._server_key_path, tuple(names)
        )
        if not self._still_good(issued.cert_path):
            replace(issued.cert_path, self._signed(names))
        return issued

    def _still_good(self, path: Path) -> bool:
        if not path.exists():
            return False
        certificate = _certificate(path, path.read_bytes())
        try:
            certificate.verify_directly_issued_by(self._root)
        except (ValueError, TypeError, x509.InvalidVersion):
            return False
        return (
            certificate.public_key() == self._server_public
            and certificate.not_valid_after_utc - datetime.now(UTC) > _RENEW_BEFORE
        )

    def _signed(self, names: Sequence[str]) -> bytes:
        now = datetime.now(UTC)
        key = self._server_public
        builder = (
            x509.CertificateBuilder()
            .subject_name(_name(names[0]))
            .issuer_name(self._root.subject)
            .public_key(key)
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(hours=1))
            .not_valid_after(now + timedelta(days=_SERVER_DAYS))
            .add_extension(x509.SubjectAlternativeName([_general(n) for n in names]), False)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), True)
            .add_extension(_key_usage(authority=False), True)
            .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), False)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), False)
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(self._root_key.public_key()),
                False,
            )
        )
        signed = builder.sign(self._root_key, hashes.SHA256())
        return signed.public_bytes(serialization.Encoding.PEM)


def spki_sha256_b64(cert: bytes) -> str:
    """SHA-256 of the SubjectPublicKeyInfo of a PEM certificate, in base64."""
    spki = (
        x509.load_pem_x509_certificate(cert)
        .public_key()
        .public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    )
    return base64.b64encode(hashlib.sha256(spki).digest()).decode()


def _new_root() -> bytes:
    key = ec.generate_private_key(ec.SECP256R1())
    now = datetime.now(UTC)
    name = _name(f"{ROOT_NAME} {secrets.token_hex(4)}")
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=_ROOT_DAYS))
        .add_extension(x509.BasicConstraints(ca=True, path_length=1), True)
        .add_extension(_key_usage(authority=True), True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), False)
        .sign(key, hashes.SHA256())
    )
    return _pem(key) + certificate.public_bytes(serialization.Encoding.PEM)


def _new_server_key() -> bytes:
    return _pem(rsa.generate_private_key(public_exponent=65537, key_size=2048))


def _pem(key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )


def _ec_key(path: Path, pem: bytes) -> ec.EllipticCurvePrivateKey:
    try:
        key = serialization.load_pem_private_key(pem, password=None)
    except (ValueError, TypeError) as error:
        raise AuthorityFault(f"{path}: expected the key of the bench's authority") from error
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise AuthorityFault(f"{path}: expected an EC key, found {type(key).__name__}")
    return key


def _public_half(path: Path, pem: bytes) -> rsa.RSAPublicKey:
    try:
        # The file is ours and private: checking the primes again would cost 25 ms a start.
        key = serialization.load_pem_private_key(pem, None, unsafe_skip_rsa_key_validation=True)
    except (ValueError, TypeError) as error:
        raise AuthorityFault(f"{path}: expected the key of the bench's servers") from error
    if not isinstance(key, rsa.RSAPrivateKey):
        raise AuthorityFault(f"{path}: expected an RSA key, found {type(key).__name__}")
    return key.public_key()


def _certificate(path: Path, pem: bytes) -> x509.Certificate:
    try:
        return x509.load_pem_x509_certificate(pem)
    except ValueError as error:
        raise AuthorityFault(f"{path}: expected a PEM certificate") from error


def _name(common: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "banc (test)"),
            x509.NameAttribute(NameOID.COMMON_NAME, common[:64]),
        ]
    )


def _general(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def _key_usage(*, authority: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=True,
        content_commitment=False,
        key_encipherment=not authority,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=authority,
        crl_sign=authority,
        encipher_only=False,
        decipher_only=False,
    )
