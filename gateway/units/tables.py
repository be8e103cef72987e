"""Tables of units (扣缴义务人) and of who may act for them. Times are milliseconds of the gateway's clock."""

from __future__ import annotations

from sqlalchemy import BigInteger, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from gateway.foundation.database.engine import Base, indexed_text


class Unit(Base):
    """An employer, identified by its taxpayer_id (纳税人识别号); ``password_version`` counts password resets."""

    __tablename__ = "units"
    __table_args__ = (Index("ix_units_name", "name", "taxpayer_id"),)

    taxpayer_id: Mapped[str] = mapped_column(indexed_text(20), primary_key=True)
    name: Mapped[str] = mapped_column(indexed_text(200))
    password_hash: Mapped[str] = mapped_column(String(200))
    password_version: Mapped[int] = mapped_column(default=1)
    status: Mapped[str] = mapped_column(String(16), default="normal")
    created_at: Mapped[int] = mapped_column(BigInteger)


class UnitRole(Base):
    """A person's role at a unit."""

    __tablename__ = "unit_roles"
    __table_args__ = (UniqueConstraint("taxpayer_id", "account_id", "role"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    taxpayer_id: Mapped[str] = mapped_column(
        indexed_text(20), ForeignKey("units.taxpayer_id", ondelete="CASCADE"), index=True
    )
    account_id: Mapped[str] = mapped_column(ForeignKey("accounts.account_id", ondelete="CASCADE"), index=True)
    role: Mapped[str] = mapped_column(String(32))


class Binding(Base):
    """The account has once proved this unit's declaration password (绑定)."""

    __tablename__ = "bindings"

    taxpayer_id: Mapped[str] = mapped_column(
        indexed_text(20), ForeignKey("units.taxpayer_id", ondelete="CASCADE"), primary_key=True
    )
    account_id: Mapped[str] = mapped_column(
        ForeignKey("accounts.account_id", ondelete="CASCADE"), primary_key=True, index=True
    )
    bound_at: Mapped[int] = mapped_column(BigInteger)


_NOT_ENDED = text("ended_at IS NULL")


class Authorization(Base):
    """An account may act for a unit without its declaration password (办税授权).

    In force from ``valid_from`` until ``valid_until`` (null: for ever) unless ended before. An account has at most one
    authorization at a unit that has not ended.
    """

    __tablename__ = "authorizations"
    __table_args__ = (
        Index(
            "uq_authorizations_not_ended",
            "taxpayer_id",
            "account_id",
            unique=True,
            sqlite_where=_NOT_ENDED,
        ),
    )

    authorization_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    taxpayer_id: Mapped[str] = mapped_column(
        indexed_text(20), ForeignKey("units.taxpayer_id", ondelete="CASCADE"), index=True
    )
    account_id: Mapped[str] = mapped_column(ForeignKey("accounts.account_id", ondelete="CASCADE"), index=True)
    permission: Mapped[str] = mapped_column(String(16))
    granted_by: Mapped[str] = mapped_column(String(32))
    granted_at: Mapped[int] = mapped_column(BigInteger)
    valid_until: Mapped[int | None] = mapped_column(BigInteger, default=None)
    ended_at: Mapped[int | None] = mapped_column(BigInteger, default=None)
    ended_by: Mapped[str | None] = mapped_column(String(32), default=None)
    valid_from: Mapped[int] = mapped_column(BigInteger, default=0, server_default="0")
