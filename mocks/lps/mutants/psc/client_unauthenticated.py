"""Tokens are asked for without authenticating the client."""

from dataclasses import replace

from mocks.lps.parts import Parts

row = "[PSC-REF1 EXI PSC 22], [PSC-THIRD secret]"
breaks = {
    "fr": "Les jetons sont demandés sans authentifier le logiciel.",
    "en": "Tokens are asked for without client authentication.",
}
expects = {"psc.token.server-side": "broken"}
may = ("story.complete",)
shown_by = ("banc:psc-web-login",)
face = "adapter"


def apply(parts: Parts) -> Parts:
    """Send no secret."""
    return replace(parts, client_authentication="none")
