"""Registered clients in the database."""

from __future__ import annotations

from typing import Any

from sqlalchemy import delete, select

from gateway.foundation.clock import Clock
from gateway.foundation.database.engine import Database
from gateway.foundation.secrets import digest
from gateway.oauth.model import Client
from gateway.oauth.tables import OAuthClient
from scan_to_login.seed import SeedClient

LONGEST_ID = 64


def row_of(client: SeedClient, now_ms: int) -> dict[str, Any]:
    """The row of a client as a seed describes it."""
    return {
        "client_id": client.client_id,
        "name": client.name or client.client_id,
        "secret_digest": client.secret_digest or (digest(client.secret) if client.secret else ""),
        "redirect_uris": list(client.redirect_uris),
        "post_logout_redirect_uris": list(client.post_logout_redirect_uris),
        "backchannel_logout_uri": client.backchannel_logout_uri,
        "backchannel_token_delivery_mode": client.backchannel_token_delivery_mode.value,
        "backchannel_client_notification_endpoint": client.backchannel_client_notification_endpoint,
        "grant_types": [grant.value for grant in client.grant_types],
        "access_token_format": client.access_token_format.value,
        "id_token_signed_response_alg": client.id_token_signed_response_alg.value,
        "created_at": now_ms,
    }


class ClientStore:
    """Reads and writes clients; each call is one short transaction. Each raises Refusal ``unavailable``."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def get(self, client_id: str) -> Client | None:
        """The client with this id."""
        if not 0 < len(client_id) <= LONGEST_ID or "\0" in client_id:
            return None
        with self._database.begin() as db:
            row = db.get(OAuthClient, client_id)
            return _client(row) if row else None

    def all(self) -> list[Client]:
        """All clients, by id."""
        with self._database.begin() as db:
            return [_client(row) for row in db.scalars(select(OAuthClient).order_by(OAuthClient.client_id))]

    def put(self, client: SeedClient) -> None:
        """Register a client, in the place of one with the same id."""
        with self._database.begin() as db:
            db.merge(OAuthClient(**row_of(client, self._clock.now_ms())))

    def remove(self, client_id: str) -> bool:
        """Remove a client; False if there is none."""
        with self._database.begin() as db:
            found = db.scalar(select(OAuthClient.client_id).where(OAuthClient.client_id == client_id))
            db.execute(delete(OAuthClient).where(OAuthClient.client_id == client_id))
            return found is not None


def _client(row: OAuthClient) -> Client:
    return Client(
        row.client_id,
        row.name,
        row.secret_digest,
        tuple(row.redirect_uris),
        tuple(row.post_logout_redirect_uris),
        row.backchannel_logout_uri,
        tuple(row.grant_types),
        row.access_token_format,
        row.id_token_signed_response_alg,
        row.backchannel_token_delivery_mode,
        row.backchannel_client_notification_endpoint,
    )
