"""Logging out ends the session of the product only."""

from dataclasses import replace

from mocks.lps.parts import Parts

row = "[FAQ-B film], [PSC-ISSUES issue 39]"
breaks = {
    "fr": "La déconnexion ne ferme pas la session Pro Santé Connect.",
    "en": "Logging out does not end the PSC session.",
}
expects = {"psc.logout.sent-with-hint": "broken", "psc.logout.again-asks": "broken"}
may = ("story.complete",)
shown_by = ("PSC.01.01@cps",)
face = "adapter"


def apply(parts: Parts) -> Parts:
    """Leave the PSC session alone."""
    return replace(parts, end_session=lambda said: None)
