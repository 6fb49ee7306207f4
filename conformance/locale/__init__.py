"""Sentences for people, in French (default) or English: `_()` and the catalogue behind it.

The msgid is the English sentence; `fr/LC_MESSAGES/banc.po` holds the French one. The .po file is
compiled in memory when first needed, so nothing generated is ever committed. Values are put in
afterwards, by name: `phrase("{path}: altered", path=path)`, or `_(…)` and `format`.

After adding entries anywhere in the .po file, `python -m conformance.locale` sorts it and names
what still lacks a translation.
"""

import gettext
import io
import threading
from functools import cache
from importlib import resources
from typing import Literal, get_args

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

Language = Literal["fr", "en"]
LANGUAGES: tuple[str, ...] = get_args(Language)
DEFAULT_LANGUAGE = "fr"
PO_PATH = "fr/LC_MESSAGES/banc.po"

_current = DEFAULT_LANGUAGE
_loading = threading.Lock()


def set_language(language: str) -> None:
    """Choose the language of `_()` for this process. Raises `ValueError` for an unknown one."""
    global _current
    if language not in LANGUAGES:
        raise ValueError(f"language {language!r} is unknown: expected {' or '.join(LANGUAGES)}")
    _current = language


def language() -> str:
    """The language that `_()` speaks now: `fr` or `en`."""
    return _current


def _(message: str) -> str:
    """`message` (an English sentence) in the current language."""
    return translations(_current).gettext(message) if message else ""


def _n(one: str, many: str, count: int) -> str:
    """`one` or `many`, as `count` asks, in the current language (zero is singular in French)."""
    return translations(_current).ngettext(one, many, count)


def phrase(message: str, **values: object) -> str:
    """`message` in the current language, with `values` in their places."""
    return _(message).format(**values)


def N_(message: str) -> str:  # noqa: N802 -- the name every gettext tool knows
    """Mark `message` for translation where it is defined; it is translated later, by `_()`."""
    return message


def translations(language: str) -> gettext.NullTranslations:
    """The sentences of one language, whatever the current one: for a report written in both."""
    with _loading:
        return _load(language)


@cache
def _load(language: str) -> gettext.NullTranslations:
    if language == "en":
        return gettext.NullTranslations()
    compiled = io.BytesIO()
    write_mo(compiled, read_catalogue())
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)


def read_catalogue() -> Catalog:
    """The French catalogue as it stands in the package. Raises `PoFileError` if it is malformed."""
    text = resources.files(__name__).joinpath(PO_PATH).read_bytes()
    return read_po(io.BytesIO(text), locale="fr", charset="utf-8", abort_invalid=True)
