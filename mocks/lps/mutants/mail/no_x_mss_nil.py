"""Mails do not carry the product's reference."""

from collections.abc import Mapping

from mocks.lps.mail import composing as mail
from mocks.lps.mail.letter import Desk, Letter
from mocks.lps.parts import Parts, with_documents

row = "[MSS-REF2 ECO.2.4.3]"
breaks = {
    "fr": "Les messages ne portent pas X-MSS-NIL.",
    "en": "Mails carry no X-MSS-NIL.",
}
expects = {"mss.mail.x-mss-nil": "broken"}
shown_by = ("banc:document-life",)
face = "adapter"


def headers(letter: Letter, desk: Desk) -> Mapping[str, str]:
    """The right headers, but for one."""
    right = dict(mail.mss_headers(letter, desk))
    del right["X-MSS-NIL"]
    return right


def apply(parts: Parts) -> Parts:
    """Mails do not carry the product's reference."""
    return with_documents(parts, mss_headers=headers)
