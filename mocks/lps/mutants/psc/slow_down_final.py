"""`slow_down` is taken for a refusal."""

from dataclasses import replace

from mocks.lps.parts import Parts

row = "[CIBA-CORE §11]"
breaks = {
    "fr": "La consigne slow_down met fin à la connexion.",
    "en": "slow_down ends the login.",
}
expects = {"psc.ciba.slow-down-survived": "broken"}
shown_by = (
    "banc:psc-ciba-login",
    "banc:psc-ciba-slow-down",
)
face = "desktop"
fault = "ciba.slow-down"


def apply(parts: Parts) -> Parts:
    """Give up when told to slow down."""
    return replace(parts, goes_on_after=lambda code: code == "authorization_pending")
