"""Tokens of another person than the one asked for are accepted."""

from dataclasses import replace

from mocks.lps.parts import Parts

row = "[BANC-READING person asked for]"
breaks = {
    "fr": "Les jetons d’une autre personne sont acceptés.",
    "en": "Tokens of another person are accepted.",
}
expects = {"psc.refuses.ciba-subject-foreign": "broken"}
shown_by = (
    "banc:psc-ciba-login",
    "banc:psc-ciba-subject-foreign",
)
face = "desktop"
fault = "ciba.subject-foreign"


def apply(parts: Parts) -> Parts:
    """Compare nothing."""
    return replace(parts, same_person=lambda claims, person, expected: True)
