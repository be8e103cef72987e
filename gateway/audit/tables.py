"""The audit log's table. Times are milliseconds of the gateway's clock."""

from __future__ import annotations

from sqlalchemy import BigInteger, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from gateway.foundation.database.engine import Base


class AuditEventRow(Base):
    """One event of the audit log; ``event_id`` sorts by time, ``detail`` is JSON or empty."""

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
