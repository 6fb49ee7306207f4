"""What the product's desk needs, as a folder to carry there.

Certificate, hosts lines, addresses, client id and secret (mode 0600), people, mailboxes, a
`banc.toml` to start from, and a page that explains it. The folder is no bundle: it holds a secret.
"""

import errno
import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization

from common.private_files import replace
from conformance.bundle.files import write_whole
from conformance.errors import NotReady
from conformance.locale import _, phrase
from conformance.locale.system import reason_of
from conformance.stage.addresses import Addresses
from conformance.stage.people import as_csv, as_json, people

PAGE = "LISEZMOI.html"
CLIENT = "client.json"
PLAN = "banc.toml"
_ADDRESSES = "adresses.json"
FILES = (
    PAGE,
    "banc-ac.cer",
    "banc-ac.pem",
    "hosts.txt",
    "adresses.txt",
    _ADDRESSES,
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

    def write(self, folder: Path) -> list[str]:
        """Write every file; those of an earlier export of this desk are replaced.

        Gives a sentence for a `banc.toml` that was changed since and is left as it is. Raises
        `NotReady` when the folder holds another export, or cannot be written.
        """
        from conformance.stage.export_page import page, plan_text

        earlier = _earlier(folder)
        self._hold_same_desk(folder, earlier)
        texts = {
            "hosts.txt": self.hosts(),
            "adresses.txt": self.listing(),
            "identites.csv": as_csv(self.people, delimiter=";"),
            "identites.json": as_json(self.people),
            PLAN: plan_text(self.addresses),
            PAGE: page(self),
        }
        as_exported = hashlib.sha256(texts[PLAN].encode()).hexdigest()
        left = _changed_since(folder / PLAN, earlier)
        if left is not None:
            as_exported = left
            del texts[PLAN]
        about = self.addresses.as_json() | {
            "root_sha256": self.root.sha256,
            "banc_toml_sha256": as_exported,
        }
        texts[_ADDRESSES] = json.dumps(about, ensure_ascii=False, indent=2) + "\n"
        try:
            for name, text in texts.items():
                write_whole(folder / name, text.encode())
            write_whole(folder / "banc-ac.pem", self.root.pem)
            write_whole(folder / "banc-ac.cer", self.root.der)
            replace(folder / CLIENT, self._client().encode())
        except OSError as error:
            raise _unwritable(folder, error) from error
        said = _("{path} was changed since it was exported: it is left as it is")
        return [said.format(path=folder / PLAN)] if left is not None else []

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

    def _client(self) -> str:
        client = self.addresses.client
        said = {
            "client_id": client.client_id,
            "client_secret": self.secret,
            "client_authentication": client.authentication,
            "issuer": self.addresses.issuer,
        }
        return json.dumps(said, indent=2) + "\n"

    def _hold_same_desk(self, folder: Path, earlier: Mapping[str, Any] | None) -> None:
        if earlier is None:
            return
        ours = (self.addresses.host, self.addresses.client.client_id, self.root.sha256)
        client = earlier.get("client")
        theirs = (
            earlier.get("host"),
            client.get("client_id") if isinstance(client, dict) else None,
            earlier["root_sha256"],
        )
        if ours != theirs:
            said = _("{key} {path}: the export of another desk is there, expected an empty folder")
            raise NotReady(said.format(key="--export", path=folder))


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


def hold_folder(folder: Path) -> None:
    """Make the folder; raises `NotReady` when it cannot be written or holds what is not ours."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if not os.access(folder, os.W_OK | os.X_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
    except OSError as error:
        raise _unwritable(folder, error) from error
    if _earlier(folder) is not None:
        return
    for name in FILES:
        if os.path.lexists(folder / name):
            said = _("{key} {path}: {file} is there already, expected an empty folder")
            raise NotReady(said.format(key="--export", path=folder, file=name))


def _earlier(folder: Path) -> dict[str, Any] | None:
    """What an earlier export into that folder said of itself; None when there was none."""
    try:
        found = json.loads((folder / _ADDRESSES).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except OSError as error:
        raise _unwritable(folder, error) from error
    except ValueError:
        found = None
    if not isinstance(found, dict) or "root_sha256" not in found or "issuer" not in found:
        said = _("{key} {path}: {file} is there already, expected an empty folder")
        raise NotReady(said.format(key="--export", path=folder, file=_ADDRESSES))
    return found


def _changed_since(plan: Path, earlier: Mapping[str, Any] | None) -> str | None:
    """The hash of the `banc.toml` that was exported, when somebody has worked on it since."""
    if earlier is None or not plan.exists():
        return None
    exported = str(earlier.get("banc_toml_sha256"))
    return exported if hashlib.sha256(plan.read_bytes()).hexdigest() != exported else None


def _unwritable(folder: Path, error: OSError) -> NotReady:
    said = _("{key} {path}: {reason}, expected a folder that can be written")
    return NotReady(said.format(key="--export", path=folder, reason=reason_of(error)))
