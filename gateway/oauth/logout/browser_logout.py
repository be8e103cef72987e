"""Logout in a browser (OpenID Connect RP-Initiated Logout)."""

from __future__ import annotations

from gateway.oauth.client_store import ClientStore
from gateway.oauth.granting import Granting
from gateway.oauth.issuer import Issuer
from gateway.oauth.model import Client, fits
from gateway.oauth.signing_keys import ID_TOKEN_TYPE, SigningKeys
from gateway.oauth.store import GrantStore


class BrowserLogout:
    """Finds the login that a request is about, and ends everything that it has led to."""

    def __init__(
        self, issuer: Issuer, clients: ClientStore, grants: GrantStore, granting: Granting, signing_keys: SigningKeys
    ) -> None:
        self._issuer = issuer
        self._clients = clients
        self._grants = grants
        self._granting = granting
        self._signing_keys = signing_keys

    def asked_by(self, fields: dict[str, str]) -> tuple[Client | None, str]:
        """The client of a logout request, and the login that its id_token is of; None and empty where it names none."""
        # An expired id_token names its login too.
        claims = self._signing_keys.verified(fields.get("id_token_hint", ""), ID_TOKEN_TYPE)
        if claims is None or not self._issuer.is_own(claims.get("iss")):
            return self._clients.get(fields.get("client_id", "")), ""
        client_id, sid = str(claims.get("aud", "")), str(claims.get("sid", ""))
        if fields.get("client_id", client_id) != client_id:
            return None, ""
        return self._clients.get(client_id), sid

    @staticmethod
    def returns_to(client: Client | None, uri: str) -> bool:
        """Whether a browser may be sent to ``uri`` after a logout."""
        return client is not None and any(fits(known, uri) for known in client.post_logout_redirect_uris)

    def end_login(self, sid: str) -> None:
        """End everything that one login has led to."""
        for grant_id, grant in self._grants.of_login(sid):
            self._granting.end(grant_id, grant)
