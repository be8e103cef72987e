"""Planting a seed: into the database, and its locks into Redis."""

from __future__ import annotations

from sqlalchemy import delete, select

from gateway.foundation.clock import Clock
from gateway.foundation.database import Base, Database
from gateway.foundation.errors import StartupError
from gateway.foundation.secrets import random_id
from gateway.identity.attempts import Locks
from gateway.identity.passwords import Passwords
from gateway.identity.store import AccountStore
from gateway.identity.tables import Account
from gateway.sim.seed import Seed
from gateway.units.model import end_of_day
from gateway.units.tables import Authorization, Binding, Unit, UnitRole


class Seeder:
    """Puts a seed into the database; the same seed again changes nothing."""

    def __init__(self, database: Database, clock: Clock, passwords: Passwords) -> None:
        self._database = database
        self._clock = clock
        self._passwords = passwords
        self._hashes: dict[str, str] = {}

    def clear(self) -> None:
        """Empty every table."""
        with self._database.begin() as db:
            for table in reversed(Base.metadata.sorted_tables):
                db.execute(delete(table))

    def plant(self, seed: Seed) -> None:
        """Add what the seed has and the database has not. Raises StartupError for a name that leads nowhere."""
        now = self._clock.now_ms()
        # Before the transaction, which would hold others up: each takes 50 ms, once.
        for word in {*(row.password for row in seed.accounts), *(row.declaration_password for row in seed.units)}:
            self._hash(word)
        with self._database.begin() as db:
            names = db.execute(select(Account.login_name, Account.account_id))
            known: dict[str, str] = {row.login_name: row.account_id for row in names}
            new = [account for account in seed.accounts if account.login_name not in known]
            for account in new:
                known[account.login_name] = random_id()
                db.add(
                    Account(
                        account_id=known[account.login_name],
                        login_name=account.login_name,
                        phone=account.phone,
                        name=account.name,
                        id_type=account.id_type.value,
                        id_number=account.id_number,
                        password_hash=account.password_hash or self._hash(account.password),
                        disabled=account.disabled,
                        household_division=account.household_division,
                        created_at=now,
                    )
                )
            for unit in seed.units:
                if db.get(Unit, unit.taxpayer_id) is None:
                    db.add(
                        Unit(
                            taxpayer_id=unit.taxpayer_id,
                            name=unit.name,
                            password_hash=unit.password_hash or self._hash(unit.declaration_password),
                            status=unit.status.value,
                            created_at=now,
                        )
                    )
            db.flush()
            fresh = {account.login_name for account in new}

            def of(name: str) -> str:
                if name not in known:
                    raise StartupError(f"The seed names an account {name} that it does not have.")
                return known[name]

            for role in seed.roles:
                if role.account in fresh:
                    unit_id = seed.taxpayer_id(role.unit)
                    db.add(UnitRole(taxpayer_id=unit_id, account_id=of(role.account), role=role.role.value))
            for binding in seed.bindings:
                if binding.account in fresh:
                    db.add(
                        Binding(
                            taxpayer_id=seed.taxpayer_id(binding.unit), account_id=of(binding.account), bound_at=now
                        )
                    )
            for grant in seed.authorizations:
                if grant.account in fresh:
                    db.add(
                        Authorization(
                            authorization_id=random_id(),
                            taxpayer_id=seed.taxpayer_id(grant.unit),
                            account_id=of(grant.account),
                            permission=grant.permission.value,
                            granted_by=of(grant.granted_by),
                            granted_at=now,
                            valid_until=end_of_day(grant.valid_until) if grant.valid_until else None,
                        )
                    )

    def _hash(self, password: str) -> str:
        # One hash a distinct password: a seed of many people with one password is planted at once.
        if password not in self._hashes:
            self._hashes[password] = self._passwords.hash(password)
        return self._hashes[password]


def lock_seeded(seed: Seed, accounts: AccountStore, locks: Locks) -> None:
    """Lock the accounts that the seed has locked."""
    for account in seed.accounts:
        row = accounts.find(account.login_name) if account.locked else None
        if row is not None:
            locks.lock(row.account_id)
