"""Tables of registered clients and of signing keys. Times are milliseconds of the gateway's clock."""

from __future__ import annotations

from sqlalchemy import JSON, BigInteger, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from gateway.foundation.database.engine import Base


class OAuthClient(Base):
    """A registered client (RFC 7591 section 2)."""

    __tablename__ = "oauth_clients"

    client_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    name: Mapped[str] = mapped_column(String(64))
    secret_digest: Mapped[str] = mapped_column(String(64), default="")  # SHA-256; empty for a public client
    redirect_uris: Mapped[list[str]] = mapped_column(JSON)
    post_logout_redirect_uris: Mapped[list[str]] = mapped_column(JSON)
    backchannel_logout_uri: Mapped[str] = mapped_column(String(2000), default="")
    grant_types: Mapped[list[str]] = mapped_column(JSON)
    access_token_format: Mapped[str] = mapped_column(String(16))
    id_token_signed_response_alg: Mapped[str] = mapped_column(String(16))
    created_at: Mapped[int] = mapped_column(BigInteger)
    backchannel_token_delivery_mode: Mapped[str] = mapped_column(String(8), default="poll", server_default="poll")
    backchannel_client_notification_endpoint: Mapped[str] = mapped_column(String(2000), default="", server_default="")


class SigningKey(Base):
    """A key that signs tokens; its private part is encrypted with the server key. A reset leaves it."""

    __tablename__ = "oauth_keys"

    kid: Mapped[str] = mapped_column(String(64), primary_key=True)
    alg: Mapped[str] = mapped_column(String(16))
    encrypted: Mapped[str] = mapped_column(Text)
    created_at: Mapped[int] = mapped_column(BigInteger)
    retired_at: Mapped[int | None] = mapped_column(BigInteger, default=None)
