"""The two digits are always the same."""

from dataclasses import replace

from mocks.lps.parts import Parts

row = "[PSC-EDC binding message]"
breaks = {
    "fr": "Les deux chiffres sont toujours 00.",
    "en": "The two digits are always 00.",
}
expects = {"psc.ciba.binding-fresh": "broken"}
shown_by = (
    "PSC.01.03@ecps",
    "PSC.01.03@cps",
)
face = "desktop"


def apply(parts: Parts) -> Parts:
    """Draw nothing."""
    return replace(parts, new_digits=lambda: "00")
