"""Introspection [RFC 7662] [PSC-INTRO] and revocation [RFC 7009]."""

from starlette.responses import Response

from mocks.psc.endpoints.client_auth import authenticate, form_of
from mocks.psc.http.call import Answer, Call, json_answer, refuse
from mocks.psc.state import AccessToken, RefreshToken
from mocks.psc.tokens.issuing import other_ids


def introspect(call: Call) -> Answer:
    """POST `/token/introspect`: what an access or refresh token stands for, if it is active."""
    form_of(call)
    authenticate(call)
    value = call.form.get("token")
    if value is None:
        raise refuse("invalid_request", "token is missing")
    state = call.tenant.state
    held = state.access.get(value) or state.refresh.get(value)
    call.facts["active"] = held is not None and held.active(call.now)
    if held is None or not held.active(call.now):
        return json_answer({"active": False})
    call.facts.update(national_id=held.grant.person.national_id, session=held.grant.session.id)
    return json_answer(_claims(call, held))


def _claims(call: Call, held: AccessToken | RefreshToken) -> dict[str, object]:
    grant = held.grant
    common: dict[str, object] = {
        "client_id": grant.client_id,
        "username": grant.person.national_id,
        "active": True,
    }
    if isinstance(held, AccessToken):
        return {**held.claims, "SubjectNameID": grant.person.national_id, **common}
    return {
        "exp": int(held.expires_at),
        "iat": int(held.issued_at),
        "iss": call.tenant.issuer,
        "sub": grant.person.sub,
        "typ": "Refresh",
        "azp": grant.client_id,
        "session_state": grant.session.id,
        "sid": grant.session.id,
        "scope": grant.scope,
        "authMode": grant.session.means.value,
        "otherIds": other_ids(grant),
        **common,
    }


def revoke(call: Call) -> Answer:
    """POST `/revoke`: 200 also for an unknown token; a refresh token takes its grant with it."""
    form_of(call)
    client = authenticate(call)
    value = call.form.get("token")
    if value is None:
        raise refuse("invalid_request", "token is missing")
    state = call.tenant.state
    access, refresh = state.access.get(value), state.refresh.get(value)
    held = access or refresh
    if held is not None and held.grant.client_id != client.client_id:
        raise refuse("invalid_token", "the token was issued to another client")
    if refresh is not None:
        refresh.grant.revoked = True
    elif access is not None:
        access.revoked = True
    call.facts["revoked"] = held is not None
    return Answer(Response(b"", 200, {"cache-control": "no-store"}))
