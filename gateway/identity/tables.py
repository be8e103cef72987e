"""Tables of natural persons: what must not end by itself. Times are milliseconds of the gateway's clock."""

from __future__ import annotations

from sqlalchemy import BigInteger, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from gateway.foundation.database import Base


class Account(Base):
    """A real-name registered person (自然人账号)."""

    __tablename__ = "accounts"
    __table_args__ = (UniqueConstraint("id_number", "id_type"),)

    account_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    login_name: Mapped[str] = mapped_column(String(64), unique=True)
    phone: Mapped[str] = mapped_column(String(32), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    id_type: Mapped[str] = mapped_column(String(32))
    id_number: Mapped[str] = mapped_column(String(32))
    password_hash: Mapped[str] = mapped_column(String(200))
    household_division: Mapped[str] = mapped_column(String(12), default="")
    disabled: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[int] = mapped_column(BigInteger)


class Device(Base):
    """A phone that has logged in; its one-time-code secret is derived, not kept."""

    __tablename__ = "devices"

    device_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    account_id: Mapped[str] = mapped_column(ForeignKey("accounts.account_id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(String(64))
    model: Mapped[str] = mapped_column(String(64))
    session_digest: Mapped[str] = mapped_column(String(64))
    enrolled_at: Mapped[int] = mapped_column(BigInteger)
    revoked_at: Mapped[int | None] = mapped_column(BigInteger, default=None)


class RegistrationCode(Base):
    """A code that the hall issued to a person (大厅注册码), as a keyed hash; spent ones are kept."""

    __tablename__ = "registration_codes"

    code_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    code_hash: Mapped[str] = mapped_column(String(64))
    name: Mapped[str] = mapped_column(String(200))
    id_type: Mapped[str] = mapped_column(String(32))
    id_number: Mapped[str] = mapped_column(String(32), index=True)
    issued_at: Mapped[int] = mapped_column(BigInteger)
    expires_at: Mapped[int] = mapped_column(BigInteger)
    wrong_tries: Mapped[int] = mapped_column(default=0)
    used_at: Mapped[int | None] = mapped_column(BigInteger, default=None)
    voided_at: Mapped[int | None] = mapped_column(BigInteger, default=None)


class AuditEvent(Base):
    """One step of the audit trail; ``event_id`` sorts by time, ``detail`` is JSON or empty."""

    __tablename__ = "audit_events"
    # An account's newest, and those after one that is known, are read in this order.
    __table_args__ = (Index("ix_audit_events_account_id_event_id", "account_id", "event_id"),)

    event_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    at: Mapped[int] = mapped_column(BigInteger)
    action: Mapped[str] = mapped_column(String(64))
    outcome: Mapped[str] = mapped_column(String(64))
    address: Mapped[str] = mapped_column(String(64))
    account_id: Mapped[str] = mapped_column(String(32))
    device_id: Mapped[str] = mapped_column(String(32))
    ticket_id: Mapped[str] = mapped_column(String(32))
    taxpayer_id: Mapped[str] = mapped_column(String(32))
    detail: Mapped[str] = mapped_column(Text)
