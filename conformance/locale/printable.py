"""Text of strangers on a terminal: products and visitors write what would move the cursor."""


def printable(text: str) -> str:
    """`text` without what would move the cursor or colour the terminal; line ends stay."""
    return "".join(c if c.isprintable() or c == "\n" else "·" for c in text.replace("\t", " "))
