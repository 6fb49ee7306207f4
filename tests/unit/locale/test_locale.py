"""French sentences: present, whole, in order, with the same values as the English ones."""

import re
from collections.abc import Iterator
from importlib import resources
from pathlib import Path

import pytest

import conformance
from conformance import locale
from conformance.locale.__main__ import sorted_text
from conformance.locale.marked import marked_sentences, untranslated

SOURCES = Path(conformance.__file__).parent
PLACE = re.compile(r"\{(\w*)[^}]*\}|%\((\w+)\)")


@pytest.fixture(autouse=True)
def _same_language_afterwards() -> Iterator[None]:
    before = locale.language()
    yield
    locale.set_language(before)


def test_every_marked_sentence_has_its_french() -> None:
    catalogue = locale.read_catalogue()

    lacking = untranslated(catalogue, marked_sentences(SOURCES))

    assert [f"{s.path}:{s.line}: {s.message}" for s in lacking] == []


def test_a_translation_holds_the_same_values_as_its_sentence() -> None:
    catalogue = locale.read_catalogue()

    def values(text: str) -> set[str]:
        return {name for pair in PLACE.findall(text) for name in pair if name}

    wrong = []
    for entry in catalogue:
        english = entry.id if isinstance(entry.id, str) else entry.id[-1]
        french = [entry.string] if isinstance(entry.string, str) else entry.string or ()
        wrong += [f"{english} / {text}" for text in french if values(text) != values(english)]

    assert wrong == []


def test_the_catalogue_is_in_order_so_that_two_additions_seldom_meet() -> None:
    text = resources.files("conformance.locale").joinpath(locale.PO_PATH).read_text("utf-8")

    expected = sorted_text(locale.read_catalogue())

    assert text == expected, "run: python -m conformance.locale"


def test_an_unmarked_translation_is_still_reported_as_lacking(tmp_path: Path) -> None:
    module = tmp_path / "conformance" / "room.py"
    module.parent.mkdir()
    module.write_text('_("A sentence that nobody translated.")\n', encoding="utf-8")

    lacking = untranslated(locale.read_catalogue(), marked_sentences(module.parent))

    assert [(s.message, s.line) for s in lacking] == [("A sentence that nobody translated.", 1)]


def test_an_unknown_language_is_refused_by_name() -> None:
    with pytest.raises(ValueError, match="'de' is unknown: expected fr or en"):
        locale.set_language("de")


def test_english_is_the_sentence_itself() -> None:
    locale.set_language("en")

    said = locale._("No such sentence anywhere.")

    assert said == "No such sentence anywhere."
