"""A web site with Authlib: the code flow of a confidential client, and its id_token checked."""

from collections.abc import Callable
from typing import Any

import requests
from authlib.integrations.requests_client import OAuth2Session
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.jwk import KeySet


def log_in(gateway: str, redirect_uri: str, browse: Callable[[str], str]) -> dict[str, Any]:
    """The claims of the id_token; `browse` returns the address that the browser comes back with."""
    server = requests.get(f"{gateway}/oauth/.well-known/openid-configuration", timeout=10).json()
    session = OAuth2Session(
        "web",
        "demo-secret",
        scope="openid profile",
        redirect_uri=redirect_uri,
        code_challenge_method="S256",
    )
    verifier = "a-new-random-text-for-each-login-of-43-characters"
    address, state = session.create_authorization_url(
        server["authorization_endpoint"], code_verifier=verifier, nonce="a-new-random-nonce"
    )
    token = session.fetch_token(
        server["token_endpoint"], authorization_response=browse(address), state=state, code_verifier=verifier
    )
    keys = KeySet.import_key_set(requests.get(server["jwks_uri"], timeout=10).json())
    id_token = jwt.decode(token["id_token"], keys, ["RS256"])
    claims = CodeIDToken(
        id_token.claims,
        id_token.header,
        {"iss": {"value": server["issuer"]}, "aud": {"value": "web"}},
        {"nonce": "a-new-random-nonce", "client_id": "web", "access_token": token["access_token"]},
    )
    claims.validate()
    return dict(claims)
