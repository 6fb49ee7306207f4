"""What the user typed, checked before it goes into a document or a mail."""

import re
from collections.abc import Sequence
from email.errors import HeaderParseError
from email.headerregistry import Address

from mocks.lps.documents.records import Recipients, RecordError

LINE_LENGTH = 200
TEXT_LENGTH = 20_000
"""Characters a title or subject, and a narrative or message, may have."""

_NOT_XML = re.compile("[^\\t\\n\\r -\\ud7ff\\ue000-\\ufffd\\U00010000-\\U0010ffff]")
"""What XML 1.0 cannot carry."""


def line_of(text: str, what: str) -> str:
    """One line of text, blanks put together. Raises `RecordError`."""
    return text_of(" ".join(text.split()), what, LINE_LENGTH)


def text_of(text: str, what: str, length: int = TEXT_LENGTH) -> str:
    """Text that is there, and that a document can hold. Raises `RecordError`."""
    if not text.strip():
        raise RecordError(f"Le champ « {what} » est vide.")
    if len(text) > length:
        raise RecordError(f"Le champ « {what} » dépasse {length} caractères.")
    if _NOT_XML.search(text):
        raise RecordError(f"Le champ « {what} » contient des caractères interdits.")
    return text


def recipients_of(to: Sequence[str], cc: Sequence[str]) -> Recipients:
    """The addresses, checked for their form. Raises `RecordError`."""
    everybody = Recipients().union(Recipients(_addresses(to), _addresses(cc)))
    if not everybody.all:
        raise RecordError("Indiquez au moins un destinataire.")
    return everybody


def _addresses(typed: Sequence[str]) -> tuple[str, ...]:
    return tuple(_address(each.strip()) for each in typed if each.strip())


def _address(typed: str) -> str:
    try:
        address = Address(addr_spec=typed)
    except (HeaderParseError, ValueError, IndexError) as failure:
        raise RecordError(f"« {typed} » n'est pas une adresse de messagerie.") from failure
    if not address.username or not address.domain or not typed.isascii() or len(typed) > 254:
        raise RecordError(f"« {typed} » n'est pas une adresse de messagerie.")
    return address.addr_spec
