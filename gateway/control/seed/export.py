"""Exports the present people and units as a seed, so that a gateway can start with them again."""

from __future__ import annotations

import json
from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from functools import lru_cache
from typing import Any, Final

from sqlalchemy import Executable, or_, select
from sqlalchemy.engine import Row
from sqlalchemy.orm import aliased

from gateway.accounts.lockout import Locks
from gateway.accounts.passwords import Passwords
from gateway.accounts.tables import Account
from gateway.foundation.clock import Clock
from gateway.foundation.database.engine import Database
from gateway.foundation.database.snapshot import Snapshot
from gateway.foundation.errors import Refusal
from gateway.foundation.secrets import digest
from gateway.oauth.tables import OAuthClient
from gateway.units.cut_over import CutOver
from gateway.units.model import first_day, last_day
from gateway.units.tables import Authorization, Binding, Unit, UnitRole
from scan_to_login.protocol import Code
from scan_to_login.seed import Seed, SeedClient

Fields = dict[str, Any]
Rows = Sequence[Row[Any]]
MOST_AT_ONCE: Final = 2  # exports; each holds a connection to the database as long as its reader takes
_FEW_WORDS: Final = 8  # passwords of a seed that are tried on a changed password; each try costs 50 ms
_TRIED: Final = 4096  # hashes with a password whose outcome is remembered; people may share both

# Each in the order of an index, so that no rows are sorted but those of one unit.
_ACCOUNTS: Final = select(
    Account.account_id,
    Account.login_name,
    Account.password_hash,
    Account.phone,
    Account.name,
    Account.id_type,
    Account.id_number,
    Account.household_division,
    Account.disabled,
).order_by(Account.login_name)
_UNITS: Final = select(Unit.taxpayer_id, Unit.name, Unit.password_hash, Unit.status).order_by(Unit.taxpayer_id)
_ROLES: Final = select(UnitRole.taxpayer_id, Account.login_name, UnitRole.role).join(
    Account, Account.account_id == UnitRole.account_id
)
_BINDINGS: Final = select(Binding.taxpayer_id, Account.login_name).join(
    Account, Account.account_id == Binding.account_id
)
_CLIENTS: Final = select(*OAuthClient.__table__.columns).order_by(OAuthClient.client_id)


class SeedExport:
    """Reads the tables. It exports a password that the seed contains as text, and any other as its hash.

    All rows are those of one moment, that at which the export began; a lock counts if it is there when its person is
    read. At any time a few hundred rows are in memory, however many people there are.
    """

    def __init__(self, database: Database, clock: Clock, passwords: Passwords, locks: Locks, cut_over: CutOver) -> None:
        self._database = database
        self._clock = clock
        self._locks = locks
        self._cut_over = cut_over
        self._matches = lru_cache(_TRIED)(passwords.matches)
        self._under_way = 0

    def export(self, seed: Seed) -> Generator[bytes, None, None]:
        """The whole present state as a seed in JSON, in pieces. Raises Refusal ``unavailable``."""
        with self._one_more(), self._database.snapshot() as snapshot:
            lists: dict[str, Iterator[Iterable[Fields]]] = {
                "accounts": self._accounts(snapshot, seed),
                "units": self._units(snapshot, seed),
                "roles": (
                    [{"unit": _called(row, seed), "account": row.login_name, "role": row.role} for row in rows]
                    for rows in snapshot.batches(_ROLES.order_by(UnitRole.id))
                ),
                "bindings": (
                    [{"unit": _called(row, seed), "account": row.login_name} for row in rows]
                    for rows in snapshot.batches(_BINDINGS.order_by(Binding.taxpayer_id, Account.login_name))
                ),
                "authorizations": (
                    [_grant(row, seed) for row in rows] for rows in snapshot.batches(_grants(self._clock.now_ms()))
                ),
                "clients": (_clients(rows, seed) for rows in snapshot.batches(_CLIENTS)),
            }
            for number, (name, batches) in enumerate(lists.items()):
                yield from _listed(f"{',' if number else '{'}{json.dumps(name)}:[", batches)
            yield self._days()

    @contextmanager
    def _one_more(self) -> Iterator[None]:
        if self._under_way >= MOST_AT_ONCE:
            raise Refusal(Code.UNAVAILABLE, f"{MOST_AT_ONCE} exports are under way already.", retry_after=1)
        self._under_way += 1
        try:
            yield
        finally:
            self._under_way -= 1

    def _days(self) -> bytes:
        first, last = _text(self._cut_over.authorizations_from), _text(self._cut_over.legacy_login_until)
        one = first == last
        days = {
            "authorizations_from": None if one else first,
            "legacy_login_until": None if one else last,
            "cut_over": first if one else None,
        }
        return "".join(f",{json.dumps(name)}:{json.dumps(day)}" for name, day in days.items()).encode() + b"}"

    def _accounts(self, snapshot: Snapshot, seed: Seed) -> Iterator[list[Fields]]:
        words = _few(account.password for account in seed.accounts)
        for rows in snapshot.batches(_ACCOUNTS):
            locked = self._locks.seconds(*(row.account_id for row in rows))
            yield [self._account(row, seed, words, seconds > 0) for row, seconds in zip(rows, locked, strict=True)]

    def _account(self, row: Row[Any], seed: Seed, words: tuple[str, ...], locked: bool) -> Fields:
        own = seed.account_of(row.login_name)
        password = self._password(row.password_hash, (own.password, own.password_hash) if own else ("", ""), words)
        return {
            "login_name": row.login_name,
            "password": password,
            "password_hash": "" if password else row.password_hash,
            "phone": row.phone,
            "name": row.name,
            "id_type": row.id_type,
            "id_number": row.id_number,
            "household_division": row.household_division,
            "disabled": row.disabled,
            "locked": locked,
        }

    def _units(self, snapshot: Snapshot, seed: Seed) -> Iterator[list[Fields]]:
        words = _few(unit.declaration_password for unit in seed.units)
        for rows in snapshot.batches(_UNITS):
            yield [self._unit(row, seed, words) for row in rows]

    def _unit(self, row: Row[Any], seed: Seed, words: tuple[str, ...]) -> Fields:
        own = seed.unit_of(row.taxpayer_id)
        known = (own.declaration_password, own.password_hash) if own else ("", "")
        password = self._password(row.password_hash, known, words)
        return {
            "alias": own.alias if own else "",
            "taxpayer_id": row.taxpayer_id,
            "name": row.name,
            "declaration_password": password,
            "password_hash": "" if password else row.password_hash,
            "status": row.status,
        }

    def _password(self, hashed: str, own: tuple[str, str], words: tuple[str, ...]) -> str:
        """The password with the hash ``hashed``; empty if it is unknown.

        ``own`` is the password or hash from the seed, ``words`` are further passwords to try.
        """
        password, given_hash = own
        if hashed == given_hash:
            return ""
        if password and self._matches(hashed, password):
            return password
        return next((word for word in words if self._matches(hashed, word)), "")


def _grants(now: int) -> Executable:
    """The authorizations that have not ended, with the login names of both sides."""
    granter = aliased(Account)
    columns = (Authorization.taxpayer_id, Account.login_name, granter.login_name.label("granted_by"))
    return (
        select(*columns, Authorization.permission, Authorization.valid_from, Authorization.valid_until)
        .join(Account, Account.account_id == Authorization.account_id)
        .join(granter, granter.account_id == Authorization.granted_by)
        .where(Authorization.ended_at.is_(None))
        .where(or_(Authorization.valid_until.is_(None), Authorization.valid_until > now))
        .order_by(Authorization.taxpayer_id, Account.login_name)
    )


def _grant(row: Row[Any], seed: Seed) -> Fields:
    return {
        "unit": _called(row, seed),
        "account": row.login_name,
        "permission": row.permission,
        "granted_by": row.granted_by,
        "valid_from": first_day(row.valid_from),
        "valid_until": last_day(row.valid_until),
    }


def _called(row: Row[Any], seed: Seed) -> str:
    """The unit of a row, by its alias if the seed has one."""
    unit = seed.unit_of(row.taxpayer_id)
    return unit.alias or row.taxpayer_id if unit else row.taxpayer_id


def _clients(rows: Rows, seed: Seed) -> Iterator[Fields]:
    """The clients; a secret that the seed contains as text, any other as its SHA-256."""
    secrets = {digest(client.secret): client.secret for client in seed.clients if client.secret}
    for row in rows:
        secret = secrets.get(row.secret_digest, "")
        told = {"secret": secret, "secret_digest": "" if secret else row.secret_digest}
        yield {name: told[name] if name in told else getattr(row, name) for name in SeedClient.model_fields}


def _few(passwords: Iterable[str]) -> tuple[str, ...]:
    """The passwords that occur, or none of them if they are many."""
    words: set[str] = set()
    for password in filter(None, passwords):
        words.add(password)
        if len(words) > _FEW_WORDS:
            return ()
    return tuple(sorted(words))


def _listed(beginning: str, batches: Iterator[Iterable[Fields]]) -> Iterator[bytes]:
    """A JSON array, in pieces; the first one begins with ``beginning``."""
    before = beginning
    for rows in batches:
        yield (before + ",".join(json.dumps(row, ensure_ascii=False) for row in rows)).encode()
        before = ","
    yield ("]" if before == "," else f"{beginning}]").encode()


def _text(day: date | None) -> str | None:
    return None if day is None else day.isoformat()
