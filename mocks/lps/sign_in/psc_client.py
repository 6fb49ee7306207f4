"""The product's OpenID Connect client for Pro Santé Connect: every call leaves from the server.

Authlib builds and signs the requests; nothing here keeps a session. Tokens stay in the objects that
are handed back: they are never logged, shown or sent to a browser [IG-REST tokens].
"""

import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, cast

import httpx2
from authlib.common.security import generate_token
from authlib.common.urls import add_params_to_uri
from authlib.integrations.base_client.errors import OAuthError
from authlib.integrations.httpx_client import OAuth2Client
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from mocks.lps.settings import Settings

CIBA_GRANT = "urn:openid:params:grant-type:ciba"


class PscUnavailable(Exception):
    """Pro Santé Connect does not answer, or answers what cannot be read."""


class PscError(Exception):
    """Pro Santé Connect said no: `code` is the `error` of OAuth 2, `status` the HTTP status."""

    def __init__(self, code: str, status: int = 400) -> None:
        super().__init__(code)
        self.code = code
        self.status = status


@dataclass(frozen=True, slots=True)
class Tokens:
    """What the token endpoint gave; instants are `time.monotonic` seconds."""

    access_token: str = field(repr=False)
    id_token: str = field(repr=False)
    refresh_token: str | None = field(repr=False)
    expires_at: float
    lifetime: float

    def expired(self, now: float) -> bool:
        """Whether the access token is spent, or would be before a mail server reads it."""
        return now >= self.expires_at - min(10.0, self.lifetime / 5)


@dataclass(frozen=True, slots=True)
class Attempt:
    """One authorization request, kept in the browser's server-side session until the callback."""

    state: str
    nonce: str
    code_verifier: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class CibaRequest:
    """An accepted backchannel request; `expires_in` and `interval` in seconds."""

    auth_req_id: str = field(repr=False)
    expires_in: float
    interval: float


class PscClient:
    """Talks to one Pro Santé Connect realm on behalf of one client id. Safe to share by threads."""

    def __init__(
        self, settings: Settings, discovery: str = "", authentication: str = "client_secret_basic"
    ) -> None:
        self._settings = settings
        self._discovery = discovery or settings.psc_discovery
        self._authentication = authentication
        trusted = str(settings.ca_file) if settings.ca_file else None
        self._transport = httpx2.HTTPTransport(verify=ssl.create_default_context(cafile=trusted))
        self._plain = httpx2.Client(transport=self._transport, timeout=settings.psc_timeout)
        self._metadata: Mapping[str, Any] | None = None
        self._keys: KeySet | None = None

    def close(self) -> None:
        """Close the connections."""
        self._plain.close()

    @property
    def metadata(self) -> Mapping[str, Any]:
        """The discovery document, read once. Raises `PscUnavailable`."""
        if self._metadata is None:
            self._metadata = self._get_json(self._discovery)
        return self._metadata

    @property
    def issuer(self) -> str:
        """The issuer that the discovery document names."""
        return self._endpoint("issuer")

    @property
    def client_id(self) -> str:
        """The client id given by the ANS."""
        return self._settings.client_id

    def keys(self, fresh: bool = False) -> KeySet:
        """The provider's public keys, from memory unless `fresh`. Raises `PscUnavailable`."""
        if self._keys is None or fresh:
            document = self._get_json(self._endpoint("jwks_uri"))
            try:
                self._keys = KeySet.import_key_set(cast(Any, document))
            except (JoseError, ValueError, KeyError) as error:
                raise PscUnavailable("unreadable keys") from error
        return self._keys

    def authorization_url(self, endpoint: str, parameters: Mapping[str, str]) -> str:
        """Where to send the browser, with these parameters."""
        asked = {"client_id": self.client_id, **parameters}
        return str(add_params_to_uri(endpoint, asked))

    def exchange_code(self, code: str, code_verifier: str | None) -> Tokens:
        """Redeem a code, with the verifier of its request if it had one."""
        return self._tokens(
            grant_type="authorization_code",
            code=code,
            redirect_uri=self._settings.redirect_uri,
            code_verifier=code_verifier,
        )

    def refresh(self, tokens: Tokens) -> Tokens:
        """New tokens for the old refresh token; the answer's own refresh token replaces it."""
        return self._tokens(
            grant_type="refresh_token", refresh_token=tokens.refresh_token, before=tokens
        )

    def poll(self, request: CibaRequest) -> Tokens:
        """Ask once for the outcome of a CIBA request. Raises `PscError` while there is none."""
        return self._tokens(grant_type=CIBA_GRANT, auth_req_id=request.auth_req_id)

    def start_ciba(self, form: Mapping[str, str]) -> CibaRequest:
        """Send the backchannel authentication request. Raises `PscError`, `PscUnavailable`."""
        endpoint = self._endpoint("backchannel_authentication_endpoint")
        answer = self._post_form(endpoint, form)
        try:
            return CibaRequest(
                str(answer["auth_req_id"]),
                float(answer["expires_in"]),
                float(answer.get("interval", 5)),
            )
        except (KeyError, TypeError, ValueError) as error:
            raise PscUnavailable("unreadable CIBA answer") from error

    def userinfo(self, tokens: Tokens) -> Mapping[str, Any]:
        """The identity data, read with the access token while it lives; JSON or a signed JWT."""
        bearer = {"Authorization": f"Bearer {tokens.access_token}"}
        answer = self._send("GET", self._endpoint("userinfo_endpoint"), headers=bearer)
        if answer.headers.get("content-type", "").startswith("application/jwt"):
            try:
                return jwt.decode(answer.text, self.keys(), algorithms=["RS256"]).claims
            except (JoseError, ValueError) as error:
                raise PscUnavailable("unreadable signed userinfo") from error
        return _json(answer)

    def logout_url(self, parameters: Mapping[str, str]) -> str:
        """Where to send the browser so that its PSC session ends (RP-initiated logout)."""
        return str(add_params_to_uri(self._endpoint("end_session_endpoint"), dict(parameters)))

    def logout(self, parameters: Mapping[str, str]) -> None:
        """End the PSC session from the server: CIBA has no browser session [PSC-EDC logout]."""
        endpoint = self._endpoint("end_session_endpoint")
        answer = self._send("POST", endpoint, data=dict(parameters))
        if answer.status_code >= 400:
            raise PscError("logout_refused", answer.status_code)

    def _endpoint(self, name: str) -> str:
        value = self.metadata.get(name)
        if not isinstance(value, str):
            raise PscUnavailable(f"discovery lacks {name}")
        return value

    def _oauth(self) -> Any:
        return OAuth2Client(
            self._settings.client_id,
            self._settings.client_secret.get_secret_value(),
            token_endpoint_auth_method=self._authentication,
            transport=_Shared(self._transport),
            timeout=self._settings.psc_timeout,
        )

    def _tokens(self, before: Tokens | None = None, **form: str | None) -> Tokens:
        endpoint = self._endpoint("token_endpoint")
        asked_at = time.monotonic()
        try:
            with self._oauth() as client:
                said = {name: value for name, value in form.items() if value is not None}
                answer = client.fetch_token(endpoint, **said)
            lifetime = float(answer["expires_in"])
            return Tokens(
                str(answer["access_token"]),
                str(answer.get("id_token") or (before.id_token if before else "")),
                answer.get("refresh_token") or (before.refresh_token if before else None),
                asked_at + lifetime,
                lifetime,
            )
        except OAuthError as error:
            raise PscError(str(error.error)) from error
        except (httpx2.HTTPError, KeyError, TypeError, ValueError) as error:
            raise PscUnavailable(type(error).__name__) from error

    def _post_form(self, url: str, form: Mapping[str, str]) -> Mapping[str, Any]:
        secret = self._settings.client_secret.get_secret_value()
        basic = httpx2.BasicAuth(self._settings.client_id, secret)
        return _json(self._send("POST", url, data=dict(form), auth=basic))

    def _get_json(self, url: str) -> Mapping[str, Any]:
        return _json(self._send("GET", url))

    def _send(self, method: str, url: str, **request: Any) -> httpx2.Response:
        try:
            return self._plain.request(method, url, **request)
        except (httpx2.HTTPError, httpx2.InvalidURL, ssl.SSLError) as error:
            raise PscUnavailable(type(error).__name__) from error


class _Shared(httpx2.BaseTransport):
    """A connection pool that outlives the short-lived clients that borrow it."""

    def __init__(self, transport: httpx2.HTTPTransport) -> None:
        self._transport = transport

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        return self._transport.handle_request(request)


def _json(answer: httpx2.Response) -> Mapping[str, Any]:
    try:
        document = answer.json()
    except ValueError as error:
        raise PscUnavailable(f"HTTP {answer.status_code} without JSON") from error
    if not isinstance(document, dict):
        raise PscUnavailable(f"HTTP {answer.status_code} without a JSON object")
    if answer.status_code >= 500:
        raise PscUnavailable(f"HTTP {answer.status_code}")
    if answer.status_code >= 400:
        raise PscError(str(document.get("error", "error")), answer.status_code)
    return document


def fresh_value() -> str:
    """An unguessable value of 43 characters (over 250 bits), for `state` and `nonce`."""
    return str(generate_token(43))


def fresh_verifier() -> str:
    """A PKCE code verifier of 64 characters (43 to 128 are allowed) [RFC 7636 §4.1]."""
    return str(generate_token(64))
