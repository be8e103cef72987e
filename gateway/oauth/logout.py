"""Logout: RP-initiated, and told to clients over the back channel (OpenID Connect)."""

from __future__ import annotations

import threading
from typing import Any, Final

import requests

from gateway.foundation.clock import Clock
from gateway.foundation.errors import Refusal
from gateway.foundation.secrets import random_id
from gateway.foundation.telemetry.logs import log
from gateway.oauth.client_store import ClientStore
from gateway.oauth.granting import Granting
from gateway.oauth.issuer import Issuer
from gateway.oauth.model import Client, fits
from gateway.oauth.signing_keys import ID_TOKEN_TYPE, SigningKeys
from gateway.oauth.store import Grant, GrantStore

_EVENT: Final = "http://schemas.openid.net/event/backchannel-logout"
_TOKEN_SECONDS: Final = 120
_PATIENCE_SECONDS: Final = 5.0


class Logout:
    """Ends logins; each grant that ends, for whatever reason, is told to its client."""

    def __init__(
        self,
        clock: Clock,
        issuer: Issuer,
        clients: ClientStore,
        grants: GrantStore,
        granting: Granting,
        signing_keys: SigningKeys,
    ) -> None:
        self._clock = clock
        self._issuer = issuer
        self._clients = clients
        self._grants = grants
        self._granting = granting
        self._signing_keys = signing_keys
        granting.on_end.append(self._tell)

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

    def _tell(self, grant: Grant) -> None:
        try:
            client = self._clients.get(grant.client_id)
            if client is None or not client.backchannel_logout_uri:
                return
            token = self._signing_keys.sign(self._claims(grant), client.id_token_signed_response_alg, typ="logout+jwt")
        except Refusal as refusal:
            log.warning("a client was not told of a logout", client=grant.client_id, code=refusal.code)
            return
        told = (client.backchannel_logout_uri, token, client.client_id)
        threading.Thread(target=_send, args=told, name="backchannel-logout", daemon=True).start()

    def _claims(self, grant: Grant) -> dict[str, Any]:
        now = self._clock.now_ms() // 1000
        return {
            "iss": grant.issuer,
            "aud": grant.client_id,
            "iat": now,
            "exp": now + _TOKEN_SECONDS,
            "jti": random_id(),
            "sub": grant.account_id,
            "sid": grant.sid,
            "events": {_EVENT: {}},
        }


def _send(uri: str, token: str, client_id: str) -> None:
    try:
        requests.post(uri, data={"logout_token": token}, timeout=_PATIENCE_SECONDS, allow_redirects=False)
    except requests.RequestException as error:
        log.warning("a client was not told of a logout", client=client_id, error=type(error).__name__)
