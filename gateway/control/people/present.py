"""The people, units and authorizations that are there now, by a part of a name or number, for the inspector's page."""

from __future__ import annotations

from typing import Any

from pydantic import Field
from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, aliased

from gateway.accounts.lockout import Locks
from gateway.accounts.tables import Account
from gateway.foundation.clock import Clock
from gateway.foundation.database.engine import Database
from gateway.http.routes import Answer, Call, Router
from gateway.units.model import last_day
from gateway.units.tables import Authorization, Unit
from scan_to_login.protocol import Permission, UnitStatus
from scan_to_login.request_shapes import Query
from scan_to_login.rules.typed import folded


class PresentQuery(Query):
    """What to look for, and how many rows of each kind to return."""

    search: str = Field("", max_length=64, description="a part of a name or number; any letter case")
    limit: int = Field(50, ge=1, le=500)


class PresentAccount(Answer):
    """A person."""

    login_name: str
    name: str
    phone: str
    id_number: str
    disabled: bool
    locked: bool


class PresentUnit(Answer):
    """A unit."""

    taxpayer_id: str
    name: str
    status: UnitStatus


class PresentAuthorization(Answer):
    """An authorization that has not ended; people are told by login name."""

    unit: str
    account: str
    permission: Permission
    granted_by: str = Field(description="empty for a person who is there no more")
    valid_until: str | None = Field(description="last day in force; null is for ever")


class Present(Answer):
    """Some of the rows of each kind, oldest first, and how many there are in all."""

    accounts: list[PresentAccount]
    units: list[PresentUnit]
    authorizations: list[PresentAuthorization]
    accounts_in_all: int
    units_in_all: int


class PresentPeople:
    """Searches the database; each search is one short transaction."""

    def __init__(self, database: Database, clock: Clock, locks: Locks) -> None:
        self._database = database
        self._clock = clock
        self._locks = locks

    def find(self, text: str, limit: int) -> Present:
        """At most ``limit`` rows of each kind that contain ``text``. Raises Refusal ``unavailable``."""
        wanted, now = folded(text), self._clock.now_ms()
        people = _having(wanted, Account.login_name, Account.name, Account.phone, Account.id_number)
        with self._database.begin() as db:
            accounts = db.scalars(
                select(Account).where(people).order_by(Account.created_at, Account.login_name).limit(limit)
            ).all()
            named = _having(wanted, Unit.taxpayer_id, Unit.name)
            units = db.scalars(select(Unit).where(named).order_by(Unit.created_at, Unit.taxpayer_id).limit(limit)).all()
            grants = db.execute(_authorizations(wanted, now).limit(limit)).all()
            in_all = [db.scalar(select(func.count()).select_from(kind)) or 0 for kind in (Account, Unit)]
        seconds = self._locks.seconds(*(row.account_id for row in accounts)) if accounts else []
        return Present(
            accounts=[
                PresentAccount(
                    login_name=row.login_name,
                    name=row.name,
                    phone=row.phone,
                    id_number=row.id_number,
                    disabled=row.disabled,
                    locked=left > 0,
                )
                for row, left in zip(accounts, seconds, strict=True)
            ],
            units=[
                PresentUnit(taxpayer_id=row.taxpayer_id, name=row.name, status=UnitStatus(row.status)) for row in units
            ],
            authorizations=[
                PresentAuthorization(
                    unit=row.taxpayer_id,
                    account=row.login_name,
                    permission=Permission(row.permission),
                    granted_by=row.granter or "",
                    valid_until=last_day(row.valid_until),
                )
                for row in grants
            ],
            accounts_in_all=in_all[0],
            units_in_all=in_all[1],
        )


def _authorizations(text: str, now: int) -> Any:  # Select has other parameters from SQLAlchemy 2.1 on
    granter = aliased(Account)
    return (
        select(
            Authorization.taxpayer_id,
            Account.login_name,
            Authorization.permission,
            granter.login_name.label("granter"),
            Authorization.valid_until,
        )
        .join(Account, Account.account_id == Authorization.account_id)
        .outerjoin(granter, granter.account_id == Authorization.granted_by)
        .where(
            Authorization.ended_at.is_(None),
            or_(Authorization.valid_until.is_(None), Authorization.valid_until > now),
            _having(text, Authorization.taxpayer_id, Account.login_name),
        )
        .order_by(Authorization.granted_at, Authorization.authorization_id)
    )


def _having(text: str, *columns: InstrumentedAttribute[str]) -> ColumnElement[bool]:
    return or_(*(column.icontains(text, autoescape=True) for column in columns))


def router(present: PresentPeople, prefix: str) -> Router:
    """Part of the control plane's routes."""

    def read_people(call: Call) -> Present:
        """The people, units and authorizations that are there now, by a part of a name or number."""
        return present.find(call.query.search, call.query.limit)

    room = Router("simulated people", prefix)
    room.add("GET", "/people", read_people, query=PresentQuery, returns=Present)
    return room
