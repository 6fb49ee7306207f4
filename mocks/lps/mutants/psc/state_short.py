"""The `state` has eight characters."""

from dataclasses import replace

from authlib.common.security import generate_token

from mocks.lps.parts import Parts

row = "[BANC-READING state length], [RFC 6749 §10.10]"
breaks = {
    "fr": "Le state est trop court pour être imprévisible.",
    "en": "The state is too short to be unguessable.",
}
expects = {"psc.request.state-length": "broken"}
shown_by = ("banc:psc-web-login",)
face = "adapter"


def apply(parts: Parts) -> Parts:
    """Draw short states."""
    return replace(parts, new_state=lambda: generate_token(8))
