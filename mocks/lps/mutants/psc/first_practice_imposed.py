"""A person with several practices is not asked which."""

from dataclasses import replace

from mocks.lps.parts import Parts

row = "[PSC-DNUM practices]"
breaks = {
    "fr": "La situation d’exercice est imposée sans choix.",
    "en": "The practice is imposed, no choice is given.",
}
expects = {"psc.practice.choice-offered": "broken"}
shown_by = ("PSC.01.01@cps",)
face = "web"


def apply(parts: Parts) -> Parts:
    """Offer the first practice only."""
    return replace(parts, practices_offered=lambda person: person.practices[:1])
