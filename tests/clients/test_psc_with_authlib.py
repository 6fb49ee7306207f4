"""Authlib, a relying party that nobody here wrote, against the mock Pro Santé Connect."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx2
import pytest
from authlib.common.security import generate_token
from authlib.integrations.base_client.errors import OAuthError
from authlib.integrations.httpx_client import OAuth2Client
from authlib.oauth2.rfc6749.errors import MismatchingStateException
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from common.identities import DOCTOR
from tests.worlds.psc import PscWorld

CALLBACK = "http://127.0.0.1:9/psc/retour"


@pytest.fixture
def party(psc_world: PscWorld) -> Iterator[Any]:
    client = OAuth2Client(
        client_id=psc_world.client.client_id,
        client_secret=psc_world.client.secret,
        scope="openid scope_all",
        redirect_uri=CALLBACK,
        code_challenge_method="S256",
        token_endpoint_auth_method="client_secret_basic",
    )
    client.metadata.update(httpx2.get(psc_world.tenant.discovery_url).json())
    yield client
    client.close()


def _sign_in(party: Any, world: PscWorld) -> Any:
    """A whole login: the URL is Authlib's, the gestures at the wallet are a person's."""
    verifier, nonce = generate_token(48), generate_token(24)
    url, state = party.create_authorization_url(
        party.metadata["authorization_endpoint"],
        code_verifier=verifier,
        nonce=nonce,
        acr_values="eidas1",
    )
    asked = dict(parse_qsl(urlsplit(url).query))
    back = world.sign_in(**asked)
    answer = f"{CALLBACK}?{httpx2.QueryParams(back)}"
    tokens = party.fetch_token(
        party.metadata["token_endpoint"],
        authorization_response=answer,
        code_verifier=verifier,
        state=state,
    )
    return tokens, nonce


def _claims(party: Any, tokens: Any, nonce: str) -> Any:
    keys = KeySet.import_key_set(httpx2.get(party.metadata["jwks_uri"]).json())
    token = jwt.decode(tokens["id_token"], keys, algorithms=["RS256"])
    wanted: dict[str, Any] = {
        "iss": {"essential": True, "value": party.metadata["issuer"]},
        "aud": {"essential": True, "value": party.client_id},
        "nonce": {"essential": True, "value": nonce},
    }
    jwt.JWTClaimsRegistry(**wanted).validate(token.claims)
    return token.claims


def test_authlib_signs_in_reads_userinfo_refreshes_and_signs_out(
    party: Any, psc_world: PscWorld
) -> None:
    tokens, nonce = _sign_in(party, psc_world)
    claims = _claims(party, tokens, nonce)
    identity = party.get(party.metadata["userinfo_endpoint"]).json()
    renewed = party.refresh_token(party.metadata["token_endpoint"])
    told = party.introspect_token(
        party.metadata["introspection_endpoint"], token=renewed["access_token"]
    ).json()
    party.revoke_token(party.metadata["revocation_endpoint"], token=renewed["refresh_token"])
    after = party.get(party.metadata["userinfo_endpoint"])

    assert identity["sub"] == claims["sub"] == DOCTOR.sub
    assert renewed["refresh_token"] != tokens["refresh_token"]
    assert told["active"] is True
    assert after.status_code == 401


def test_authlib_sees_an_altered_state(party: Any, psc_world: PscWorld) -> None:
    psc_world.tenant.faults.arm("callback.state-altered")

    with pytest.raises(MismatchingStateException):
        _sign_in(party, psc_world)


def test_authlib_gets_no_token_out_of_a_refusal(party: Any, psc_world: PscWorld) -> None:
    psc_world.tenant.faults.arm("callback.error-access-denied")

    with pytest.raises(OAuthError):
        _sign_in(party, psc_world)


@pytest.mark.parametrize(
    "fault",
    [
        "id-token.nonce-foreign",
        "id-token.key-foreign",
        "id-token.signature-altered",
        "id-token.alg-none",
        "id-token.alg-hs256",
        "id-token.expired",
        "id-token.aud-foreign",
        "id-token.iss-foreign",
    ],
)
def test_an_honest_check_of_the_id_token_sees_every_falsification(
    party: Any, psc_world: PscWorld, fault: str
) -> None:
    psc_world.tenant.faults.arm(fault)
    tokens, nonce = _sign_in(party, psc_world)

    with pytest.raises((JoseError, ValueError)):
        _claims(party, tokens, nonce)


def test_a_higher_level_passes_an_honest_check(party: Any, psc_world: PscWorld) -> None:
    psc_world.tenant.faults.arm("id-token.acr-eidas2")
    tokens, nonce = _sign_in(party, psc_world)

    assert _claims(party, tokens, nonce)["acr"] == "eidas2"
