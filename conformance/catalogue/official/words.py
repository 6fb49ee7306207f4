"""Words of the official sheets made comparable: headers, profiles, ids, texts in XHTML."""

import re
from functools import lru_cache
from html.parser import HTMLParser

from common.folding import fold_accents

_BLANKS = "\u00a0\u202f\u2007\u200b\ufeff\u2060 \t\r\n\v\f"
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_CARRIAGE = re.compile(r"_x000[dD]_\r?\n?|\r\n?")
_TAG = re.compile(r"</?(?:p|br|ul|ol|li|div|strong|em|b|i|u|table|tr|td)\b[^<>]*>", re.IGNORECASE)
_BREAKING = frozenset({"p", "br", "li", "div", "tr", "ul", "ol", "table"})


def folded(text: str) -> str:
    """`text` without accents, case, punctuation, repeated blanks: `N° Scénario` → `n scenario`."""
    return _folded_short(text) if len(text) < 80 else _folded(text)


@lru_cache(maxsize=4096)
def _folded_short(text: str) -> str:
    return _folded(text)


def _folded(text: str) -> str:
    return " ".join(re.findall(r"[a-z0-9]+", fold_accents(text).lower()))


def clean_text(text: str) -> str:
    """A cell as text: line ends as LF, no control character, no blank at its ends."""
    return _CONTROL.sub(" ", _CARRIAGE.sub("\n", text)).strip(_BLANKS)


def clean_id(text: str) -> str:
    """An id without the blanks (non-breaking ones too) around it, single spaces inside."""
    return " ".join(_CONTROL.sub(" ", text).translate({ord(c): " " for c in _BLANKS}).split())


def plain(text: str) -> str:
    """A text that may be limited XHTML, as the Convergence export writes it, without its tags."""
    if not _TAG.search(text):
        return text
    reader = _Plain()
    reader.feed(text)
    reader.close()
    lines = (" ".join(line.split()) for line in "".join(reader.parts).split("\n"))
    return "\n".join(line for line in lines if line)


class _Plain(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []

    def handle_starttag(self, tag: str, attrs: object) -> None:
        if tag in _BREAKING:
            self.parts.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in _BREAKING:
            self.parts.append("\n")

    def handle_data(self, data: str) -> None:
        self.parts.append(data)
