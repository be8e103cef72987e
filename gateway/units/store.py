"""Units, bindings and authorizations in the database."""

from __future__ import annotations

from sqlalchemy import or_, select

from gateway.foundation.database import Database
from gateway.units.model import UnitAccess, Via
from gateway.units.tables import Authorization, Binding, Unit, UnitRole


class UnitStore:
    """Reads and writes units; each call is one short transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, taxpayer_id: str) -> Unit | None:
        """The unit with this taxpayer number."""
        with self._database.begin() as db:
            return db.get(Unit, taxpayer_id)

    def of_account(self, account_id: str, now: int) -> list[UnitAccess]:
        """The units that an account is bound to, or authorized for at ``now`` (ms), by name."""
        with self._database.begin() as db:
            bound = set(db.scalars(select(Binding.taxpayer_id).where(Binding.account_id == account_id)))
            authorized = set(
                db.scalars(
                    select(Authorization.taxpayer_id).where(
                        Authorization.account_id == account_id,
                        Authorization.ended_at.is_(None),
                        or_(Authorization.valid_until.is_(None), Authorization.valid_until > now),
                    )
                )
            )
            if not bound | authorized:
                return []
            units = db.scalars(select(Unit).where(Unit.taxpayer_id.in_(bound | authorized)).order_by(Unit.name)).all()
            roles: dict[str, list[str]] = {}
            for role in db.scalars(select(UnitRole).where(UnitRole.account_id == account_id).order_by(UnitRole.role)):
                roles.setdefault(role.taxpayer_id, []).append(role.role)
        return [
            UnitAccess(
                unit.taxpayer_id,
                unit.name,
                unit.status,
                tuple(roles.get(unit.taxpayer_id, ())),
                tuple(
                    via.value
                    for via, known in ((Via.BINDING, bound), (Via.AUTHORIZATION, authorized))
                    if unit.taxpayer_id in known
                ),
            )
            for unit in units
        ]
