"""The discovery document, after the one observed [PSC-EDC discovery], under the name that PSC uses.

Endpoints that the mock does not serve (device, PAR, session iframe) are left out.
"""

import json

from mocks.psc.tenant import Tenant

SCOPES = (
    "openid",
    "scope_all",
    "scope_1",
    "scope_2",
    "rpps",
    "referentiel",
    "identity",
    "interop",
    "eidas1",
    "eidas2",
    "acr",
    "basic",
    "profile",
    "email",
    "phone",
    "address",
    "roles",
    "web-origins",
    "microprofile-jwt",
    "offline_access",
)
_SIGNATURES = [f"{family}{size}" for family in ("RS", "PS", "ES", "HS") for size in (256, 384, 512)]
CIBA_GRANT = "urn:openid:params:grant-type:ciba"

_METHODS = [
    "private_key_jwt",
    "client_secret_basic",
    "client_secret_post",
    "tls_client_auth",
    "client_secret_jwt",
]
_CAPABILITIES: dict[str, object] = {
    "grant_types_supported": [
        "authorization_code",
        "implicit",
        "refresh_token",
        "password",
        "client_credentials",
        CIBA_GRANT,
        "urn:ietf:params:oauth:grant-type:device_code",
    ],
    "response_types_supported": [
        "code",
        "none",
        "id_token",
        "token",
        "id_token token",
        "code id_token",
        "code token",
        "code id_token token",
    ],
    "response_modes_supported": ["query", "form_post"],
    "subject_types_supported": ["public", "pairwise"],
    "scopes_supported": list(SCOPES),
    "acr_values_supported": ["0", "0"],
    "token_endpoint_auth_methods_supported": _METHODS,
    "introspection_endpoint_auth_methods_supported": _METHODS,
    "revocation_endpoint_auth_methods_supported": _METHODS,
    "id_token_signing_alg_values_supported": [*_SIGNATURES, "EdDSA"],
    "userinfo_signing_alg_values_supported": [*_SIGNATURES, "EdDSA", "none"],
    "code_challenge_methods_supported": ["plain", "S256"],
    "tls_client_certificate_bound_access_tokens": True,
    "frontchannel_logout_supported": True,
    "backchannel_logout_supported": True,
    "backchannel_token_delivery_modes_supported": ["poll", "ping"],
    "claims_supported": [
        "aud",
        "sub",
        "iss",
        "auth_time",
        "name",
        "given_name",
        "family_name",
        "preferred_username",
        "email",
        "acr",
    ],
    "claims_parameter_supported": True,
    "request_parameter_supported": False,
    "request_uri_parameter_supported": False,
    "require_request_uri_registration": True,
    "require_pushed_authorization_requests": False,
    "authorization_response_iss_parameter_supported": True,
}


def document(tenant: Tenant) -> bytes:
    """The discovery document of a tenant, as it is sent."""
    end = tenant.endpoint
    endpoints = {
        "token_endpoint": end("/token"),
        "introspection_endpoint": end("/token/introspect"),
        "userinfo_endpoint": end("/userinfo"),
        "revocation_endpoint": end("/revoke"),
        "backchannel_authentication_endpoint": end("/ext/ciba/auth"),
    }
    return json.dumps(
        {
            "issuer": tenant.issuer,
            "authorization_endpoint": tenant.wallet_url,
            "end_session_endpoint": end("/logout"),
            "jwks_uri": end("/certs"),
            **endpoints,
            "mtls_endpoint_aliases": endpoints,
            **_CAPABILITIES,
        },
        indent=1,
    ).encode()
