"""Authorizations in the database; every call asks it again."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import Select, func, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session as Transaction
from sqlalchemy.orm import aliased

from gateway.accounts.tables import Account
from gateway.foundation.database.engine import Database
from gateway.units.model import AUTHORIZATIONS_OF_A_UNIT
from gateway.units.tables import Authorization, Unit

_ID = re.compile(r"[A-Za-z0-9_-]{1,32}\Z")
_GRANTER = aliased(Account)


class Granted(StrEnum):
    """The outcome of a grant."""

    OK = "ok"
    EXISTS = "exists"
    TOO_MANY = "too_many"


@dataclass(frozen=True, slots=True)
class Grant:
    """An authorization that has not ended, with the names to show."""

    authorization_id: str
    taxpayer_id: str
    unit_name: str
    account_id: str
    name: str
    phone: str
    permission: str
    granted_by: str
    granted_by_name: str
    granted_at: int
    valid_from: int
    valid_until: int | None


class AuthorizationStore:
    """Reads and writes authorizations; each call is one short transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def of_unit(self, taxpayer_id: str, now: int) -> list[Grant]:
        """A unit's authorizations that have not ended, oldest first; some may begin later."""
        return self._read(_not_ended(now).where(Authorization.taxpayer_id == taxpayer_id))

    def of_account(self, account_id: str, now: int) -> list[Grant]:
        """An account's authorizations that have not ended, oldest first; some may begin later."""
        return self._read(_not_ended(now).where(Authorization.account_id == account_id))

    def get(self, authorization_id: str, now: int) -> Grant | None:
        """One authorization that has not ended."""
        if not _ID.match(authorization_id):
            return None
        found = self._read(_not_ended(now).where(Authorization.authorization_id == authorization_id))
        return found[0] if found else None

    def add(self, new: Authorization) -> Granted:
        """Grant, unless the account has one at this unit that has not ended, or the unit already has 20."""
        try:
            with self._database.begin() as db:
                # Writes first: parallel grants at one unit wait for each other, and count each other.
                db.execute(update(Unit).where(Unit.taxpayer_id == new.taxpayer_id).values(name=Unit.name))
                _end_run_out(db, new.taxpayer_id, new.granted_at)
                taken = select(Authorization.account_id).where(
                    Authorization.taxpayer_id == new.taxpayer_id, Authorization.ended_at.is_(None)
                )
                if db.scalar(taken.where(Authorization.account_id == new.account_id)) is not None:
                    return Granted.EXISTS
                if (db.scalar(select(func.count()).select_from(taken.subquery())) or 0) >= AUTHORIZATIONS_OF_A_UNIT:
                    return Granted.TOO_MANY
                db.add(new)
        except IntegrityError:
            return Granted.EXISTS
        return Granted.OK

    def change(self, authorization_id: str, permission: str, valid_from: int, valid_until: int | None) -> bool:
        """Change an authorization; False if it has ended."""
        return self._write(authorization_id, permission=permission, valid_from=valid_from, valid_until=valid_until)

    def end(self, authorization_id: str, by: str, now: int) -> bool:
        """End an authorization; False if it has ended already."""
        return self._write(authorization_id, ended_at=now, ended_by=by)

    def _write(self, authorization_id: str, **values: object) -> bool:
        with self._database.begin() as db:
            written = db.execute(
                update(Authorization)
                .where(Authorization.authorization_id == authorization_id, Authorization.ended_at.is_(None))
                .values(**values)
            )
            return written.rowcount == 1  # type: ignore[attr-defined, no-any-return]

    def _read(self, query: Select[*tuple[Any, ...]]) -> list[Grant]:
        with self._database.begin() as db:
            rows = db.execute(query.order_by(Authorization.granted_at, Authorization.authorization_id)).all()
        return [
            Grant(
                row.authorization_id,
                row.taxpayer_id,
                unit_name,
                row.account_id,
                name,
                phone,
                row.permission,
                row.granted_by,
                granter or "",  # the hall, or an account that is gone
                row.granted_at,
                row.valid_from,
                row.valid_until,
            )
            for row, unit_name, name, phone, granter in rows
        ]


def _not_ended(now: int) -> Select[*tuple[Any, ...]]:
    return (
        select(Authorization, Unit.name, Account.name, Account.phone, _GRANTER.name)
        .join(Unit, Unit.taxpayer_id == Authorization.taxpayer_id)
        .join(Account, Account.account_id == Authorization.account_id)
        .outerjoin(_GRANTER, _GRANTER.account_id == Authorization.granted_by)
        .where(
            Authorization.ended_at.is_(None),
            or_(Authorization.valid_until.is_(None), Authorization.valid_until > now),
        )
    )


def _end_run_out(db: Transaction, taxpayer_id: str, now: int) -> None:
    """End expired authorizations, so that they no longer count for the person or among the 20."""
    db.execute(
        update(Authorization)
        .where(
            Authorization.taxpayer_id == taxpayer_id,
            Authorization.ended_at.is_(None),
            Authorization.valid_until <= now,
        )
        .values(ended_at=Authorization.valid_until)
    )
