"""The database's own marks: a few names and values that belong to no person and survive every reset."""

from __future__ import annotations

from sqlalchemy import String, text
from sqlalchemy.orm import Mapped, mapped_column

from gateway.foundation.database.engine import Base, Database


class InstallationRow(Base):
    """One name and its value, such as the owner of this database."""

    __tablename__ = "installation"

    name: Mapped[str] = mapped_column(String(64), primary_key=True)
    value: Mapped[str] = mapped_column(String(200))


class Installation:
    """Reads and writes the table ``installation`` of one database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def value(self, name: str) -> str | None:
        """The value of ``name``; None if there is none. Raises Refusal ``unavailable``."""
        with self._database.begin() as db:
            row = db.get(InstallationRow, name)
            return None if row is None else row.value

    def settle(self, name: str, value: str) -> str:
        """Give ``name`` this value if it has none; returns its value from then on.

        If several processes call this at once, one wins. Raises Refusal ``unavailable``.
        """
        with self._database.begin() as db:
            statement = "INSERT INTO installation (name, value) VALUES (:name, :value) ON CONFLICT DO NOTHING"
            db.execute(text(statement), {"name": name, "value": value})
            row = db.get_one(InstallationRow, name)
            return row.value

    def replace(self, name: str, value: str) -> None:
        """Give ``name`` this value. Raises Refusal ``unavailable``."""
        with self._database.begin() as db:
            db.merge(InstallationRow(name=name, value=value))
