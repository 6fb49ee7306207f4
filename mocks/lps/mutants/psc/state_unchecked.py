"""The callback is taken whatever its `state`."""

from dataclasses import replace

from mocks.lps.parts import Parts

row = "[RFC 6749 §10.12]"
breaks = {
    "fr": "Le state du retour n’est pas vérifié.",
    "en": "The state of the callback is not verified.",
}
expects = {"psc.refuses.callback-state-altered": "broken"}
shown_by = (
    "banc:psc-web-login",
    "banc:psc-web-state-altered",
)
face = "adapter"
fault = "callback.state-altered"


def apply(parts: Parts) -> Parts:
    """Compare nothing."""
    return replace(parts, same_state=lambda sent, received: True)
