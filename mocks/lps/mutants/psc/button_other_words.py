"""The button does not say what it leads to."""

from dataclasses import replace

from mocks.lps.parts import Parts

row = "[PSC-BUTTON wording]"
breaks = {
    "fr": "Le bouton de connexion ne nomme pas Pro Santé Connect.",
    "en": "The login button does not name Pro Santé Connect.",
}
expects = {"psc.button.wording": "broken"}
shown_by = ("PSC.01.01@cps",)
face = "web"


def apply(parts: Parts) -> Parts:
    """Label the button otherwise."""
    return replace(parts, button="Connexion sécurisée")
