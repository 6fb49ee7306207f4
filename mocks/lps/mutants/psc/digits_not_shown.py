"""The waiting screen does not show the two digits."""

from dataclasses import replace

from mocks.lps.parts import Parts

row = "[PSC-EDC binding message]"
breaks = {
    "fr": "L’écran d’attente n’affiche pas les deux chiffres.",
    "en": "The waiting screen does not show the two digits.",
}
expects = {"psc.ciba.digits-shown": "broken"}
shown_by = ("banc:psc-ciba-login",)
face = "window"


def apply(parts: Parts) -> Parts:
    """Show nothing."""
    return replace(parts, shown_digits=lambda digits: "")
