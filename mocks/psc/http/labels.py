"""Labels what is secret in a request or an answer, by where it stands.

Header values that nobody here knows are labelled too: a product may well put a key in one.
"""

import base64
import binascii
from collections.abc import Iterable, Mapping
from urllib.parse import unquote_plus

from common.recording import Secret, SecretRole
from mocks.psc.state import State

_ROLES: dict[str, SecretRole] = {
    "code": "code",
    "access_token": "access_token",
    "subject_token": "access_token",
    "actor_token": "access_token",
    "refresh_token": "refresh_token",
    "id_token": "id_token",
    "id_token_hint": "id_token",
    "login_hint_token": "id_token",
    "client_secret": "client_secret",
    "client_assertion": "client_assertion",
    "assertion": "client_assertion",
    "code_verifier": "code_verifier",
    "auth_req_id": "auth_req_id",
    "password": "password",
    "user_code": "password",
    "client_notification_token": "api_key",
    "api_key": "api_key",
    "control_token": "api_key",
}
_PLAIN_HEADERS = frozenset(
    [
        "accept",
        "accept-charset",
        "accept-encoding",
        "accept-language",
        "cache-control",
        "connection",
        "content-length",
        "content-type",
        "date",
        "dnt",
        "expect",
        "from",
        "host",
        "if-modified-since",
        "if-none-match",
        "keep-alive",
        "origin",
        "pragma",
        "priority",
        "range",
        "te",
        "transfer-encoding",
        "upgrade",
        "upgrade-insecure-requests",
        "user-agent",
        "via",
        "x-requested-with",
        "x-forwarded-for",
        "x-forwarded-host",
        "x-forwarded-proto",
        "forwarded",
        "access-control-request-headers",
        "access-control-request-method",
        "last-event-id",
    ]
)


def labelled(pairs: Iterable[tuple[str, object]], state: State) -> dict[str, object]:
    """Parameters or members for the record; a name that came twice holds the list of its values."""
    said: dict[str, object] = {}
    for name, value in pairs:
        item = _labelled_value(name, value, state)
        if name in said:
            before = said[name]
            said[name] = [*before, item] if isinstance(before, list) else [before, item]
        else:
            said[name] = item
    return said


def labelled_json(value: object, state: State) -> object:
    """A JSON value with its secrets labelled, by member names at every depth."""
    if isinstance(value, Mapping):
        return {
            str(key): _labelled_value(str(key), labelled_json(item, state), state)
            for key, item in value.items()
        }
    if isinstance(value, list | tuple):
        return [labelled_json(item, state) for item in value]
    return value


def request_headers(
    headers: Iterable[tuple[str, str]], bearer_role: SecretRole
) -> dict[str, object]:
    """Header fields for the record: credentials and cookies labelled, Referer without query."""
    said: dict[str, object] = {}
    for name, value in headers:
        if name == "authorization":
            said[name] = _authorization(value, bearer_role)
        elif name == "cookie":
            said[name] = {
                key.strip(): Secret("cookie", rest.strip())
                for key, _, rest in (part.partition("=") for part in value.split(";"))
            }
        elif name == "referer":
            said[name] = value.partition("?")[0].partition("#")[0]
        elif name in _PLAIN_HEADERS or name.startswith("sec-"):
            said[name] = value
        else:
            said[name] = Secret("api_key", value)
    return said


def response_headers(headers: Iterable[tuple[bytes, bytes]]) -> dict[str, object]:
    """Header fields of an answer for the record: cookies labelled, Location left out."""
    said: dict[str, object] = {}
    for raw_name, raw_value in headers:
        name, value = raw_name.decode("latin-1"), raw_value.decode("latin-1")
        if name == "set-cookie":
            key, _, rest = value.partition("=")
            said[name] = {key: Secret("cookie", rest.partition(";")[0])}
        elif name not in ("location", "content-security-policy"):
            said[name] = value
    return said


def basic_credentials(value: str) -> tuple[str, str] | None:
    """Client id and secret as they stand in a Basic credential; None if it cannot be read."""
    try:
        text = base64.b64decode(value.strip(), validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        return None
    client_id, colon, secret = text.partition(":")
    return (client_id, secret) if colon else None


def _authorization(value: str, bearer_role: SecretRole) -> dict[str, object]:
    scheme, _, rest = value.partition(" ")
    if scheme.lower() == "bearer":
        return {"scheme": "Bearer", "token": Secret(bearer_role, rest.strip())}
    if scheme.lower() == "basic":
        pair = basic_credentials(rest)
        if pair is None:
            return {"scheme": "Basic", "credentials": Secret("client_secret", rest)}
        return {
            "scheme": "Basic",
            "client_id": unquote_plus(pair[0]),
            "secret": Secret("client_secret", pair[1]),
        }
    return {"scheme": "other", "credentials": Secret("api_key", value)}


def _labelled_value(name: str, value: object, state: State) -> object:
    if not isinstance(value, str) or not value:
        return value
    role = _ROLES.get(name) or _known(value, state)
    if name == "token" and role is None:
        role = "access_token"
    return Secret(role, value) if role else value


def _known(value: str, state: State) -> SecretRole | None:
    """The role of a secret of ours that stands where none is expected."""
    if value in state.access:
        return "access_token"
    if value in state.refresh:
        return "refresh_token"
    if value in state.codes:
        return "code"
    return "auth_req_id" if value in state.ciba else None
