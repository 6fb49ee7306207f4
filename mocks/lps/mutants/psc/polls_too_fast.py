"""Polls follow one another without a pause."""

from dataclasses import replace

from mocks.lps.parts import Parts

row = "[CIBA-CORE §7.3], [OIDF-SUITE CIBA]"
breaks = {
    "fr": "Les interrogations ne respectent pas l’intervalle annoncé.",
    "en": "Polls do not respect the announced interval.",
}
expects = {"psc.ciba.polling-interval": "broken"}
may = ("story.complete",)
shown_by = ("banc:psc-ciba-login",)
face = "desktop"


def apply(parts: Parts) -> Parts:
    """Hardly wait."""
    return replace(parts, wait_between_polls=lambda interval: 0.005)
