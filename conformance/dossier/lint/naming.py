"""Which proof a file is for, and what its name says of the product.

The name begins with the proof id, `/` and `:` written `_`; the advice in the field is
`{id}_{product}_{version}.ext` [DMN-ADVICE naming], a weak source.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import PurePosixPath

from common.folding import fold_accents

_VERSION = re.compile(r"[vV]?\d+(?:\.\d+)+|[vV]\d+")
_REHEARSAL = re.compile(r"(?:^|[^a-z])(?:repetition|rehearsal)(?:$|[^a-z])")


@dataclass(frozen=True, slots=True)
class Named:
    """What a name says: proof ids, product and version (empty: nothing), whether a rehearsal."""

    ids: tuple[str, ...]
    product: str = ""
    version: str = ""
    rehearsal: bool = False


class Names:
    """Finds proof ids in file names; `ids` are those of the catalogue."""

    def __init__(self, ids: Iterable[str]) -> None:
        self._known = {_folded(name): name for name in ids}
        longest = sorted(self._known, key=len, reverse=True)
        choice = "|".join(map(re.escape, longest)) or r"(?!)"
        self._pattern = re.compile(rf"(?<![a-z0-9.])(?:{choice})(?![a-z0-9]|\.[0-9])")

    def of(self, name: str) -> Named:
        """What the name of a file says; the folders it stands in count when it names no proof."""
        path = PurePosixPath(name)
        for part in (path.name, *(parent.name for parent in path.parents if parent.name)):
            stem = part if part != path.name else path.name.removesuffix(path.suffix)
            folded = _folded(stem)
            found = list(self._pattern.finditer(folded))
            if found:
                ids = tuple(dict.fromkeys(self._known[match[0]] for match in found))
                rest = stem[found[-1].end() :].strip("_- ")
                product, version = _product(rest)
                return Named(ids, product, version, bool(_REHEARSAL.search(_folded(name))))
        return Named((), rehearsal=bool(_REHEARSAL.search(_folded(name))))


def same_words(one: str, other: str) -> bool:
    """Whether two names of products differ by no more than case, accents and separators."""
    return _letters(one) == _letters(other)


def _product(rest: str) -> tuple[str, str]:
    """`Product_1.2` as product and version; any other text says nothing of them."""
    product, _underscore, version = rest.rpartition("_")
    if not _VERSION.fullmatch(version):
        return "", ""
    return product.strip("_- "), version.lstrip("vV")


def _letters(text: str) -> str:
    return "".join(c for c in fold_accents(text.casefold()) if c.isalnum())


def _folded(text: str) -> str:
    """One character for one, so that places stay: separators are one, case and accents none."""
    return "".join("_" if c in "/:\\ -" else _plain(c) for c in text)


def _plain(char: str) -> str:
    return fold_accents(char.casefold())[:1] or char
