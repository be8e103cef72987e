"""What the gateway tells of itself (OpenID Connect Discovery section 3, RFC 8414 section 2)."""

from __future__ import annotations

from typing import Any, Final

from gateway.oauth.model import ALGORITHMS, AUTH_METHODS, CIBA_GRANT, GRANTS, LOGGED_IN, SCOPES, UNIT_VERIFIED
from scan_to_login.protocol import DeliveryMode

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


def metadata(issuer: str, *, registration: bool, ciba: bool) -> dict[str, Any]:
    """The document of an issuer: nothing that is not served."""
    grants = [grant for grant in GRANTS if ciba or grant != CIBA_GRANT]
    return {
        **(_ciba(issuer) if ciba else {}),
        **({"registration_endpoint": f"{issuer}/register"} if registration else {}),
        "issuer": issuer,
        "authorization_endpoint": f"{issuer}/authorize",
        "token_endpoint": f"{issuer}/token",
        "device_authorization_endpoint": f"{issuer}/device_authorization",
        "userinfo_endpoint": f"{issuer}/userinfo",
        "jwks_uri": f"{issuer}/jwks",
        "introspection_endpoint": f"{issuer}/introspect",
        "revocation_endpoint": f"{issuer}/revoke",
        "end_session_endpoint": f"{issuer}/logout",
        "response_types_supported": ["code"],
        "response_modes_supported": ["query", "form_post"],
        "grant_types_supported": grants,
        "scopes_supported": list(SCOPES),
        "claims_supported": list(CLAIMS),
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": list(ALGORITHMS),
        "acr_values_supported": [LOGGED_IN, UNIT_VERIFIED],
        "prompt_values_supported": ["none", "login", "select_account"],
        "ui_locales_supported": ["zh-CN", "en"],
        "code_challenge_methods_supported": ["S256"],
        "token_endpoint_auth_methods_supported": list(AUTH_METHODS),
        "introspection_endpoint_auth_methods_supported": list(AUTH_METHODS[:2]),
        "revocation_endpoint_auth_methods_supported": list(AUTH_METHODS),
        "authorization_response_iss_parameter_supported": True,
        "backchannel_logout_supported": True,
        "backchannel_logout_session_supported": True,
        "claims_parameter_supported": False,
        "request_parameter_supported": False,
        "request_uri_parameter_supported": False,
    }


def _ciba(issuer: str) -> dict[str, Any]:
    """What CIBA adds (CIBA Core section 4); without a list of algorithms for signed requests there are none."""
    return {
        "backchannel_authentication_endpoint": f"{issuer}/bc-authorize",
        "backchannel_token_delivery_modes_supported": [mode.value for mode in DeliveryMode],
        "backchannel_user_code_parameter_supported": False,
    }
