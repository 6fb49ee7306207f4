"""Every login has the same `nonce`."""

from dataclasses import replace

from mocks.lps.parts import Parts

row = "[IG-REST request], [OIDF-SUITE client]"
breaks = {
    "fr": "Le nonce est le même à chaque connexion.",
    "en": "The nonce is the same for every login.",
}
expects = {"psc.request.nonce-fresh": "broken"}
shown_by = ("PSC.01.01@cps",)
face = "adapter"


CONSTANT = "constant-nonce-of-43-characters-0123456789AB"


def apply(parts: Parts) -> Parts:
    """Draw nothing."""
    return replace(parts, new_nonce=lambda: CONSTANT)
