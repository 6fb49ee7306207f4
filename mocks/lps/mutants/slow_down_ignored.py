"""`slow_down` changes nothing."""

from dataclasses import replace

from mocks.lps.parts import Parts

row = "psc.md §8.1 M11"
breaks = {
    "fr": "La consigne slow_down est ignorée.",
    "en": "slow_down is ignored.",
}
expects = {"psc.ciba.slow-down-honoured": "broken"}
shown_by = (
    "banc:psc-ciba-login",
    "banc:psc-ciba-slow-down",
)
face = "desktop"
fault = "ciba.slow-down"


def apply(parts: Parts) -> Parts:
    """Keep the pace."""
    return replace(parts, after_slow_down=lambda interval: interval)
