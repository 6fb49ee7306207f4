"""UserInfo: the full structure of Pro Santé Connect, with its variants [PSC-CONTEXT]."""

from starlette.responses import Response

from common.recording import Secret
from mocks.psc.http.call import Answer, Call, json_answer
from mocks.psc.settings import VARIANTS
from mocks.psc.state import AccessToken
from mocks.psc.tokens.claims import identity
from mocks.psc.tokens.issuing import sign


def userinfo(call: Call) -> Answer:
    """GET or POST `/userinfo` with a Bearer token."""
    scheme, _, value = call.header("authorization").partition(" ")
    if scheme.lower() != "bearer" or not value.strip():
        # No error code when no credentials were given [RFC 6750 §3.1].
        challenge = {"www-authenticate": 'Bearer realm="psc"'}
        return json_answer({"error": "invalid_request"}, 401, challenge, "invalid_request")
    held = call.tenant.state.access.get(value.strip())
    if held is None or not held.active(call.now):
        return _refused(401, "invalid_token", "access token unknown, expired or revoked")
    grant = held.grant
    call.facts.update(
        client=grant.client_id,
        national_id=grant.person.national_id,
        session=grant.session.id,
        token_age_ms=int((call.now + call.tenant.lifetimes.access - held.expires_at) * 1000),
    )
    if "openid" not in grant.scope.split():
        return _refused(403, "insufficient_scope", "the access token lacks the scope openid")
    if call.strike("userinfo.expired"):
        held.revoked = True
        return _refused(401, "invalid_token", "access token expired")
    return _told(call, held, value.strip())


def _told(call: Call, held: AccessToken, token: str) -> Answer:
    grant = held.grant
    variants = [name for name in VARIANTS if _serves(call, name)]
    call.facts["variants"] = variants
    data = identity(grant.person, grant.session.means, variants)
    if call.strike("userinfo.sub-foreign"):
        data["sub"] = "f:99999999-8888-4777-8666-555555555555:899700099996"
    for fired in call.fired:
        fired.taints.append(Secret("access_token", token))
        fired.taints.append(Secret("refresh_token", grant.refresh_token))
    if "signed-jwt" not in variants:
        return json_answer(data)
    claims = {**data, "iss": call.tenant.issuer, "aud": grant.client_id}
    signed = sign(claims, call.keys)
    response = Response(signed, 200, {"cache-control": "no-store"}, "application/jwt")
    return Answer(response, json=claims)


def _serves(call: Call, variant: str) -> bool:
    fired = call.strike(f"userinfo.{variant}")
    return fired is not None or variant in call.tenant.config.variants


def _refused(status: int, code: str, words: str) -> Answer:
    challenge = f'Bearer realm="psc", error="{code}", error_description="{words}"'
    data = {"error": code, "error_description": words}
    return json_answer(data, status, {"www-authenticate": challenge}, refused_for=code)
