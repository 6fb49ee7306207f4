"""Pro Santé Connect as this program uses it: authorization code, PKCE, one look at UserInfo.

Nothing is kept but the ID token, which the log-out needs. Every mishap is a `Refused` (what came
back is not to be believed) or an `Unavailable` (nobody answered), with a sentence for the user.
"""

import base64
import hashlib
import secrets
import ssl
import threading
import time
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote_plus, urlencode

import httpx2
import jwt

SCOPE = "openid scope_all"
ACR = "eidas1"
_KEEP_DISCOVERY_S = 3600
_CLOCKS_MAY_DIFFER_S = 30


class Refused(Exception):
    """Pro Santé Connect, or the checks on what it sent, said no."""


class Unavailable(Exception):
    """Pro Santé Connect did not answer as it should."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """One login that has been started: what has to come back with it."""

    state: str = field(default_factory=lambda: secrets.token_urlsafe(32))
    nonce: str = field(default_factory=lambda: secrets.token_urlsafe(32))
    verifier: str = field(default_factory=lambda: secrets.token_urlsafe(48))

    @property
    def challenge(self) -> str:
        """The `code_challenge` of method S256 (RFC 7636)."""
        digest = hashlib.sha256(self.verifier.encode("ascii")).digest()
        return base64.urlsafe_b64encode(digest).rstrip(b"=").decode("ascii")


@dataclass(frozen=True, slots=True)
class Place:
    """One place where the professional practises."""

    name: str
    city: str


@dataclass(frozen=True, slots=True)
class Professional:
    """Who signed in; `id_token` is for the log-out."""

    national_id: str
    name: str
    places: tuple[Place, ...]
    id_token: str


class ProSanteConnect:
    """A client of Pro Santé Connect. `discovery` is the whole address of its document."""

    def __init__(
        self, discovery: str, client_id: str, client_secret: str, redirect_uri: str, ca_file: str
    ) -> None:
        self._discovery = discovery
        self._client_id = client_id
        self._basic = (quote_plus(client_id), quote_plus(client_secret))
        self._redirect_uri = redirect_uri
        trusted = ssl.create_default_context(cafile=ca_file or None)
        self._http = httpx2.Client(verify=trusted, timeout=10, trust_env=False)
        self._lock = threading.Lock()
        self._metadata: dict[str, Any] = {}
        self._metadata_until = 0.0
        self._keys: dict[str, jwt.PyJWK] = {}

    def login_url(self, attempt: Attempt) -> str:
        """Where the browser is sent to sign in."""
        asked = {
            "response_type": "code",
            "client_id": self._client_id,
            "redirect_uri": self._redirect_uri,
            "scope": SCOPE,
            "acr_values": ACR,
            "state": attempt.state,
            "nonce": attempt.nonce,
            "code_challenge": attempt.challenge,
            "code_challenge_method": "S256",
        }
        return f"{self._endpoint('authorization_endpoint')}?{urlencode(asked)}"

    def logout_url(self, id_token: str, back_to: str) -> str:
        """Where the browser is sent to end the session at Pro Santé Connect."""
        asked = {"id_token_hint": id_token, "post_logout_redirect_uri": back_to}
        return f"{self._endpoint('end_session_endpoint')}?{urlencode(asked)}"

    def sign_in(self, code: str, attempt: Attempt, issuer: str | None) -> Professional:
        """Redeem the code, check the ID token, read UserInfo. `issuer` came with the callback."""
        if issuer is not None and issuer != self._endpoint("issuer"):
            raise Refused("La réponse ne vient pas de Pro Santé Connect.")
        answer = self._http_json(
            "POST",
            self._endpoint("token_endpoint"),
            auth=self._basic,
            data={
                "grant_type": "authorization_code",
                "code": code,
                "redirect_uri": self._redirect_uri,
                "client_id": self._client_id,
                "code_verifier": attempt.verifier,
            },
        )
        id_token, access_token = answer.get("id_token"), answer.get("access_token")
        if not isinstance(id_token, str) or not isinstance(access_token, str):
            raise Unavailable("Pro Santé Connect a répondu sans jeton.")
        claims = self._checked(id_token, attempt.nonce)
        person = self._http_json(
            "GET",
            self._endpoint("userinfo_endpoint"),
            headers={"Authorization": f"Bearer {access_token}"},
        )
        if person.get("sub") != claims["sub"]:
            raise Refused("Les informations reçues concernent une autre personne.")
        return _professional(person, id_token)

    def _checked(self, id_token: str, nonce: str) -> dict[str, Any]:
        """The claims of an ID token that was made for us, now, for this very login."""
        try:
            claims: dict[str, Any] = jwt.decode(
                id_token,
                self._key(jwt.get_unverified_header(id_token).get("kid")),
                algorithms=["RS256"],
                audience=self._client_id,
                issuer=self._endpoint("issuer"),
                leeway=_CLOCKS_MAY_DIFFER_S,
                options={"require": ["iss", "sub", "aud", "exp", "iat", "nonce"]},
            )
        except jwt.PyJWTError as error:
            raise Refused("La preuve d'identité reçue n'est pas valable.") from error
        if not secrets.compare_digest(str(claims["nonce"]), nonce):
            raise Refused("La preuve d'identité reçue répond à une autre demande.")
        if claims.get("azp", self._client_id) != self._client_id:
            raise Refused("La preuve d'identité reçue est destinée à un autre logiciel.")
        return claims

    def _key(self, kid: object) -> jwt.PyJWK:
        """The public key of that name; the list is read anew when it is not there (rotation)."""
        with self._lock:
            if kid not in self._keys:
                listed = self._http_json("GET", self._endpoint("jwks_uri", locked=True))
                keys = jwt.PyJWKSet.from_dict(listed).keys
                self._keys = {key.key_id: key for key in keys if key.key_id}
            if kid not in self._keys:
                raise Refused("La preuve d'identité reçue est signée par une clé inconnue.")
            return self._keys[str(kid)]

    def _endpoint(self, name: str, *, locked: bool = False) -> str:
        if not locked:
            with self._lock:
                return self._endpoint(name, locked=True)
        if time.monotonic() > self._metadata_until:
            self._metadata = self._http_json("GET", self._discovery)
            self._metadata_until = time.monotonic() + _KEEP_DISCOVERY_S
        try:
            return str(self._metadata[name])
        except KeyError as error:
            raise Unavailable("Le document de Pro Santé Connect est incomplet.") from error

    def _http_json(self, method: str, url: str, **options: Any) -> dict[str, Any]:
        try:
            response = self._http.request(method, url, **options)
            answer = response.json()
        except (httpx2.HTTPError, ValueError) as error:
            raise Unavailable("Pro Santé Connect ne répond pas.") from error
        if response.status_code >= 500 or not isinstance(answer, dict):
            raise Unavailable("Pro Santé Connect ne répond pas comme attendu.")
        if response.status_code != 200:
            raise Refused("Pro Santé Connect a refusé la demande.")
        return answer


def _professional(person: dict[str, Any], id_token: str) -> Professional:
    """UserInfo in our terms; absent members are normal, empty strings mean absent."""
    national_id = person.get("SubjectNameID") or person.get("preferred_username") or ""
    if not national_id:
        raise Refused("Pro Santé Connect n'a pas transmis d'identifiant national.")
    names = (person.get("given_name"), person.get("family_name"))
    name = " ".join(part for part in names if part) or national_id
    practices = (person.get("SubjectRefPro") or {}).get("exercices") or []
    places = tuple(
        Place(
            name=place.get("raisonSocialeSite") or place.get("enseigneCommercialeSite") or "",
            city=place.get("bureauCedex") or place.get("codePostal") or "",
        )
        for practice in practices
        for place in practice.get("activities") or []
    )
    return Professional(national_id, name, tuple(p for p in places if p.name), id_token)
