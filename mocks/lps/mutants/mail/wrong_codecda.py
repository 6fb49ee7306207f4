"""X-MSS-CODECDA names another type of document."""

from collections.abc import Mapping

from mocks.lps.mail import composing as mail
from mocks.lps.mail.letter import Desk, Letter
from mocks.lps.parts import Parts, with_documents

row = "[MSS-REF2 ECO.2.4.1]"
breaks = {
    "fr": "X-MSS-CODECDA désigne un autre type de document.",
    "en": "X-MSS-CODECDA names another type of document.",
}
expects = {"mss.mail.x-mss-codecda": "broken"}
shown_by = ("banc:document-life",)
face = "adapter"


def headers(letter: Letter, desk: Desk) -> Mapping[str, str]:
    """The right headers, but for one."""
    right = dict(mail.mss_headers(letter, desk))
    right["X-MSS-CODECDA"] = "34133-9"
    return right


def apply(parts: Parts) -> Parts:
    """X-MSS-CODECDA names another type of document."""
    return with_documents(parts, mss_headers=headers)
