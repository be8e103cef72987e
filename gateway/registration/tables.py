"""Registration codes. Times are milliseconds of the gateway's clock."""

from __future__ import annotations

from sqlalchemy import BigInteger, String
from sqlalchemy.orm import Mapped, mapped_column

from gateway.foundation.database.engine import Base


class RegistrationCode(Base):
    """A code that the hall issued to a person (大厅注册码), as a keyed hash; used codes stay in the table."""

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
