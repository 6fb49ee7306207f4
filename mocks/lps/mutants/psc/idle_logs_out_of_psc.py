"""Doing nothing for too long ends the PSC session as well."""

from dataclasses import replace

from mocks.lps.parts import Parts

row = "[PSC-ISSUES issue 39]"
breaks = {
    "fr": "L’inactivité ferme aussi la session Pro Santé Connect.",
    "en": "Inactivity also ends the PSC session.",
}
expects = {"psc.logout.idle-spares-psc": "broken"}
shown_by = ("banc:psc-web-idle",)
face = "adapter"


def apply(parts: Parts) -> Parts:
    """Log out of PSC when idle."""
    return replace(parts, when_idle=lambda end_psc_session: end_psc_session())
