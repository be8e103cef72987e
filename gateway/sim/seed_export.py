"""The present state of people and units in the form of a seed, so that a gateway can be started with it again."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select

from gateway.foundation.clock import Clock
from gateway.foundation.database import Database
from gateway.identity.attempts import Locks
from gateway.identity.documents import IdType
from gateway.identity.passwords import Passwords
from gateway.identity.tables import Account
from gateway.protocol import Permission
from gateway.sim.seed import (
    Seed,
    SeedAccount,
    SeedAuthorization,
    SeedBinding,
    SeedRole,
    SeedUnit,
)
from gateway.units.cut_over import CutOver
from gateway.units.model import Role, UnitStatus, last_day
from gateway.units.tables import Authorization, Binding, Unit, UnitRole


class SeedExport:
    """Reads the tables. A password that stands in ``seed`` is told; another is told as its hash."""

    def __init__(self, database: Database, clock: Clock, passwords: Passwords, locks: Locks, cut_over: CutOver) -> None:
        self._database = database
        self._clock = clock
        self._passwords = passwords
        self._locks = locks
        self._cut_over = cut_over
        self._known: dict[str, str] = {}

    def export(self, seed: Seed) -> Seed:
        """Everything that a seed can say, as it is at this moment."""
        with self._database.begin() as db:
            accounts = list(db.scalars(select(Account).order_by(Account.created_at, Account.login_name)))
            units = list(db.scalars(select(Unit).order_by(Unit.created_at, Unit.taxpayer_id)))
            roles = list(db.scalars(select(UnitRole).order_by(UnitRole.id)))
            bindings = list(db.scalars(select(Binding).order_by(Binding.taxpayer_id, Binding.bound_at)))
            grants = list(db.scalars(select(Authorization).where(Authorization.ended_at.is_(None))))
        aliases = {unit.taxpayer_id: unit.alias for unit in seed.units}
        names = {account.account_id: account.login_name for account in accounts}
        called = {unit.taxpayer_id: aliases.get(unit.taxpayer_id) or unit.taxpayer_id for unit in units}
        words = {account.password for account in seed.accounts}
        unit_words = {unit.declaration_password for unit in seed.units}
        now = self._clock.now_ms()
        return Seed(
            accounts=tuple(self._account(account, words) for account in accounts),
            units=tuple(self._unit(unit, aliases.get(unit.taxpayer_id, ""), unit_words) for unit in units),
            roles=tuple(
                SeedRole(unit=called[row.taxpayer_id], account=names[row.account_id], role=Role(row.role))
                for row in roles
            ),
            bindings=tuple(
                SeedBinding(unit=called[row.taxpayer_id], account=names[row.account_id]) for row in bindings
            ),
            authorizations=tuple(
                SeedAuthorization(
                    unit=called[row.taxpayer_id],
                    account=names[row.account_id],
                    permission=Permission(row.permission),
                    granted_by=names[row.granted_by],
                    valid_until=_date(last_day(row.valid_until)),
                )
                for row in grants
                if row.granted_by in names and (row.valid_until is None or row.valid_until > now)
            ),
            cut_over=self._cut_over.day,
        )

    def _account(self, account: Account, words: set[str]) -> SeedAccount:
        password = self._password(account.password_hash, words)
        return SeedAccount(
            login_name=account.login_name,
            password=password,
            password_hash="" if password else account.password_hash,
            phone=account.phone,
            name=account.name,
            id_type=IdType(account.id_type),
            id_number=account.id_number,
            household_division=account.household_division,
            disabled=account.disabled,
            locked=self._locks.seconds(account.account_id)[0] > 0,
        )

    def _unit(self, unit: Unit, alias: str, words: set[str]) -> SeedUnit:
        password = self._password(unit.password_hash, words)
        return SeedUnit(
            alias=alias,
            taxpayer_id=unit.taxpayer_id,
            name=unit.name,
            declaration_password=password,
            password_hash="" if password else unit.password_hash,
            status=UnitStatus(unit.status),
        )

    def _password(self, hashed: str, words: set[str]) -> str:
        """Which of ``words`` it is the hash of; tried once for each hash, since each try costs 50 ms."""
        if hashed not in self._known:
            found = (word for word in words if word and self._passwords.matches(hashed, word))
            self._known[hashed] = next(found, "")
        return self._known[hashed]


def _date(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)
