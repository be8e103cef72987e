"""Exports the present people and units as a seed, so that a gateway can start with them again."""

from __future__ import annotations

import json
import time
from collections.abc import Generator, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.engine import Row

from gateway.accounts.lockout import Locks
from gateway.accounts.passwords import Passwords
from gateway.accounts.tables import Account
from gateway.foundation.clock import Clock
from gateway.foundation.database.engine import Database
from gateway.foundation.secrets import digest
from gateway.oauth.tables import OAuthClient
from gateway.units.cut_over import CutOver
from gateway.units.model import first_day, last_day
from gateway.units.tables import Authorization, Binding, Unit, UnitRole
from scan_to_login.seed import Seed, SeedClient

Fields = dict[str, Any]
Rows = list[Row[Any]]
_IN_ONE_GO: Final = 200  # rows between two yields to other requests
_FEW_WORDS: Final = 8  # passwords of a seed that are tried on a changed password; each try costs 50 ms


@dataclass(frozen=True, slots=True)
class _Tables:
    """The content of the tables at one moment."""

    accounts: Rows
    units: Rows
    roles: Rows
    bindings: Rows
    grants: Rows
    clients: Rows


class SeedExport:
    """Reads the tables. It exports a password that the seed contains as text, and any other as its hash."""

    def __init__(self, database: Database, clock: Clock, passwords: Passwords, locks: Locks, cut_over: CutOver) -> None:
        self._database = database
        self._clock = clock
        self._passwords = passwords
        self._locks = locks
        self._cut_over = cut_over
        self._known: dict[tuple[str, str], bool] = {}

    def export(self, seed: Seed) -> Generator[bytes, None, None]:
        """The whole present state as a seed in JSON, in pieces.

        Between two pieces other requests run: the worker keeps serving, however many people there are.
        """
        tables = self._read()
        aliases = {unit.taxpayer_id: unit.alias for unit in seed.units}
        names = {row.account_id: row.login_name for row in tables.accounts}
        called = {row.taxpayer_id: aliases.get(row.taxpayer_id) or row.taxpayer_id for row in tables.units}
        now = self._clock.now_ms()
        lists: dict[str, Iterator[Fields]] = {
            "accounts": self._accounts(tables.accounts, seed),
            "units": self._units(tables.units, aliases, seed),
            "roles": (
                {"unit": called[row.taxpayer_id], "account": names[row.account_id], "role": row.role}
                for row in tables.roles
            ),
            "bindings": (
                {"unit": called[row.taxpayer_id], "account": names[row.account_id]} for row in tables.bindings
            ),
            "authorizations": (
                {
                    "unit": called[row.taxpayer_id],
                    "account": names[row.account_id],
                    "permission": row.permission,
                    "granted_by": names[row.granted_by],
                    "valid_from": first_day(row.valid_from),
                    "valid_until": last_day(row.valid_until),
                }
                for row in tables.grants
                if row.granted_by in names and (row.valid_until is None or row.valid_until > now)
            ),
            "clients": _clients(tables.clients, seed),
        }
        for number, (name, rows) in enumerate(lists.items()):
            yield f"{',' if number else '{'}{json.dumps(name)}:".encode()
            yield from _listed(rows)
        first, last = _text(self._cut_over.authorizations_from), _text(self._cut_over.legacy_login_until)
        one = first == last
        days = {
            "authorizations_from": None if one else first,
            "legacy_login_until": None if one else last,
            "cut_over": first if one else None,
        }
        yield "".join(f",{json.dumps(name)}:{json.dumps(day)}" for name, day in days.items()).encode() + b"}"

    def _read(self) -> _Tables:
        """Read all tables in one short transaction, as plain rows."""
        queries = (
            select(
                Account.account_id,
                Account.login_name,
                Account.password_hash,
                Account.phone,
                Account.name,
                Account.id_type,
                Account.id_number,
                Account.household_division,
                Account.disabled,
            ).order_by(Account.created_at, Account.login_name),
            select(Unit.taxpayer_id, Unit.name, Unit.password_hash, Unit.status).order_by(
                Unit.created_at, Unit.taxpayer_id
            ),
            select(UnitRole.taxpayer_id, UnitRole.account_id, UnitRole.role).order_by(UnitRole.id),
            select(Binding.taxpayer_id, Binding.account_id).order_by(Binding.taxpayer_id, Binding.bound_at),
            select(
                Authorization.taxpayer_id,
                Authorization.account_id,
                Authorization.permission,
                Authorization.granted_by,
                Authorization.valid_from,
                Authorization.valid_until,
            ).where(Authorization.ended_at.is_(None)),
            select(*OAuthClient.__table__.columns).order_by(OAuthClient.client_id),
        )
        with self._database.begin() as db:
            return _Tables(*(list(db.execute(query)) for query in queries))

    def _accounts(self, rows: Rows, seed: Seed) -> Iterator[Fields]:
        own = {account.login_name: (account.password, account.password_hash) for account in seed.accounts}
        words = _few({password for password, _ in own.values() if password})
        for some in _parts(rows):
            locked = self._locks.seconds(*(row.account_id for row in some))
            for row, seconds in zip(some, locked, strict=True):
                password = self._password(row.password_hash, own.get(row.login_name, ("", "")), words)
                yield {
                    "login_name": row.login_name,
                    "password": password,
                    "password_hash": "" if password else row.password_hash,
                    "phone": row.phone,
                    "name": row.name,
                    "id_type": row.id_type,
                    "id_number": row.id_number,
                    "household_division": row.household_division,
                    "disabled": row.disabled,
                    "locked": seconds > 0,
                }

    def _units(self, rows: Rows, aliases: dict[str, str], seed: Seed) -> Iterator[Fields]:
        own = {unit.taxpayer_id: (unit.declaration_password, unit.password_hash) for unit in seed.units}
        words = _few({password for password, _ in own.values() if password})
        for row in rows:
            password = self._password(row.password_hash, own.get(row.taxpayer_id, ("", "")), words)
            yield {
                "alias": aliases.get(row.taxpayer_id, ""),
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
        if password and self._is(hashed, password):
            return password
        return next((word for word in words if self._is(hashed, word)), "")

    def _is(self, hashed: str, word: str) -> bool:
        """Whether the hash fits; tried once for all people who share both."""
        known = self._known.get((hashed, word))
        if known is None:
            known = self._known[hashed, word] = self._passwords.matches(hashed, word)
        return known


def _clients(rows: Rows, seed: Seed) -> Iterator[Fields]:
    """The clients; a secret that the seed contains as text, any other as its SHA-256."""
    secrets = {digest(client.secret): client.secret for client in seed.clients if client.secret}
    for row in rows:
        secret = secrets.get(row.secret_digest, "")
        told = {"secret": secret, "secret_digest": "" if secret else row.secret_digest}
        yield {name: told[name] if name in told else getattr(row, name) for name in SeedClient.model_fields}


def _few(words: set[str]) -> tuple[str, ...]:
    return tuple(sorted(words)) if len(words) <= _FEW_WORDS else ()


def _parts(rows: Rows) -> Iterator[Rows]:
    return (rows[start : start + _IN_ONE_GO] for start in range(0, len(rows), _IN_ONE_GO))


def _listed(rows: Iterable[Fields]) -> Iterator[bytes]:
    """A JSON array, in pieces."""
    pieces: list[str] = []
    begun = False
    for row in rows:
        pieces.append(("," if begun else "[") + json.dumps(row, ensure_ascii=False))
        begun = True
        if len(pieces) >= _IN_ONE_GO:
            yield "".join(pieces).encode()
            pieces.clear()
            time.sleep(0)  # yield to other greenlets
    yield ("".join(pieces) + ("]" if begun else "[]")).encode()


def _text(day: date | None) -> str | None:
    return None if day is None else day.isoformat()
