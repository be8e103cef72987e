"""Remembered computers in the database; each call is one short transaction, and raises Refusal ``unavailable``."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import delete, select, update

from gateway.accounts.tables import RememberedComputer
from gateway.foundation.database.engine import Database

MOST: Final = 20  # of one account; the one that was used longest ago goes


class RememberedStore:
    """Reads and writes them."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, remembered_id: str) -> RememberedComputer | None:
        """The computer with this id."""
        with self._database.begin() as db:
            return db.get(RememberedComputer, remembered_id)

    def of_account(self, account_id: str) -> list[RememberedComputer]:
        """An account's computers, the one used last first."""
        with self._database.begin() as db:
            query = select(RememberedComputer).where(RememberedComputer.account_id == account_id)
            return list(db.scalars(query.order_by(RememberedComputer.used_at.desc())))

    def put(self, computer: RememberedComputer) -> None:
        """Add one; repeated, it changes nothing."""
        with self._database.begin() as db:
            if db.get(RememberedComputer, computer.remembered_id) is not None:
                return
            db.add(computer)
            db.flush()
            ids = select(RememberedComputer.remembered_id).where(RememberedComputer.account_id == computer.account_id)
            over = db.scalars(ids.order_by(RememberedComputer.used_at.desc()).offset(MOST)).all()
            if over:
                db.execute(delete(RememberedComputer).where(RememberedComputer.remembered_id.in_(over)))

    def rotate(self, remembered_id: str, before: str, **values: Any) -> bool:
        """Replace the token with the digest ``before``; False if the computer has another one by now, or is gone."""
        with self._database.begin() as db:
            change = update(RememberedComputer).where(
                RememberedComputer.remembered_id == remembered_id, RememberedComputer.token_digest == before
            )
            changed: Any = db.execute(change.values(previous_digest=before, **values))
            return bool(changed.rowcount)

    def remove(self, account_id: str, *, remembered_id: str = "", session_id: str = "") -> int:
        """Remove an account's computer with this id, or those whose last login was this session; their number."""
        gone = delete(RememberedComputer).where(RememberedComputer.account_id == account_id)
        if remembered_id:
            gone = gone.where(RememberedComputer.remembered_id == remembered_id)
        if session_id:
            gone = gone.where(RememberedComputer.session_id == session_id)
        with self._database.begin() as db:
            removed: Any = db.execute(gone)
            return int(removed.rowcount)
