"""The traits of the INS lack the place of birth."""

from collections.abc import Sequence

from mocks.lps.documents import cda
from mocks.lps.documents.records import Version
from mocks.lps.documents.submission import Addressee
from mocks.lps.parts import Parts, with_documents

row = "[CISIS-SCHEMATRON INS traits]"
breaks = {
    "fr": "Le lieu de naissance manque aux traits de l’INS.",
    "en": "The place of birth is missing from the traits.",
}
expects = {"cda.ins-traits": "broken"}
may = ("cda.readable",)
shown_by = ("banc:document-life",)
face = "adapter"


def spoilt(version: Version, addressees: Sequence[Addressee]) -> bytes:
    """The right document, but for one thing."""
    right = cda.cda_of(version, addressees)
    place = f"<county>{version.patient.birthplace_cog}</county>"
    return right.replace(place.encode(), b"<county/>")


def apply(parts: Parts) -> Parts:
    """The traits of the INS lack the place of birth."""
    return with_documents(parts, cda_of=spoilt)
