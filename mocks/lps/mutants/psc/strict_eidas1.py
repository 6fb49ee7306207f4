"""Only the level asked for is accepted, not a higher one."""

from dataclasses import replace

from joserfc.errors import InvalidClaimError

from mocks.lps.parts import Parts
from mocks.lps.sign_in.id_token import PscIdToken

row = "[PSC-ISSUES issue 43]"
breaks = {
    "fr": "Un niveau de garantie supérieur à eidas1 est refusé.",
    "en": "A level of assurance above eidas1 is refused.",
}
expects = {"psc.acr.higher-accepted": "broken"}
shown_by = (
    "banc:psc-web-login",
    "banc:psc-web-acr-eidas2",
)
face = "adapter"
fault = "id-token.acr-eidas2"


class Lenient(PscIdToken):
    """An ID token with one claim left unread."""

    def validate_level(self) -> None:
        """Exactly the level asked for."""
        if self.get("acr") != "eidas1":
            raise InvalidClaimError("acr")


def apply(parts: Parts) -> Parts:
    """Read ID tokens leniently."""
    return replace(parts, id_token=Lenient)
