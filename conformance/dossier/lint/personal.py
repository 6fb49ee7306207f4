"""Personal data that is not synthetic: what a deposit must never hold.

Searched, in names and in every text that can be read (mails with what is attached, PDF, CDA, XDM,
archives, tables, links), never in pictures and films:

- INS and NIR numbers: 15 characters, alone or in their printed groups (`2 79 03 51 215 189 89`), of
  the form of INSEE and with a valid key. Accepted: the people of the bench, and every number that
  the folder itself declares under a test OID (1.2.250.1.213.1.4.10, .11). Any number under a real
  OID (.8, .9) is told. Thirteen digits without a key are not searched: too many things look so.
- RPPS: under the OID of professionals, after the word RPPS, or 12 digits that begin with 810, as
  those of real people do, with a valid Luhn digit. Accepted: the test block (8997…), ANS… of EDIT.
- mail addresses of people, outside the domains kept for tests (.test, .example, .invalid,
  example.org…, formation.mssante.fr). A message identifier is not an address.

What is found is shown with its middle left out.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from common.identities import PATIENTS
from conformance.documents.identifiers import PROFESSIONALS_OID, luhn_holds
from conformance.documents.ins import (
    NIA_OID,
    NIR_DEMONSTRATION_OID,
    NIR_OID,
    NIR_TEST_OID,
    ins_fault,
)
from conformance.dossier.lint.remarks import Remark
from conformance.locale import _

TEST_OIDS = frozenset({NIR_TEST_OID, NIR_DEMONSTRATION_OID})
REAL_OIDS = frozenset({NIR_OID, NIA_OID})
TEST_DOMAINS = (
    "test", "example", "invalid", "localhost", "local", "example.com", "example.org",
    "example.net", "formation.mssante.fr",
)  # fmt: skip

_OWN = frozenset(person.ins for person in PATIENTS if person.ins)
_MONTH = r"(?:0[1-9]|1[0-2]|[2-9]\d)"
_BEFORE, _AFTER = r"(?<![^\W_])(?<!\.)", r"(?![^\W_])"
"""Neither letter, digit nor point: a part of a longer identifier is none."""

_PLAIN = re.compile(rf"{_BEFORE}[12378]\d{{2}}{_MONTH}(?:\d\d|2[ABab])\d{{8}}{_AFTER}")
_GAP = "[ \u00a0\u202f.]"
_GROUPED = re.compile(
    rf"{_BEFORE}[12378]{_GAP}\d\d{_GAP}{_MONTH}{_GAP}(?:\d\d|2[ABab]){_GAP}"
    rf"\d{{3}}{_GAP}\d{{3}}{_GAP}\d\d{_AFTER}"
)
_UNDER_OID = re.compile(
    r"(?P<a>[0-9ABab]{15})\^{3}&(?:amp;)?(?P<b>[0-9.]+)"
    r"|extension\s*=\s*[\"'](?P<c>[0-9ABab]{15})[\"'][^<>]{0,200}?root\s*=\s*[\"'](?P<d>[0-9.]+)"
    r"|root\s*=\s*[\"'](?P<e>[0-9.]+)[\"'][^<>]{0,200}?extension\s*=\s*[\"'](?P<f>[0-9ABab]{15})"
)
_OID = re.escape(PROFESSIONALS_OID)
_RPPS = re.compile(
    rf"extension\s*=\s*[\"'](?P<x>\d{{11,12}})[\"'][^<>]{{0,200}}?root\s*=\s*[\"']{_OID}[\"']"
    rf"|root\s*=\s*[\"']{_OID}[\"'][^<>]{{0,200}}?extension\s*=\s*[\"'](?P<y>\d{{11,12}})[\"']"
    rf"|(?<!\d)(?P<z>\d{{11,12}})\^[^&|]{{0,200}}&(?:amp;)?{_OID}"
    r"|\bRPPS\b[^\w]{0,4}(?:n[°ºo]\s*)?[:=]?\s*(?P<w>\d{11,12})(?!\d)",
    re.IGNORECASE,
)
_BARE_RPPS = re.compile(rf"{_BEFORE}8(10\d{{9}}){_AFTER}")
_ADDRESS = re.compile(
    r"(?<![\w.+@/-])([A-Za-z0-9._%+'-]{1,64})@((?:[A-Za-z0-9-]{1,63}\.)+[A-Za-z]{2,24})(?![\w-])"
)
_FILES = (".png", ".jpg", ".jpeg", ".gif", ".svg", ".webp", ".css", ".js", ".pdf", ".xml")
_ROLES = frozenset(
    {
        "contact", "support", "info", "noreply", "no-reply", "ne-pas-repondre", "accueil",
        "secretariat", "postmaster", "admin", "webmaster", "aide", "assistance", "help", "sales",
        "commercial", "dpo", "rgpd", "securite", "security",
    }
)  # fmt: skip
_IDENTIFIERS = re.compile(
    r"(?im)^[ \t]*(?:message-id|in-reply-to|references|content-id|x-[\w-]*id)\s*:[^\n]*"
)


@dataclass(slots=True)
class Searched:
    """All texts of a folder: what they declare as tests is known before anything is reported."""

    texts: list[tuple[str, str]] = field(default_factory=list)
    declared: set[str] = field(default_factory=set)

    def add(self, file: str, text: str) -> None:
        """Keep a text of `file`, and what it declares under a test OID."""
        self.texts.append((file, text))
        self.declared |= {number for number, oid in under_oids(text) if oid in TEST_OIDS}

    def remarks(self) -> Iterator[Remark]:
        """What was found in all of them."""
        for file, text in self.texts:
            yield from _numbers(file, text, self.declared)
            yield from _professionals(file, text)
            yield from _addresses(file, text)


def under_oids(text: str) -> Iterator[tuple[str, str]]:
    """Every INS number that stands with its OID, in CDA or in XDM form."""
    for match in _UNDER_OID.finditer(text):
        number = match["a"] or match["c"] or match["f"]
        yield number.upper(), (match["b"] or match["d"] or match["e"]).rstrip(".")


def _numbers(file: str, text: str, declared: Iterable[str]) -> Iterator[Remark]:
    synthetic = _OWN | set(declared)
    expected = _("a number under the test OID {oid}, declared in the document").format(
        oid=NIR_TEST_OID
    )
    real = {number for number, oid in under_oids(text) if oid in REAL_OIDS}
    for number in sorted(real):
        what = _("INS number {number} under the OID of real people").format(number=hidden(number))
        yield Remark(file, "personal-data", what, expected)
    for found in (*_PLAIN.findall(text), *_GROUPED.findall(text)):
        number = "".join(c for c in found.upper() if c.isalnum())
        if number in synthetic or number in real or ins_fault(number) is not None:
            continue
        what = _("INS or NIR number {number} with a valid key").format(number=hidden(number))
        yield Remark(file, "personal-data", what, expected)


def _professionals(file: str, text: str) -> Iterator[Remark]:
    expected = _("an RPPS number of the test block (8997…)")
    told: set[str] = set()
    for match in _RPPS.finditer(text):
        told.add(_rpps(match["x"] or match["y"] or match["z"] or match["w"]))
    sure = {number for number in told if number and not number.startswith("997")}
    for number in sorted(sure):
        what = _("RPPS number {number}").format(number=hidden(number))
        yield Remark(file, "personal-data", what, expected)
    for number in _BARE_RPPS.findall(text):
        if number not in sure and luhn_holds(number):
            what = _("12 digits that look like a real RPPS number: {number}")
            yield Remark(
                file, "personal-data", what.format(number=hidden(number)), expected, "warning"
            )


def _rpps(digits: str) -> str:
    """The 11 digits of an RPPS number; empty for 12 digits of another kind of identifier."""
    if len(digits) == 11:
        return digits
    return digits[1:] if digits.startswith("8") else ""


def _addresses(file: str, text: str) -> Iterator[Remark]:
    for local, domain in dict.fromkeys(_ADDRESS.findall(_IDENTIFIERS.sub("", text))):
        low = domain.lower()
        if low.endswith(_FILES):
            continue
        if low.endswith(tuple(f".{known}" for known in TEST_DOMAINS)) or low in TEST_DOMAINS:
            continue
        shown = f"{local[:1]}…@{low}"
        if low.endswith(".mssante.fr"):
            what = _("MSSanté address {address} of a real domain").format(address=shown)
            yield Remark(file, "personal-data", what, _("an address of a test domain"))
        elif local.lower() not in _ROLES:
            what = _("mail address {address}").format(address=shown)
            expected = _("an address of a test domain (.test, .example)")
            yield Remark(file, "personal-data", what, expected, "warning")


def hidden(number: str) -> str:
    """A number that can be recognised by whoever has it before them, and used by nobody else."""
    return f"{number[:3]}…{number[-2:]}"
