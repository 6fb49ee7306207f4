"""A sign-in from its tokens to the person, through the parts of the product."""

from dataclasses import replace

from mocks.lps.parts import Parts
from mocks.lps.sign_in.decisions import ANOTHER_PERSON, UNTRUSTED, SignedIn, SignInRefused, refusal
from mocks.lps.sign_in.id_token import IdTokenRefused, claims_of
from mocks.lps.sign_in.person import professional_of
from mocks.lps.sign_in.psc_client import PscClient, PscError, PscUnavailable, Tokens


def complete(
    client: PscClient, parts: Parts, tokens: Tokens, nonce: str | None, expected: str | None
) -> SignedIn:
    """Verify the ID token, read userinfo at once, and make sure both speak of one person.

    `expected` is the national identifier asked for (CIBA). Raises `SignInRefused`.
    """
    try:
        claims = claims_of(
            parts.read_signed(tokens.id_token, client.keys),
            parts.id_token,
            issuer=client.issuer,
            client_id=client.client_id,
            nonce=nonce,
            access_token=tokens.access_token,
        )
        person = parts.read_person(client, tokens, claims)
    except IdTokenRefused as error:
        raise SignInRefused(UNTRUSTED, "id_token") from error
    except (PscError, PscUnavailable) as error:
        raise refusal(error) from error
    if not parts.same_person(claims, person, expected):
        raise SignInRefused(ANOTHER_PERSON, "subject")
    session_state = str(claims.get("session_state", ""))
    return SignedIn(str(claims["sub"]), professional_of(person), tokens, session_state)


def renew(client: PscClient, parts: Parts, before: SignedIn) -> SignedIn:
    """The same person with new tokens; the ID token of the answer is verified too.

    Raises `SignInRefused`: the session has then to end.
    """
    try:
        tokens = client.refresh(before.tokens)
        claims = claims_of(
            parts.read_signed(tokens.id_token, client.keys),
            parts.id_token,
            issuer=client.issuer,
            client_id=client.client_id,
            nonce=None,
            access_token=tokens.access_token,
        )
    except IdTokenRefused as error:
        raise SignInRefused(UNTRUSTED, "id_token") from error
    except (PscError, PscUnavailable) as error:
        raise refusal(error) from error
    if claims["sub"] != before.subject:
        raise SignInRefused(ANOTHER_PERSON, "subject")
    return replace(before, tokens=tokens)
