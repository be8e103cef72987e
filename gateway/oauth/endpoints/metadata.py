"""What the gateway tells of itself (OpenID Connect Discovery section 3, RFC 8414 section 2)."""

from __future__ import annotations

from typing import Any, Final

from gateway.oauth.model import ALGORITHMS, AUTH_METHODS, DEVICE_GRANT, REFRESH_GRANT, SCOPES

CLAIMS: Final = (
    "sub",
    "auth_time",
    "amr",
    "acr",
    "sid",
    "nonce",
    "name",
    "preferred_username",
    "phone_number",
    "phone_number_verified",
    "stage",
    "unit",
)


def metadata(issuer: str) -> dict[str, Any]:
    """The document of an issuer: nothing that is not served."""
    return {
        "issuer": issuer,
        "token_endpoint": f"{issuer}/token",
        "device_authorization_endpoint": f"{issuer}/device_authorization",
        "userinfo_endpoint": f"{issuer}/userinfo",
        "jwks_uri": f"{issuer}/jwks",
        "introspection_endpoint": f"{issuer}/introspect",
        "revocation_endpoint": f"{issuer}/revoke",
        "response_types_supported": [],
        "grant_types_supported": [DEVICE_GRANT, REFRESH_GRANT],
        "scopes_supported": list(SCOPES),
        "claims_supported": list(CLAIMS),
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": list(ALGORITHMS),
        "token_endpoint_auth_methods_supported": list(AUTH_METHODS),
        "introspection_endpoint_auth_methods_supported": list(AUTH_METHODS[:2]),
        "revocation_endpoint_auth_methods_supported": list(AUTH_METHODS),
    }
