"""The log-out request does not say whose session is to end."""

from collections.abc import Mapping
from dataclasses import replace

from mocks.lps.parts import Parts
from mocks.lps.sign_in import decisions as sign_in
from mocks.lps.sign_in.decisions import EndSession

row = "[PSC-ISSUES issue 39], [OIDC-LOGOUT §2]"
breaks = {
    "fr": "La demande de déconnexion ne porte pas id_token_hint.",
    "en": "The log-out request carries no id_token_hint.",
}
expects = {"psc.logout.sent-with-hint": "broken"}
may = (
    "psc.logout.again-asks",
    "story.complete",
)
shown_by = ("PSC.01.01@cps",)
face = "adapter"


def without_hint(said: EndSession) -> Mapping[str, str] | None:
    """The usual request without its ID token."""
    parameters = dict(sign_in.end_session(said) or {})
    del parameters["id_token_hint"]
    return parameters


def apply(parts: Parts) -> Parts:
    """Forget the hint."""
    return replace(parts, end_session=without_hint)
