"""The PKCE challenge is the verifier itself."""

from collections.abc import Mapping
from dataclasses import replace

from mocks.lps.parts import Parts
from mocks.lps.sign_in import decisions as sign_in
from mocks.lps.sign_in.psc_client import Attempt

row = "[RFC 7636 §4.2]"
breaks = {
    "fr": "Le défi PKCE est envoyé en clair (méthode plain).",
    "en": "The PKCE challenge is sent as plain.",
}
expects = {"psc.pkce.s256": "broken"}
may = ("story.complete",)
shown_by = ("banc:psc-web-login",)
face = "adapter"


def request(attempt: Attempt, redirect_uri: str) -> Mapping[str, str]:
    """The right request, but for one parameter."""
    asked = dict(sign_in.authorization_request(attempt, redirect_uri))
    asked.update(code_challenge=attempt.code_verifier, code_challenge_method="plain")
    return asked


def apply(parts: Parts) -> Parts:
    """Send another authorization request."""
    return replace(parts, authorization_request=request)
