"""Which sentences of the sources are marked for translation, and which of them lack French."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_file

_KEYWORDS = {
    "_": None,
    "N_": None,
    "phrase": None,
    "_n": (1, 2),
    "ngettext": (1, 2),
    "gettext": None,
}
_EXTRACTORS = {".py": "python", ".html": "jinja2.ext:babel_extract"}


@dataclass(frozen=True, slots=True)
class Marked:
    """One marked sentence and where it stands; of a plural, the singular."""

    message: str
    path: Path
    line: int


def marked_sentences(folder: Path) -> Iterator[Marked]:
    """Every sentence marked in the Python modules and HTML templates under `folder`."""
    for path in sorted(folder.rglob("*")):
        method = _EXTRACTORS.get(path.suffix)
        if method is None:
            continue
        options = {"encoding": "utf-8", "silent": "false"}
        for line, message, *_rest in extract_from_file(method, path, _KEYWORDS, options=options):
            sentence = message if isinstance(message, str) else message[0]
            if sentence:
                yield Marked(sentence, path.relative_to(folder.parent), line)


def untranslated(catalogue: Catalog, sentences: Iterable[Marked]) -> list[Marked]:
    """Those of `sentences` that have no French, or only a doubtful (`fuzzy`) one."""
    lacking = []
    for sentence in sentences:
        entry = catalogue.get(sentence.message)
        if entry is None or entry.fuzzy or not _complete(entry.string):
            lacking.append(sentence)
    return lacking


def _complete(french: str | Iterable[str] | None) -> bool:
    return all(french) if isinstance(french, list | tuple) else bool(french)
