"""A desktop program with requests-oauthlib: the code flow with PKCE, and a refresh."""

import os
from collections.abc import Callable
from typing import Any

from requests_oauthlib import OAuth2Session

os.environ["OAUTHLIB_INSECURE_TRANSPORT"] = "1"  # plain http on loopback


def log_in(gateway: str, redirect_uri: str, browse: Callable[[str], str]) -> OAuth2Session:
    """`browse` opens an address in a browser and returns the one that the browser comes back with."""
    session = OAuth2Session("desk", redirect_uri=redirect_uri, scope=["openid", "profile"], pkce="S256")
    address, _state = session.authorization_url(f"{gateway}/oauth/authorize")
    answer = browse(address)
    session.fetch_token(f"{gateway}/oauth/token", authorization_response=answer, include_client_id=True)
    return session


def who_am_i(gateway: str, session: OAuth2Session) -> dict[str, Any]:
    """The person who has logged in."""
    told: dict[str, Any] = session.get(f"{gateway}/oauth/userinfo").json()
    return told


def refresh(gateway: str, session: OAuth2Session) -> None:
    """The next tokens."""
    session.refresh_token(f"{gateway}/oauth/token", client_id="desk")
