"""The people, units and authorizations that are there now, by a name or number, for the inspector's page."""

from __future__ import annotations

from typing import Any, Final

from pydantic import Field
from sqlalchemy import func, or_, select
from sqlalchemy.orm import aliased

from gateway.accounts.lockout import Locks
from gateway.accounts.tables import Account
from gateway.control.people.lookup import Indexed, Lookup, NoSuchPage, cursor_of, positions_of
from gateway.foundation.clock import Clock
from gateway.foundation.database.engine import Database
from gateway.foundation.errors import refused_field
from gateway.http.routes import Answer, Call, Router
from gateway.units.model import last_day
from gateway.units.tables import Authorization, Unit
from scan_to_login.field_rules import FieldRule
from scan_to_login.protocol import Permission, SearchMatch, UnitStatus
from scan_to_login.request_shapes import Query
from scan_to_login.rules.identifiers import folded_phone
from scan_to_login.rules.typed import folded, folded_number, tidied_name, visible


def _without_length(schema: dict[str, Any]) -> None:
    """Leave the length out of the document: callers give back what they got, and have none to choose."""
    del schema["maxLength"]


class PresentQuery(Query):
    """What to look for, how many rows of each kind to return, and after which page."""

    search: str = Field("", max_length=64, description="a name or number, or a part of one; any letter case of a part")
    match: SearchMatch = Field(
        SearchMatch.PART,
        description="`exact` and `prefix` read indexes alone; `part` reads all rows too where those do not fill a page",
    )
    limit: int = Field(50, ge=1, le=500)
    after: str = Field(
        "",
        max_length=4096,  # it holds names
        json_schema_extra=_without_length,
        description="`next` of the page before, of the same search",
    )


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
    """A page of rows of each kind, and how many there are in all.

    Those with exactly this name or number come first, then those that begin with it, then those that have a part of
    it; without a search by login name, and by taxpayer number.
    """

    accounts: list[PresentAccount]
    units: list[PresentUnit]
    authorizations: list[PresentAuthorization]
    accounts_in_all: int
    units_in_all: int
    next: str | None = Field(description="`after` of the next page; null after the last one of all three kinds")


def _digits(text: str) -> list[str]:
    return [number] if (number := folded_phone(text)).isdigit() else []


def _number(text: str) -> list[str]:
    return [number] if (number := folded_number(text)).isascii() and number.isalnum() else []


_ACCOUNTS: Final = Lookup(
    (Account.login_name,),
    Indexed((Account.login_name,), lambda text: [folded(text)]),
    Indexed((Account.phone,), _digits),
    Indexed((Account.id_number, Account.id_type), _number),
    Indexed((Account.name, Account.login_name), lambda text: [tidied_name(text)]),
)
_UNITS: Final = Lookup(
    (Unit.taxpayer_id,),
    Indexed((Unit.taxpayer_id,), _number),
    # Stored as it was given, with brackets of full width.
    Indexed((Unit.name, Unit.taxpayer_id), lambda text: [visible(text).strip(), folded(text)]),
)
_AUTHORIZATIONS: Final = Lookup(
    (Authorization.taxpayer_id, Authorization.authorization_id),
    Indexed((Authorization.taxpayer_id, Authorization.authorization_id), _number),
    Indexed((Account.login_name, Authorization.authorization_id), lambda text: [folded(text)]),
)
_GRANTER: Final = aliased(Account)
_OF_ACCOUNTS: Final = select(
    Account.account_id,
    Account.login_name,
    Account.name,
    Account.phone,
    Account.id_type,
    Account.id_number,
    Account.disabled,
)
_OF_UNITS: Final = select(Unit.taxpayer_id, Unit.name, Unit.status)
_OF_AUTHORIZATIONS: Final = (
    select(
        Authorization.authorization_id,
        Authorization.taxpayer_id,
        Account.login_name,
        Authorization.permission,
        _GRANTER.login_name.label("granter"),
        Authorization.valid_until,
    )
    .join(Account, Account.account_id == Authorization.account_id)
    .outerjoin(_GRANTER, _GRANTER.account_id == Authorization.granted_by)
    .where(Authorization.ended_at.is_(None))
)
_START: Final = ([0], [0], [0])


class PresentPeople:
    """Searches the database; each page is one short transaction."""

    def __init__(self, database: Database, clock: Clock, locks: Locks) -> None:
        self._database = database
        self._clock = clock
        self._locks = locks

    def find(self, text: str, match: SearchMatch, limit: int, after: str = "") -> Present:
        """A page of at most ``limit`` rows of each kind with ``text`` in a name or number.

        Raises Refusal ``invalid_request`` for a page that is none of this search, and ``unavailable``.
        """
        now = self._clock.now_ms()
        in_force = or_(Authorization.valid_until.is_(None), Authorization.valid_until > now)
        kinds = (
            (_ACCOUNTS, _OF_ACCOUNTS),
            (_UNITS, _OF_UNITS),
            (_AUTHORIZATIONS, _OF_AUTHORIZATIONS.where(in_force)),
        )
        try:
            begins = positions_of(after, len(kinds)) if after else _START
            with self._database.begin() as db:
                pages = [
                    ([], None) if begin is None else lookup.page(db, rows, text, match, begin, limit)
                    for (lookup, rows), begin in zip(kinds, begins, strict=True)
                ]
                in_all = [db.scalar(select(func.count()).select_from(kind)) or 0 for kind in (Account, Unit)]
        except NoSuchPage:
            raise refused_field("after", FieldRule.UNFIT) from None
        accounts, units, authorizations = (found for found, _ in pages)
        ends = [end for _, end in pages]
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
                for row in authorizations
            ],
            accounts_in_all=in_all[0],
            units_in_all=in_all[1],
            next=cursor_of(ends) if any(ends) else None,
        )


def router(present: PresentPeople, prefix: str) -> Router:
    """Part of the control plane's routes."""

    def read_people(call: Call) -> Present:
        """The people, units and authorizations that are there now, by a name or number, or a part of one."""
        query: PresentQuery = call.query
        return present.find(query.search, query.match, query.limit, query.after)

    room = Router("simulated people", prefix)
    room.add("GET", "/people", read_people, query=PresentQuery, returns=Present)
    return room
