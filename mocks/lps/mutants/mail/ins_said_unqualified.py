"""X-MSS-INS says that the INS is not qualified."""

from collections.abc import Mapping

from mocks.lps.mail import composing as mail
from mocks.lps.mail.letter import Desk, Letter
from mocks.lps.parts import Parts, with_documents

row = "[MSS-REF2 ECO.2.4.2]"
breaks = {
    "fr": "X-MSS-INS dit que l’INS n’est pas qualifiée.",
    "en": "X-MSS-INS says that the INS is not qualified.",
}
expects = {"mss.mail.x-mss-ins": "broken"}
shown_by = ("banc:document-life",)
face = "adapter"


def headers(letter: Letter, desk: Desk) -> Mapping[str, str]:
    """The right headers, but for one."""
    right = dict(mail.mss_headers(letter, desk))
    right["X-MSS-INS"] = "N"
    return right


def apply(parts: Parts) -> Parts:
    """X-MSS-INS says that the INS is not qualified."""
    return with_documents(parts, mss_headers=headers)
