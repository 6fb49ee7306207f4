"""A login that did not succeed ends without a word."""

from dataclasses import replace

from mocks.lps.parts import Parts

row = "[BANC-READING failure]"
breaks = {
    "fr": "L’échec de l’identification n’est pas annoncé.",
    "en": "The failure of a login is not shown.",
}
expects = {"psc.refuses.ciba-access-denied": "unclear", "psc.refuses.ciba-expired": "unclear"}
shown_by = (
    "banc:psc-ciba-login",
    "banc:psc-ciba-denied",
    "banc:psc-ciba-expired",
)
face = "desktop"
fault = "ciba.access-denied"


def apply(parts: Parts) -> Parts:
    """Say nothing."""
    return replace(parts, refusal_shown=lambda refused: "")
