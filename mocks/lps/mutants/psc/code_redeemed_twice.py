"""The authorization code is redeemed a second time."""

from contextlib import suppress
from dataclasses import replace

from mocks.lps.parts import Parts
from mocks.lps.sign_in.psc_client import Attempt, PscClient, PscError, Tokens

row = "[RFC 6749 §4.1.2]"
breaks = {
    "fr": "Le code d’autorisation est présenté deux fois.",
    "en": "The authorization code is redeemed twice.",
}
expects = {"psc.token.once": "broken"}
may = ("story.complete",)
shown_by = ("banc:psc-web-login",)
face = "adapter"


def twice(client: PscClient, code: str, attempt: Attempt) -> Tokens:
    """Redeem the code, then once more, as a page loaded again does."""
    tokens = client.exchange_code(code, attempt.code_verifier)
    with suppress(PscError):
        client.exchange_code(code, attempt.code_verifier)
    return tokens


def apply(parts: Parts) -> Parts:
    """Redeem codes twice."""
    return replace(parts, exchange=twice)
