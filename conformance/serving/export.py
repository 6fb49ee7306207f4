"""What the product's desk needs, as a folder to carry there.

Certificate, hosts lines, addresses, client id and secret (mode 0600), people, mailboxes, a
`banc.toml` to start from, and a page that explains it. The folder is no bundle: it holds a secret.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization

from conformance.locale import _, phrase
from conformance.serving.addresses import Addresses
from conformance.serving.identities_table import people

PAGE = "LISEZMOI.html"
CLIENT = "client.json"
PLAN = "banc.toml"
ADDRESSES = "adresses.json"
FILES = (
    PAGE,
    "banc-ac.cer",
    "banc-ac.pem",
    "hosts.txt",
    "adresses.txt",
    ADDRESSES,
    CLIENT,
    "identites.csv",
    "identites.json",
    PLAN,
)
"""In the order in which the page names them."""


@dataclass(frozen=True, slots=True)
class Root:
    """The root certificate in the forms that trust stores take, and its names and fingerprints."""

    pem: bytes

    @property
    def certificate(self) -> x509.Certificate:
        """The certificate itself."""
        return x509.load_pem_x509_certificate(self.pem)

    @property
    def der(self) -> bytes:
        """Its octets in DER, as Windows opens them."""
        return self.certificate.public_bytes(serialization.Encoding.DER)

    @property
    def name(self) -> str:
        """Its common name, by which it is found again in a store."""
        [name] = self.certificate.subject.get_attributes_for_oid(x509.NameOID.COMMON_NAME)
        return str(name.value)

    @property
    def sha1(self) -> str:
        """The thumbprint that Windows shows."""
        return self.certificate.fingerprint(hashes.SHA1()).hex()

    @property
    def sha256(self) -> str:
        """SHA-256 of the certificate, in hexadecimal."""
        return self.certificate.fingerprint(hashes.SHA256()).hex()


@dataclass(frozen=True, slots=True, repr=False)
class Export:
    """What goes into the folder; `secret` is the client's, `machines` the addresses of the bench.

    `faults` are armed, so that the page can say so.
    """

    addresses: Addresses
    root: Root
    secret: str
    machines: tuple[str, ...]
    faults: tuple[str, ...] = ()

    @property
    def people(self) -> list[dict[str, str]]:
        """The synthetic people with their mailboxes, one row each."""
        return people(self.addresses.domain, self.addresses.patient_domain)

    def hosts(self) -> str:
        """Lines for the hosts file of the desk; comments only when none is needed."""
        return "\n".join(["# banc", *self._hosts_lines(), ""])

    def _hosts_lines(self) -> Iterator[str]:
        host = self.addresses.host
        if not self.addresses.needs_hosts_line:
            yield "# " + phrase("No line is needed: the addresses name {host}.", host=host)
            return
        if len(self.machines) > 1:
            yield "# " + _("The bench has several addresses: keep the one that this desk reaches.")
        for n, machine in enumerate(self.machines):
            yield f"{'# ' if n else ''}{machine} {host}"

    def listing(self) -> str:
        """The addresses, a line each, for a reader."""
        rows = rows_of(self.addresses)
        width = max(len(label) for label, _value in rows)
        return "".join(f"{label.ljust(width)}  {value}\n" for label, value in rows)


def rows_of(addresses: Addresses) -> list[tuple[str, str]]:
    """What a product is configured with, each with its label in the reader's language."""
    client = addresses.client
    none = _("none registered")
    return [
        (_("Discovery document"), addresses.discovery),
        (_("Issuer"), addresses.issuer),
        (_("Authorization endpoint"), addresses.authorization),
        (_("Client id"), client.client_id),
        (_("Redirect URIs"), ", ".join(client.redirect_uris) or none),
        (_("Redirect URIs after logout"), ", ".join(client.post_logout_redirect_uris) or none),
        (_("Mail submission (SMTP, STARTTLS, XOAUTH2)"), addresses.smtp),
        (_("Domain of professionals"), addresses.domain),
        (_("Domain of patients"), addresses.patient_domain),
        (_("Phone page"), addresses.phone),
    ]
