"""Units, and what an account is to them, in the database."""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, Row, and_, bindparam, exists, func, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import aliased

from gateway.foundation.database import Database
from gateway.units.model import HEADS, UnitAccess, Via
from gateway.units.tables import Authorization, Binding, Unit, UnitRole

_ROLES = (
    select(func.aggregate_strings(UnitRole.role, ","))
    .where(UnitRole.taxpayer_id == Unit.taxpayer_id, UnitRole.account_id == bindparam("account_id"))
    .scalar_subquery()
)
_IN_FORCE = and_(
    Authorization.taxpayer_id == Unit.taxpayer_id,
    Authorization.account_id == bindparam("account_id"),
    Authorization.ended_at.is_(None),
    or_(Authorization.valid_until.is_(None), Authorization.valid_until > bindparam("now", type_=BigInteger)),
)
# One statement for all that an account is to its units: it runs at every call of a client.
_ACCESS = (
    select(
        Unit.taxpayer_id,
        Unit.name,
        Unit.status,
        Unit.password_version,
        Binding.bound_at,
        Authorization.authorization_id,
        Authorization.permission,
        _ROLES.label("roles"),
    )
    .outerjoin(Binding, and_(Binding.taxpayer_id == Unit.taxpayer_id, Binding.account_id == bindparam("account_id")))
    .outerjoin(Authorization, _IN_FORCE)
)
_ACTING = or_(Binding.bound_at.is_not(None), Authorization.authorization_id.is_not(None))
_OF_ACCOUNT = _ACCESS.where(_ACTING).order_by(Unit.name, Unit.taxpayer_id)
_KNOWN_TO_ACCOUNT = _ACCESS.where(or_(_ACTING, _ROLES.is_not(None))).order_by(Unit.name, Unit.taxpayer_id)
_ANY = aliased(Authorization)
_FORMERLY = exists().where(_ANY.taxpayer_id == Unit.taxpayer_id, _ANY.account_id == bindparam("account_id"))
_ONE = _ACCESS.add_columns(_FORMERLY.label("formerly")).where(Unit.taxpayer_id == bindparam("taxpayer_id"))


class UnitStore:
    """Reads and writes units; each call is one short transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, taxpayer_id: str) -> Unit | None:
        """The unit with this taxpayer number."""
        with self._database.begin() as db:
            return db.get(Unit, taxpayer_id)

    def of_account(self, account_id: str, now: int, *, authorizations: bool) -> list[UnitAccess]:
        """The units that an account is bound to, or authorized for at ``now`` (ms), by name.

        ``authorizations`` is whether there are any: not before the cut-over.
        """
        found = self._access(_OF_ACCOUNT, now, authorizations, account_id=account_id)
        return [unit for unit in found if unit.via]

    def known_to(self, account_id: str, now: int, *, authorizations: bool) -> list[UnitAccess]:
        """The same, and those at which the account has a role."""
        found = self._access(_KNOWN_TO_ACCOUNT, now, authorizations, account_id=account_id)
        return [unit for unit in found if unit.via or unit.roles]

    def access(self, account_id: str, taxpayer_id: str, now: int, *, authorizations: bool) -> UnitAccess | None:
        """What an account is to one unit; None where there is no such unit, and where it never was anything to it."""
        values = {"now": now, "account_id": account_id, "taxpayer_id": taxpayer_id}
        with self._database.begin() as db:
            row = db.execute(_ONE, values).one_or_none()
        if row is None:
            return None
        unit = _unit(row, authorizations)
        return unit if unit.via or unit.roles or row.formerly else None

    def heads(self, taxpayer_id: str) -> list[str]:
        """The accounts of a unit's legal representative and finance manager."""
        query = select(UnitRole.account_id).where(
            UnitRole.taxpayer_id == taxpayer_id, UnitRole.role.in_(role.value for role in HEADS)
        )
        with self._database.begin() as db:
            return sorted(set(db.scalars(query)))

    def bind(self, account_id: str, taxpayer_id: str, now: int) -> None:
        """Bind an account to a unit; again changes nothing."""
        try:
            with self._database.begin() as db:
                if db.get(Binding, (taxpayer_id, account_id)) is None:
                    db.add(Binding(taxpayer_id=taxpayer_id, account_id=account_id, bound_at=now))
        except IntegrityError:
            pass  # the same call at the same time

    def set_password(self, taxpayer_id: str, password_hash: str) -> None:
        """Keep a new declaration password, as the next version."""
        with self._database.begin() as db:
            db.execute(
                update(Unit)
                .where(Unit.taxpayer_id == taxpayer_id)
                .values(password_hash=password_hash, password_version=Unit.password_version + 1)
            )

    def _access(self, statement: Any, now: int, authorizations: bool, **values: str) -> list[UnitAccess]:
        with self._database.begin() as db:
            rows = db.execute(statement, {"now": now, **values}).all()
        return [_unit(row, authorizations) for row in rows]


def _unit(row: Row[Any], authorizations: bool) -> UnitAccess:
    authorized = authorizations and row.authorization_id is not None
    via = [
        way.value for way, open_ in ((Via.BINDING, row.bound_at is not None), (Via.AUTHORIZATION, authorized)) if open_
    ]
    return UnitAccess(
        row.taxpayer_id,
        row.name,
        row.status,
        tuple(sorted(row.roles.split(","))) if row.roles else (),
        tuple(via),
        row.permission if authorized else "",
        row.authorization_id if authorized else "",
        row.password_version,
    )
