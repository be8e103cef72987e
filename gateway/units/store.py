"""Units, and the relations of accounts to them, in the database."""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import BigInteger, String, and_, bindparam, func, or_, select, union_all, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import aliased

from gateway.foundation.database.engine import Database
from gateway.units.model import HEADS, UnitAccess
from gateway.units.tables import Authorization, Binding, Unit, UnitRole
from scan_to_login.protocol import Via
from scan_to_login.rules.han import pinyin_order

# With a value each, so that a statement can be compiled before it is called.
_WHO = bindparam("account_id", "", type_=String)
_WHICH = bindparam("taxpayer_id", "", type_=String)
_NOW = bindparam("now", 0, type_=BigInteger)
_ROLES = (
    select(func.aggregate_strings(UnitRole.role, ","))
    .where(UnitRole.taxpayer_id == Unit.taxpayer_id, UnitRole.account_id == _WHO)
    .scalar_subquery()
)
_IN_FORCE = and_(
    Authorization.taxpayer_id == Unit.taxpayer_id,
    Authorization.account_id == _WHO,
    Authorization.ended_at.is_(None),
    Authorization.valid_from <= _NOW,
    or_(Authorization.valid_until.is_(None), Authorization.valid_until > _NOW),
)
# One statement for all relations of an account to its units: it runs at every call of a client.
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
    .outerjoin(Binding, and_(Binding.taxpayer_id == Unit.taxpayer_id, Binding.account_id == _WHO))
    .outerjoin(Authorization, _IN_FORCE)
)
_ACTING = or_(Binding.bound_at.is_not(None), Authorization.authorization_id.is_not(None))
# It starts from the account's few rows, not from the units, of which there may be a hundred thousand.
_EVER = aliased(Authorization)
_BOUND, _AUTHORIZED, _SERVING = (
    select(table.taxpayer_id).where(table.account_id == _WHO) for table in (aliased(Binding), _EVER, aliased(UnitRole))
)
_OF_ACCOUNT = _ACCESS.where(
    Unit.taxpayer_id.in_(union_all(_BOUND, _AUTHORIZED, _SERVING)), or_(_ACTING, _ROLES.is_not(None))
)
_FORMERLY = _AUTHORIZED.where(_EVER.taxpayer_id == Unit.taxpayer_id).correlate(Unit).exists()
_ONE = _ACCESS.add_columns(_FORMERLY.label("formerly")).where(Unit.taxpayer_id == _WHICH)


class _Row(NamedTuple):
    """A row of the statements above, in their order."""

    taxpayer_id: str
    name: str
    status: str
    password_version: int
    bound_at: int | None
    authorization_id: str | None
    permission: str | None
    roles: str | None
    formerly: bool = False


class UnitStore:
    """Reads and writes units; each call is one short transaction."""

    def __init__(self, database: Database, *, heads_need_no_password: bool = False) -> None:
        """``heads_need_no_password``: whether a head's role alone lets the head act for the unit."""
        self._database = database
        self._role_suffices = heads_need_no_password
        self._of_account = database.prepare(_OF_ACCOUNT)
        self._one = database.prepare(_ONE)

    def get(self, taxpayer_id: str) -> Unit | None:
        """The unit with this taxpayer number."""
        with self._database.begin() as db:
            return db.get(Unit, taxpayer_id)

    def of_account(self, account_id: str, now: int, *, authorizations: bool) -> list[UnitAccess]:
        """The units that an account is bound to, authorized for at ``now`` (ms), or a head of, by name.

        ``authorizations`` is False before the first day of authorizations.
        """
        return [unit for unit in self.known_to(account_id, now, authorizations=authorizations) if unit.listed]

    def known_to(self, account_id: str, now: int, *, authorizations: bool) -> list[UnitAccess]:
        """The same units, and those at which the account has a role."""
        rows = self._of_account(account_id=account_id, now=now)
        found = [self._unit(_Row(*row), authorizations) for row in rows]
        return sorted((unit for unit in found if unit.via or unit.roles), key=_by_name)

    def access(self, account_id: str, taxpayer_id: str, now: int, *, authorizations: bool) -> UnitAccess | None:
        """An account's relation to one unit; None if the unit is unknown or the account never had a relation to it."""
        rows = self._one(account_id=account_id, now=now, taxpayer_id=taxpayer_id)
        if not rows:
            return None
        row = _Row(*rows[0])
        unit = self._unit(row, authorizations)
        return unit if unit.via or unit.roles or row.formerly else None

    def heads(self, taxpayer_id: str) -> list[str]:
        """The accounts of a unit's legal representative and finance manager."""
        query = select(UnitRole.account_id).where(
            UnitRole.taxpayer_id == taxpayer_id, UnitRole.role.in_(role.value for role in HEADS)
        )
        with self._database.begin() as db:
            return sorted(set(db.scalars(query)))

    def bind(self, account_id: str, taxpayer_id: str, now: int) -> None:
        """Bind an account to a unit; a repetition changes nothing."""
        try:
            with self._database.begin() as db:
                if db.get(Binding, (taxpayer_id, account_id)) is None:
                    db.add(Binding(taxpayer_id=taxpayer_id, account_id=account_id, bound_at=now))
        except IntegrityError:
            pass  # the same call at the same time

    def set_password(self, taxpayer_id: str, password_hash: str) -> None:
        """Store a new declaration password as the next version."""
        with self._database.begin() as db:
            db.execute(
                update(Unit)
                .where(Unit.taxpayer_id == taxpayer_id)
                .values(password_hash=password_hash, password_version=Unit.password_version + 1)
            )

    def _unit(self, row: _Row, authorizations: bool) -> UnitAccess:
        authorized = authorizations and row.authorization_id is not None
        roles = tuple(sorted(row.roles.split(","))) if row.roles else ()
        ways = {
            Via.BINDING: row.bound_at is not None,
            Via.AUTHORIZATION: authorized,
            Via.ROLE: self._role_suffices and not HEADS.isdisjoint(roles),
        }
        return UnitAccess(
            row.taxpayer_id,
            row.name,
            row.status,
            roles,
            tuple(way.value for way, open_ in ways.items() if open_),
            (row.permission or "") if authorized else "",
            (row.authorization_id or "") if authorized else "",
            row.password_version,
        )


def _by_name(unit: UnitAccess) -> tuple[bytes, str]:
    return pinyin_order(unit.name), unit.taxpayer_id
