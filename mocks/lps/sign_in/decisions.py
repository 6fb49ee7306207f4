"""What both ways of signing in share, and the decisions that make them safe.

Each decision is a small function named in `Parts`: read here what the product does, replace it
there to see what the bench says.
"""

import hmac
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from authlib.oauth2.rfc7636 import create_s256_code_challenge

from common.identities import Practice, Professional
from mocks.lps.sign_in.person import Claims, national_id_of
from mocks.lps.sign_in.psc_client import Attempt, PscClient, PscError, PscUnavailable, Tokens

if TYPE_CHECKING:
    pass

SCOPE = "openid scope_all"
LEVEL = "eidas1"
BUTTON = "S’identifier avec Pro Santé Connect"

REFUSALS = {
    "access_denied": "L’identification a été refusée dans Pro Santé Connect.",
    "login_required": "Pro Santé Connect demande une nouvelle identification.",
    "temporarily_unavailable": "Pro Santé Connect est momentanément indisponible.",
    "server_error": "Pro Santé Connect a rencontré une erreur.",
    "expired_token": "Le délai d’identification est dépassé.",
    "invalid_grant": "L’identification n’est plus valable.",
    "unknown_user_id": "Cet identifiant national n’est pas connu de Pro Santé Connect.",
    "unauthorized_client": "Le logiciel n’est pas autorisé à utiliser Pro Santé Connect.",
    "invalid_client": "Le logiciel n’est pas reconnu par Pro Santé Connect.",
    "invalid_request": "Pro Santé Connect n’a pas accepté la demande d’identification.",
}
OUTAGE = "Pro Santé Connect ne répond pas. Réessayez dans quelques instants."
UNTRUSTED = "La réponse de Pro Santé Connect n’a pas pu être vérifiée."
ANOTHER_PERSON = "La personne identifiée n’est pas celle qui était attendue."
STALE = "Cette demande d’identification n’est pas, ou n’est plus, la vôtre."


class SignInRefused(Exception):
    """Nobody is signed in. The text is French, for the screen; `code` is for the traces."""

    def __init__(self, message: str, code: str) -> None:
        super().__init__(message)
        self.message = message
        self.code = code


@dataclass(frozen=True, slots=True)
class SignedIn:
    """One person signed in; `session_state` names the PSC session in the traces."""

    subject: str
    professional: Professional
    tokens: Tokens = field(repr=False)
    session_state: str


def discovery_address(configured: str) -> str:
    """Where the discovery document is read: the address given by the ANS, its name included."""
    return configured


def authorization_endpoint(metadata: Claims) -> str:
    """Where the browser is sent: the address that the discovery document gives (the wallet's).

    Raises `PscUnavailable` when it gives none.
    """
    endpoint = metadata.get("authorization_endpoint")
    if not isinstance(endpoint, str):
        raise PscUnavailable("discovery lacks authorization_endpoint")
    return endpoint


def authorization_request(attempt: Attempt, redirect_uri: str) -> Mapping[str, str]:
    """The authorization request but for the client id [IG-REST request]: code flow, PKCE S256."""
    return {
        "response_type": "code",
        "redirect_uri": redirect_uri,
        "scope": SCOPE,
        "acr_values": LEVEL,
        "state": attempt.state,
        "nonce": attempt.nonce,
        "code_challenge": create_s256_code_challenge(attempt.code_verifier),
        "code_challenge_method": "S256",
    }


def backchannel_request(national_id: str, digits: str, channel: str) -> Mapping[str, str]:
    """The CIBA request [PSC-EDC request]."""
    return {
        "scope": SCOPE,
        "login_hint": national_id,
        "binding_message": digits,
        "channel": channel,
        "acr_values": LEVEL,
    }


def exchange(client: PscClient, code: str, attempt: Attempt) -> Tokens:
    """Redeem the code, once, with the verifier of the attempt it answers."""
    return client.exchange_code(code, attempt.code_verifier)


def refusal(error: PscError | PscUnavailable) -> SignInRefused:
    """What to show for an answer of Pro Santé Connect that is not a sign-in."""
    if isinstance(error, PscUnavailable):
        return SignInRefused(OUTAGE, "unavailable")
    return refusal_for(error.code)


def refusal_for(code: str) -> SignInRefused:
    """The sentence for an OAuth 2 error code; an unknown one gets a general sentence."""
    message = REFUSALS.get(code, "L’identification par Pro Santé Connect n’a pas abouti.")
    return SignInRefused(message, code)


def read_person(client: PscClient, tokens: Tokens, claims: Claims) -> Claims:
    """The identity data, from userinfo, right after the tokens (they live two minutes)."""
    return client.userinfo(tokens)


def same_person(claims: Claims, person: Claims, expected: str | None) -> bool:
    """Whether ID token, userinfo and the person asked for are one [OIDC-CORE §5.3.2].

    `SubjectNameID` may be another identifier of the person [PSC-TOGGLE identifier]: `sub` decides.
    """
    if not person.get("sub") or person["sub"] != claims.get("sub") or not national_id_of(person):
        return False
    return expected is None or str(claims["sub"]).rsplit(":", 1)[-1] == expected


@dataclass(frozen=True, slots=True)
class ShownIdentity:
    """How the product names who is connected."""

    name: str
    national_id: str


def shown_identity(person: Professional) -> ShownIdentity:
    """The person's own name and national identifier."""
    return ShownIdentity(person.name, person.national_id)


def practices_offered(person: Professional) -> tuple[Practice, ...]:
    """The practices to choose among: all of them [PSC-DNUM practices]."""
    return person.practices


def refusal_shown(refused: SignInRefused) -> str:
    """What the screen says of a sign-in that did not succeed."""
    return refused.message


def same_state(sent: str, received: str) -> bool:
    """Whether the callback answers the request that this browser sent."""
    return hmac.compare_digest(sent.encode(), received.encode())


@dataclass(frozen=True, slots=True)
class EndSession:
    """What a logout request can say; no return address and no `state` from a server."""

    id_token: str = field(repr=False)
    return_to: str | None
    state: str | None


def end_session(said: EndSession) -> Mapping[str, str] | None:
    """Parameters of RP-initiated logout 1.0, or None to leave the PSC session alone."""
    parameters = {"id_token_hint": said.id_token}
    if said.return_to:
        parameters["post_logout_redirect_uri"] = said.return_to
    if said.state:
        parameters["state"] = said.state
    return parameters


def when_idle(end_psc_session: Callable[[], None]) -> None:
    """What inactivity does to the PSC session: nothing [PSC-ISSUES issue 39]."""


def new_digits() -> str:
    """Two random digits, 00 to 99, fresh for each request [PSC-EDC binding message]."""
    return f"{secrets.randbelow(100):02d}"


def shown_digits(digits: str) -> str:
    """What the waiting screen shows of them: all."""
    return digits


def wait_between_polls(interval: float) -> float:
    """Seconds to wait before the next poll, never less than the interval in force."""
    return interval + 0.05


def after_slow_down(interval: float) -> float:
    """The interval for all later polls once the provider said `slow_down` [CIBA-CORE §11]."""
    return interval + 5


def goes_on_after(code: str) -> bool:
    """Whether an error of a poll means that the person has not answered yet."""
    return code in {"authorization_pending", "slow_down"}
