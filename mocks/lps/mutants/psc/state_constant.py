"""Every login has the same `state`."""

from dataclasses import replace

from mocks.lps.parts import Parts

row = "[IG-REST request]"
breaks = {
    "fr": "Le state est le même à chaque connexion.",
    "en": "The state is the same for every login.",
}
expects = {"psc.request.state-fresh": "broken"}
shown_by = ("PSC.01.01@cps",)
face = "adapter"


CONSTANT = "constant-state-of-43-characters-0123456789AB"


def apply(parts: Parts) -> Parts:
    """Draw nothing."""
    return replace(parts, new_state=lambda: CONSTANT)
