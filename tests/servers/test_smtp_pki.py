"""The bench's authority: kept, private, and believed by an ordinary TLS client."""

import base64
import hashlib
import socket
import ssl
import stat
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization

from mocks.pki.authority import Authority, AuthorityFault, spki_sha256_b64


def _greeted(authority: Authority, certificate: Any, name: str) -> Any:
    """What a client that trusts `authority` reads from a server that presents `certificate`."""
    listener = socket.create_server(("127.0.0.1", 0))
    context = certificate.server_context()

    def serve() -> None:
        connection, _ = listener.accept()
        with suppress(ssl.SSLError), connection:
            context.wrap_socket(connection, server_side=True).sendall(b"hello")

    server = threading.Thread(target=serve, daemon=True)
    server.start()
    with (
        socket.create_connection(listener.getsockname()) as plain,
        authority.client_context().wrap_socket(plain, server_hostname=name) as tls,
    ):
        said = tls.recv(5)
    server.join()
    listener.close()
    return said


@pytest.mark.parametrize("name", ["localhost", "127.0.0.1"])
def test_a_client_that_trusts_the_root_accepts_the_server(tmp_path: Path, name: str) -> None:
    authority = Authority(tmp_path)

    said = _greeted(authority, authority.issue(), name)

    assert said == b"hello"


def test_the_root_and_the_certificates_are_kept(tmp_path: Path) -> None:
    first = Authority(tmp_path)
    issued = first.issue(["localhost"])
    before = issued.cert_path.read_bytes()

    again = Authority(tmp_path)

    assert again.root_pem == first.root_pem == again.root_path.read_bytes()
    assert again.issue(["localhost"]).cert_path.read_bytes() == before


def test_the_certificate_has_a_common_name_and_both_kinds_of_names(tmp_path: Path) -> None:
    issued = Authority(tmp_path).issue(["localhost", "127.0.0.1"])

    certificate = x509.load_pem_x509_certificate(issued.cert_path.read_bytes())
    names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value

    assert "CN=localhost" in certificate.subject.rfc4514_string()
    assert names.get_values_for_type(x509.DNSName) == ["localhost"]
    assert [str(a) for a in names.get_values_for_type(x509.IPAddress)] == ["127.0.0.1"]


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX modes")
def test_no_private_file_can_be_read_by_others(tmp_path: Path) -> None:
    authority = Authority(tmp_path / "pki")
    authority.issue()

    modes = {p.name: stat.S_IMODE(p.stat().st_mode) for p in (tmp_path / "pki").iterdir()}

    assert set(modes.values()) == {0o600}


def test_two_processes_that_start_together_share_one_root(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        roots = list(pool.map(lambda _: Authority(tmp_path).root_pem, range(8)))

    assert len(set(roots)) == 1
    assert not [p for p in tmp_path.iterdir() if p.name.startswith(".")]


def test_another_authority_is_not_believed(tmp_path: Path) -> None:
    ours, theirs = Authority(tmp_path / "a"), Authority(tmp_path / "b")

    with pytest.raises(ssl.SSLCertVerificationError):
        _greeted(ours, theirs.issue(), "localhost")


def test_one_public_key_hash_serves_for_all_certificates(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    one, two = authority.issue(["localhost"]), authority.issue(["example.test"])

    certificate = x509.load_pem_x509_certificate(one.cert_path.read_bytes())
    der = certificate.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )

    assert one.spki_sha256_b64 == two.spki_sha256_b64 == spki_sha256_b64(one.cert_path.read_bytes())
    assert base64.b64decode(one.spki_sha256_b64) == hashlib.sha256(der).digest()


def test_a_damaged_root_is_named(tmp_path: Path) -> None:
    Authority(tmp_path)
    (tmp_path / "root.pem").write_bytes(b"not a key")

    with pytest.raises(AuthorityFault, match=r"root\.pem: expected the key"):
        Authority(tmp_path)
