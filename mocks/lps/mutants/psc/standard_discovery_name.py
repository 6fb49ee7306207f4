"""The discovery document is asked for under its standard name."""

from dataclasses import replace

from mocks.lps.parts import Parts

row = "[PSC-CONNECTOR discovery]"
breaks = {
    "fr": "Le document de découverte est demandé sous son nom standard.",
    "en": "The discovery document is asked for under its standard name.",
}
expects = {"psc.discovery.psc-name": "broken"}
may = ("story.complete",)
shown_by = ("banc:psc-web-login",)
face = "adapter"


def apply(parts: Parts) -> Parts:
    """Read the discovery document under another name."""
    return replace(
        parts,
        discovery_address=lambda address: address.replace("wallet-openid", "openid"),
    )
