"""Issues the tokens of a login: RS256 access and ID tokens, opaque refresh token [PSC-POC]."""

import hashlib
import secrets
import uuid

from joserfc import jwt

from common.recording import Secret
from mocks.psc.http.call import Call
from mocks.psc.keys import Keys
from mocks.psc.state import AccessToken, Grant, RefreshToken
from mocks.psc.tokens import forgery


def issue(call: Call, grant: Grant) -> dict[str, object]:
    """New tokens for `grant`, as the token endpoint answers them; the facts say what was issued.

    Without `openid` in the scope there is no ID token [OIDC-CORE §3.1.3.3].
    """
    access = _access_token(call, grant)
    refresh, refresh_expires_in = _refresh_token(call, grant)
    answer: dict[str, object] = {
        "access_token": access,
        "expires_in": call.tenant.lifetimes.access,
        "refresh_expires_in": refresh_expires_in,
        "refresh_token": refresh,
        "token_type": "Bearer",
        "not-before-policy": 0,
        "session_state": grant.session.id,
        "scope": grant.scope,
    }
    issued = ["access_token", "refresh_token"]
    taints = [Secret("access_token", access), Secret("refresh_token", refresh)]
    if "openid" in grant.scope.split():
        answer["id_token"] = _id_token(call, grant, access)
        issued.append("id_token")
        taints.append(Secret("id_token", str(answer["id_token"])))
    for fired in call.fired:
        fired.taints.extend(taints)
    grant.session.last_seen = call.now
    call.facts.update(
        issued=issued,
        national_id=grant.person.national_id,
        session=grant.session.id,
        auth_mode=grant.session.means.value,
        scope=grant.scope,
    )
    return answer


def _access_token(call: Call, grant: Grant) -> str:
    tenant, now, session = call.tenant, int(call.now), grant.session
    claims: dict[str, object] = {
        "exp": now + tenant.lifetimes.access,
        "iat": now,
        "auth_time": int(grant.auth_time),
        "jti": str(uuid.uuid4()),
        "iss": tenant.issuer,
        "sub": grant.person.sub,
        "typ": "Bearer",
        "azp": grant.client_id,
        "session_state": session.id,
        "sid": session.id,
        "scope": grant.scope,
        "authMode": session.means.value,
        "otherIds": other_ids(grant),
        "preferred_username": grant.person.national_id,
    }
    if grant.nonce is not None:
        claims["nonce"] = grant.nonce
    if tenant.config.acr is not None:
        claims["acr"] = tenant.config.acr
    token = sign(claims, call.keys)
    expires_at = call.now + tenant.lifetimes.access
    tenant.state.access[token] = AccessToken(grant, claims, expires_at)
    return token


def other_ids(grant: Grant) -> list[dict[str, object]]:
    """The `otherIds` claim: the RPPS number under its origin."""
    return [{"identifiant": grant.person.national_id, "origine": "RPPS", "qualite": 1}]


def _refresh_token(call: Call, grant: Grant) -> tuple[str, int]:
    left = grant.session.ends_at - call.now
    lifetime = min(call.tenant.lifetimes.refresh, int(left))
    token = secrets.token_urlsafe(48)
    call.tenant.state.refresh[token] = RefreshToken(grant, call.now + lifetime, call.now)
    grant.refresh_token = token
    return token, lifetime


def _id_token(call: Call, grant: Grant, access: str) -> str:
    tenant, now, session, person = call.tenant, int(call.now), grant.session, grant.person
    half = hashlib.sha256(access.encode()).digest()[:16]
    claims: dict[str, object] = {
        "exp": now + tenant.lifetimes.access,
        "iat": now,
        "auth_time": int(grant.auth_time),
        "jti": str(uuid.uuid4()),
        "iss": tenant.issuer,
        "aud": grant.client_id,
        "sub": person.sub,
        "typ": "ID",
        "azp": grant.client_id,
        "session_state": session.id,
        "sid": session.id,
        "at_hash": forgery.b64url(half),
        "preferred_username": person.national_id,
        "given_name": person.given,
        "family_name": person.family,
    }
    if grant.nonce is not None:
        claims["nonce"] = grant.nonce
    if tenant.config.acr is not None:
        claims["acr"] = tenant.config.acr
    forgery.alter(call, claims)
    return forgery.sign_badly(call, claims, grant.client_id) or sign(claims, call.keys)


def sign(claims: dict[str, object], keys: Keys) -> str:
    """A JWT signed RS256 by the published key."""
    return jwt.encode({"alg": "RS256", "kid": keys.kid, "typ": "JWT"}, claims, keys.signing)
