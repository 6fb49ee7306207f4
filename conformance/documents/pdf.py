"""Reads a PDF: its text, made comparable, and what it claims of PDF/A."""

import io
import logging
from dataclasses import dataclass

from pypdf import PdfReader
from pypdf.generic import StreamObject

from common.folding import fold_accents
from conformance.documents.faults import Unreadable
from conformance.documents.xml import Element, parse_xml

logging.getLogger("pypdf").setLevel(logging.CRITICAL)
"""What is amiss in a stranger's PDF is told in our words, once, not on the terminal besides."""

MAX_OCTETS = 64 * 1024 * 1024
MAX_PAGES = 300
PDFAID = "{http://www.aiim.org/pdfa/ns/id/}"
SCAN_BELOW = 20
"""A document with fewer readable characters than this is a picture of a text."""


@dataclass(frozen=True, slots=True)
class PdfClaim:
    """What the XMP packet says: `part` 1, 2, 3… and `conformance` `A`, `B`, `U`; None if nothing.

    A claim is no proof: only a validator tells whether the file is what it says.
    """

    part: int | None
    conformance: str | None


def pdf_text(octets: bytes) -> str:
    """The text of every page, normalised (see `normalise`); empty for a scan.

    Raises `Unreadable`: `empty`, `too-large`, `not-a-pdf`, `encrypted`, `too-many-pages`.
    """
    reader = _open(octets)
    try:
        count = len(reader.pages)
        if count > MAX_PAGES:
            raise Unreadable("too-many-pages", f"the PDF has {count} pages: at most {MAX_PAGES}")
        return normalise("\n".join(page.extract_text() for page in reader.pages))
    except Unreadable:
        raise
    except Exception as error:  # pypdf lets any exception through on a damaged file
        raise _damaged(error) from error


def pdf_claim(octets: bytes) -> PdfClaim:
    """The PDF/A claim. Raises `Unreadable` as `pdf_text` does."""
    reader = _open(octets)
    try:
        metadata = reader.root_object.get("/Metadata")
        packet = metadata.get_object() if metadata is not None else None
        raw = packet.get_data() if isinstance(packet, StreamObject) else b""
    except Exception as error:  # pypdf lets any exception through on a damaged file
        raise _damaged(error) from error
    if not raw.strip():
        return PdfClaim(None, None)
    root = parse_xml(raw.strip(b"\0 \r\n\t"), "the XMP packet of the PDF")
    part = _said(root, "part")
    return PdfClaim(int(part) if part.isascii() and part.isdigit() else None, _conformance(root))


def is_scan(text: str) -> bool:
    """Whether `text` (of `pdf_text`) is too short to be that of a document."""
    return len(text) < SCAN_BELOW


def normalise(text: str) -> str:
    """`text` without accents, case, soft hyphens and doubled blanks, to compare wordings."""
    kept = fold_accents(text.replace("\u00ad", ""))
    return " ".join(kept.replace("\u2019", "'").casefold().split())


def _open(octets: bytes) -> PdfReader:
    if not octets:
        raise Unreadable("empty", "the PDF is empty")
    if len(octets) > MAX_OCTETS:
        raise Unreadable("too-large", f"the PDF has {len(octets)} octets: at most {MAX_OCTETS}")
    if not octets.startswith(b"%PDF-"):
        raise Unreadable("not-a-pdf", "the file does not begin with %PDF-")
    try:
        reader = PdfReader(io.BytesIO(octets))
        encrypted = reader.is_encrypted
    except Exception as error:  # pypdf lets any exception through on a damaged file
        raise _damaged(error) from error
    if encrypted:
        raise Unreadable("encrypted", "the PDF is encrypted")
    return reader


def _damaged(error: Exception) -> Unreadable:
    return Unreadable("not-a-pdf", f"the PDF is damaged ({type(error).__name__}: {error})")


def _said(root: Element, name: str) -> str:
    """A pdfaid property, written as an element or as an attribute (RDF allows both)."""
    tag = f"{PDFAID}{name}"
    for node in root.iter():
        if node.tag == tag:
            return (node.text or "").strip()
        if tag in node.attrib:
            return str(node.attrib[tag]).strip()
    return ""


def _conformance(root: Element) -> str | None:
    return _said(root, "conformance").upper() or None
