"""The INS number of the document has a wrong key."""

from collections.abc import Sequence

from mocks.lps.documents import cda
from mocks.lps.documents.records import Version
from mocks.lps.documents.submission import Addressee
from mocks.lps.parts import Parts, with_documents

row = "[INS-FORM key]"
breaks = {
    "fr": "Le numéro INS du document a une clé fausse.",
    "en": "The INS number of the document has a wrong key.",
}
expects = {"cda.ins-key": "broken"}
may = (
    "xdm.metadata-matches-cda",
    "mss.mail.patient-address",
)
shown_by = ("banc:document-life",)
face = "adapter"


def spoilt(version: Version, addressees: Sequence[Addressee]) -> bytes:
    """The right document, but for one thing."""
    right = cda.cda_of(version, addressees)
    number = version.patient.ins
    wrong = f"{number[:-2]}{(int(number[-2:]) + 1) % 97:02d}"
    return right.replace(number.encode(), wrong.encode())


def apply(parts: Parts) -> Parts:
    """The INS number of the document has a wrong key."""
    return with_documents(parts, cda_of=spoilt)
