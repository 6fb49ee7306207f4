"""The token endpoint: authorization code, refresh with rotation, CIBA [PSC-EDC tokens]."""

import base64
import hashlib
import hmac

from common.recording import Secret
from mocks.psc.endpoints import ciba
from mocks.psc.endpoints.client_auth import authenticate, form_of
from mocks.psc.endpoints.discovery import CIBA_GRANT
from mocks.psc.http.call import Answer, Call, error, json_answer, refuse
from mocks.psc.settings import Client
from mocks.psc.state import Code, Grant
from mocks.psc.tokens import issuing as tokens


def token(call: Call) -> Answer:
    """POST `/token`."""
    form_of(call)
    grant_type = call.form.get("grant_type")
    call.facts["grant_type"] = grant_type
    client = authenticate(call)
    if call.tenant.faults.value_of("token.server-error") in (None, grant_type):
        fired = call.strike("token.server-error")
        if fired is not None:
            return error("server_error", "scripted", 500)
    if grant_type == "authorization_code":
        return json_answer(_by_code(call, client))
    if grant_type == "refresh_token":
        return json_answer(_by_refresh(call, client))
    if grant_type == CIBA_GRANT:
        return json_answer(tokens.issue(call, ciba.poll(call, client)))
    if grant_type is None:
        raise refuse("invalid_request", "grant_type is missing")
    raise refuse("unsupported_grant_type", "grant_type is not supported")


def _by_code(call: Call, client: Client) -> dict[str, object]:
    value = call.form.get("code")
    if value is None:
        raise refuse("invalid_request", "code is missing")
    code = call.tenant.state.codes.get(value)
    if code is None:
        raise refuse("invalid_grant", "code not valid")
    call.facts.update(login=code.login.n, code_used_before=code.used)
    if code.used:
        if code.grant is not None:
            code.grant.revoked = True
        raise refuse("invalid_grant", "code already used: its tokens are revoked")
    code.used = True
    _require_code(call, client, code)
    code.grant = Grant(
        client_id=client.client_id,
        session=code.session,
        scope=code.login.scope,
        nonce=code.login.nonce,
        auth_time=code.session.auth_time,
        person=code.session.person,
    )
    return tokens.issue(call, code.grant)


def _require_code(call: Call, client: Client, code: Code) -> None:
    """Raises `Refused` unless the code may be redeemed by this request."""
    login = code.login
    if login.client.client_id != client.client_id:
        raise refuse("invalid_grant", "code was issued to another client")
    if call.now >= code.expires_at:
        raise refuse("invalid_grant", "code expired")
    if not code.session.alive(call.now):
        raise refuse("invalid_grant", "session is over")
    if call.form.get("redirect_uri") != login.redirect_uri:
        raise refuse("invalid_grant", "redirect_uri differs from the authorization request")
    if login.code_challenge is not None:
        verifier = call.form.get("code_verifier") or ""
        if not _proves(verifier, login.code_challenge, login.code_challenge_method):
            raise refuse("invalid_grant", "code_verifier missing or wrong")


def _proves(verifier: str, challenge: str, method: str) -> bool:
    """Whether the verifier is that of the challenge [RFC 7636 §4.6]."""
    if method == "S256":
        digest = hashlib.sha256(verifier.encode()).digest()
        verifier = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
    return hmac.compare_digest(verifier.encode(), challenge.encode())


def _by_refresh(call: Call, client: Client) -> dict[str, object]:
    value = call.form.get("refresh_token")
    if value is None:
        raise refuse("invalid_request", "refresh_token is missing")
    held = call.tenant.state.refresh.get(value)
    if held is not None and held.grant.client_id == client.client_id:
        call.facts.update(session=held.grant.session.id, refresh_used_before=held.used)
        fired = call.strike("token.refresh-invalid-grant")
        if fired is not None:
            fired.taints.append(Secret("refresh_token", value))
            held.used = True
            raise refuse("invalid_grant", "scripted")
        if held.active(call.now):
            held.used = True
            return tokens.issue(call, held.grant)
    raise refuse("invalid_grant", "refresh token unknown, expired, rotated or revoked")
