"""Tables of natural persons: data that must survive Redis. Times are milliseconds of the gateway's clock."""

from __future__ import annotations

from sqlalchemy import BigInteger, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from gateway.foundation.database.engine import Base, indexed_text


class Account(Base):
    """A real-name registered person (自然人账号)."""

    __tablename__ = "accounts"
    __table_args__ = (UniqueConstraint("id_number", "id_type"), Index("ix_accounts_name", "name", "login_name"))

    account_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    login_name: Mapped[str] = mapped_column(indexed_text(64), unique=True)
    phone: Mapped[str] = mapped_column(indexed_text(32), unique=True)
    name: Mapped[str] = mapped_column(indexed_text(200))
    id_type: Mapped[str] = mapped_column(String(32))
    id_number: Mapped[str] = mapped_column(indexed_text(32))
    password_hash: Mapped[str] = mapped_column(String(200))
    household_division: Mapped[str] = mapped_column(String(12), default="")
    disabled: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[int] = mapped_column(BigInteger)


class Device(Base):
    """A phone that has logged in. Its one-time-code secret is derived and not stored."""

    __tablename__ = "devices"

    device_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    account_id: Mapped[str] = mapped_column(ForeignKey("accounts.account_id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(String(64))
    model: Mapped[str] = mapped_column(String(64))
    session_digest: Mapped[str] = mapped_column(String(64))
    enrolled_at: Mapped[int] = mapped_column(BigInteger)
    revoked_at: Mapped[int | None] = mapped_column(BigInteger, default=None)


class RememberedComputer(Base):
    """A computer from which this account's phones may be asked for a login (``gateway.pairing.remembered``)."""

    __tablename__ = "remembered_computers"

    remembered_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    account_id: Mapped[str] = mapped_column(ForeignKey("accounts.account_id", ondelete="CASCADE"), index=True)
    token_digest: Mapped[str] = mapped_column(String(64))
    previous_digest: Mapped[str] = mapped_column(String(64), default="")  # of the token before: its use is a theft
    client_name: Mapped[str] = mapped_column(String(64))
    device_name: Mapped[str] = mapped_column(String(64))
    network: Mapped[str] = mapped_column(String(64))  # IPv4 /24, IPv6 /48
    password_mark: Mapped[str] = mapped_column(String(16))  # changes with the account's password
    session_id: Mapped[str] = mapped_column(String(32))  # of its last login
    created_at: Mapped[int] = mapped_column(BigInteger)
    used_at: Mapped[int] = mapped_column(BigInteger)
    expires_at: Mapped[int] = mapped_column(BigInteger)
