"""Every text in a file, and what cannot be read: mails, PDF, XML, archives in archives."""

import io
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from pypdf import PdfReader

from conformance.documents import Unreadable
from conformance.documents.cda import read_cda
from conformance.documents.mail import Mail, read_mail
from conformance.documents.pdf import pdf_text
from conformance.documents.xdm import read_xdm
from conformance.documents.xml import parse_xml
from conformance.dossier.lint.sniffing import Form, as_text, form_of_octets
from conformance.locale import _

LARGEST = 64 * 1024 * 1024
"""Octets of a file that are read whole; films and pictures are looked at in another way."""

DEEPEST = 3
_ADDRESSES = frozenset(
    {
        "from", "to", "cc", "bcc", "reply-to", "sender", "return-path", "subject", "resent-from",
        "resent-to", "delivered-to", "disposition-notification-to",
    }
)  # fmt: skip
_LARGEST_TEXT = 16 * 1024 * 1024


@dataclass(slots=True)
class Inside:
    """What stands in a file: texts to be searched, forms of members, what could not be read.

    `forms` are those of the members of an archive; `broken` a code of `documents.faults`, the
    reason why the file itself cannot be read; `cut` names what was not searched.
    """

    form: Form
    texts: list[str] = field(default_factory=list)
    forms: list[tuple[str, Form]] = field(default_factory=list)
    broken: str = ""
    cut: list[str] = field(default_factory=list)
    mail: Mail | None = None


def look_inside(path: Path, form: Form) -> Inside:
    """Read a file. Raises `OSError` when it cannot be."""
    inside = Inside(form)
    if form in ("video", "image", "audio", "binary", "empty", "ole"):
        return inside
    if path.stat().st_size > LARGEST:
        if form in ("zip", "xdm", "office"):
            inside.forms = _member_forms(path, inside)
        inside.cut.append("")
        return inside
    _read(path.read_bytes(), form, inside, "", 0)
    return inside


def _read(octets: bytes, form: Form, inside: Inside, where: str, depth: int) -> None:
    """Add the texts of `octets`; note what cannot be read, for the file or its member `where`."""
    try:
        if form in ("zip", "xdm", "office"):
            _archive(octets, inside, where, depth)
        elif form == "mail":
            _mail(octets, inside, where, depth)
        elif form == "pdf":
            inside.texts += [pdf_text(octets), pdf_information(octets)]
        elif form in ("xml", "cda"):
            _xml(octets, form, inside, where, depth)
        elif form not in ("video", "image", "audio", "binary", "empty", "ole"):
            _text(octets, inside, where)
    except Unreadable as fault:
        if where:
            inside.cut.append(where)
        else:
            inside.broken = fault.code
        if form != "pdf":
            _text(octets[:_LARGEST_TEXT], inside, where)


def _archive(octets: bytes, inside: Inside, where: str, depth: int) -> None:
    if depth >= DEEPEST:
        inside.cut.append(where)
        return
    archive = read_xdm(octets)
    for name, member in archive.members.items():
        form = form_of_octets(member[:65_536])
        if depth == 0:
            inside.forms.append((name, form))
        inside.texts.append(name)
        _read(member, form, inside, f"{where}{name}", depth + 1)


def _mail(octets: bytes, inside: Inside, where: str, depth: int) -> None:
    mail = read_mail(octets)
    if not where:
        inside.mail = mail
    for name, _raw in mail.headers:
        if name.lower() in _ADDRESSES:
            inside.texts.append(mail.header(name) or "")
    for part in mail.leaves:
        if depth >= DEEPEST:
            inside.cut.append(where)
            return
        form = form_of_octets(part.octets[:65_536])
        if part.filename:
            inside.texts.append(part.filename)
        _read(part.octets, form, inside, f"{where}{part.filename or part.path}/", depth + 1)


def _xml(octets: bytes, form: Form, inside: Inside, where: str, depth: int) -> None:
    parse_xml(octets, where)  # within its limits, or Unreadable
    _text(octets, inside, where)
    if form == "cda":
        pdf = read_cda(octets).pdf
        if pdf is not None and depth < DEEPEST:
            _read(pdf, "pdf", inside, f"{where}PDF/", depth + 1)


def _text(octets: bytes, inside: Inside, where: str) -> None:
    if len(octets) > _LARGEST_TEXT:
        inside.cut.append(where)
    text = as_text(octets[:_LARGEST_TEXT])
    if text:
        inside.texts.append(text)


def pdf_information(octets: bytes) -> str:
    """Title, subject, author and key words that a PDF states of itself; empty when it does not."""
    try:
        stated: Mapping[str, object] = PdfReader(io.BytesIO(octets)).metadata or {}
        keys = ("/Title", "/Subject", "/Author", "/Keywords")
        return "\n".join(str(stated[key])[:2000] for key in keys if stated.get(key))
    except Exception:  # noqa: BLE001 - pypdf lets any exception through on a damaged file
        return ""


def _member_forms(path: Path, inside: Inside) -> list[tuple[str, Form]]:
    """The forms of the members of a large archive, by their first octets."""
    try:
        with zipfile.ZipFile(path) as archive:
            return list(_heads(archive))
    except (zipfile.BadZipFile, OSError, ValueError, RuntimeError, NotImplementedError):
        inside.broken = "not-a-zip"
        return []


def _heads(archive: zipfile.ZipFile) -> Iterator[tuple[str, Form]]:
    for member in archive.infolist()[:500]:
        if not member.is_dir():
            with archive.open(member) as opened:
                yield member.filename, form_of_octets(opened.read(65_536))


def broken_word(code: str) -> str:
    """Why a file cannot be read, for a code of `documents.faults`."""
    return {
        "empty": _("it is empty"),
        "too-large": _("it is too large to be read"),
        "not-a-pdf": _("the PDF is damaged or cut short"),
        "encrypted": _("it is protected by a password"),
        "too-many-pages": _("it has too many pages"),
        "no-header": _("it has no header"),
        "too-deep": _("it is nested too deep"),
        "too-many-parts": _("it has too many parts"),
        "not-a-zip": _("the archive is damaged or cut short"),
        "too-many-members": _("the archive contains too many files"),
        "bomb": _("the archive swells out of all proportion"),
        "doctype": _("it declares a document type, which no document of this kind does"),
        "too-many-elements": _("it has too many elements"),
        "not-xml": _("the XML is damaged or cut short"),
        "not-cda": _("it is no CDA document"),
    }.get(code, code)
