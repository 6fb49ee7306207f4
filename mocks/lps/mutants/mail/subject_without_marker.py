"""The subject is the title of the document."""

from mocks.lps.mail import composing as mail
from mocks.lps.mail.letter import Letter
from mocks.lps.parts import Parts, with_documents

row = "[MSS-REF2 ECO.2.1.3]"
breaks = {
    "fr": "L’objet ne porte pas XDM/1.0/DDM.",
    "en": "The subject does not carry XDM/1.0/DDM.",
}
expects = {"mss.mail.subject-xdm": "broken"}
shown_by = ("banc:document-life",)
face = "adapter"


def plain(letter: Letter) -> str:
    """What a person would write."""
    return mail.subject_of(letter).removeprefix("XDM/1.0/DDM+")


def apply(parts: Parts) -> Parts:
    """The subject is the title of the document."""
    return with_documents(parts, subject_of=plain)
