"""Removes accents, for texts that are compared without them."""

import unicodedata


def fold_accents(text: str) -> str:
    """`text` with compatibility forms resolved (`ﬁ` as `fi`) and without combining marks.

    Case, blanks and punctuation stay: whoever compares says which of them count.
    """
    decomposed = unicodedata.normalize("NFKD", text)
    return "".join(c for c in decomposed if not unicodedata.combining(c))
