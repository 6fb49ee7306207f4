"""Any error is taken for « not yet »."""

from dataclasses import replace

from mocks.lps.parts import Parts

row = "[CIBA-CORE §11]"
breaks = {
    "fr": "Les interrogations continuent après un refus.",
    "en": "Polling goes on after a refusal.",
}
expects = {"psc.ciba.stops-after-end": "broken"}
may = ("psc.refuses.ciba-access-denied",)
shown_by = (
    "banc:psc-ciba-login",
    "banc:psc-ciba-denied",
)
face = "desktop"
fault = "ciba.access-denied"


def apply(parts: Parts) -> Parts:
    """Never stop."""
    return replace(parts, goes_on_after=lambda code: True)
