"""`slow_down` changes nothing."""

from dataclasses import replace

from mocks.lps.parts import Parts

row = "[CIBA-CORE §11], [OIDF-SUITE CIBA]"
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
