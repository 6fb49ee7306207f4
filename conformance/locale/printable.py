"""Text of strangers on a terminal: products and visitors write what would move the cursor."""

import unicodedata

_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
"""Controls, directions and half characters; not the narrow spaces of French punctuation."""


def printable(text: str) -> str:
    """`text` without what would move the cursor or colour the terminal; line ends stay."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(c if seen(c) or c == "\n" else "·" for c in text.replace("\t", " "))


def seen(character: str) -> bool:
    """Whether a character is one that a reader sees, or a space."""
    return character.isprintable() or unicodedata.category(character) not in _UNSEEN
