"""One way to fold accents, and what each caller adds to it."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.folding import fold_accents
from conformance.catalogue.official.words import folded
from conformance.documents.pdf import normalise
from conformance.dossier.lint.naming import same_words
from conformance.drivers.person.typed import plain


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Éléonore d'Haÿ", "Eleonore d'Hay"),
        ("e\u0301te\u0301", "ete"),
        ("ﬁche n°\u00a04", "fiche n° 4"),
        ("cœur ß Ł", "cœur ß Ł"),
        ("", ""),
    ],
)
def test_accents_go_and_case_stays(text: str, expected: str) -> None:
    assert fold_accents(text) == expected


@given(st.text())
def test_what_is_folded_has_no_mark_and_stays_as_it_is(text: str) -> None:
    once = fold_accents(text)

    assert not any(map(unicodedata.combining, once))
    assert fold_accents(once) == once


def test_each_reader_adds_what_does_not_count_for_it() -> None:
    text = "L’État  de\u00ad santé N°\u00a04"

    assert normalise(text) == "l'etat de sante n° 4"
    assert plain(text) == "l’etat de\u00ad sante n° 4"
    assert folded(text) == "l etat de sante n 4"
    assert same_words(text, "letatdesante-n4")
