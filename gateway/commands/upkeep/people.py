"""`gateway export-person` and `gateway erase-person`: what is stored of one person, and its end.

Sources: PIPL articles 45 (copy) and 47 (deletion), GDPR articles 15, 17 and 20. docs/deployment.md says what is
deleted, what is made anonymous, and what ends by itself.
"""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import and_, delete, func, inspect, select, text, update
from sqlalchemy.orm import InstrumentedAttribute, Session

from gateway.accounts.tables import Account, Device, RememberedComputer
from gateway.audit.tables import AuditEventRow
from gateway.bootstrap import Gateway
from gateway.foundation.database.engine import Base
from gateway.foundation.redis.scripts import redis_faults_as_503
from gateway.foundation.secrets import random_id
from gateway.registration.tables import RegistrationCode
from gateway.units.model import HEADS
from gateway.units.tables import Authorization, Binding, Unit, UnitRole
from scan_to_login.errors import StartupError

ERASED: Final = "erased"
"""Stands for the account in audit events of people who have been erased."""
BATCH: Final = 500
# Workers move what this process has written within six seconds; what one has left unfinished is taken over after ten.
MOVED_SECONDS: Final = 30.0
_SECRET: Final = frozenset(
    {"password_hash", "code_hash", "session_digest", "token_digest", "previous_digest", "password_mark"}
)
_OWN: Final[dict[str, InstrumentedAttribute[str]]] = {
    "devices": Device.account_id,
    "remembered_computers": RememberedComputer.account_id,
    "roles": UnitRole.account_id,
    "bindings": Binding.account_id,
    "authorizations": Authorization.account_id,
}


def found(gateway: Gateway, person: str) -> Account:
    """The account of a login name, phone number, resident ID number or account id. Raises StartupError."""
    store = gateway.accounts.store
    account = store.get(person) or store.find(person)
    if account is None:
        raise StartupError("person.unknown")
    return account


def exported(gateway: Gateway, account: Account) -> dict[str, Any]:
    """All that is stored of a person, without the secrets that prove who it is."""
    _await_moved(gateway, account.account_id)
    with gateway.core.database.begin() as db:
        rows: dict[str, Any] = {
            name: [_plain(row) for row in db.scalars(select(column.class_).where(column == account.account_id))]
            for name, column in _OWN.items()
        }
        rows["registration_codes"] = [
            _plain(row) for row in db.scalars(select(RegistrationCode).where(_codes(account)))
        ]
        rows["audit_events"] = [
            _plain(row)
            for row in db.scalars(
                select(AuditEventRow)
                .where(AuditEventRow.account_id == account.account_id)
                .order_by(AuditEventRow.event_id)
            )
        ]
    sessions = [session._asdict() for session in gateway.accounts.sessions.of_account(account.account_id)]
    for session in sessions:
        del session["digest"]
    return {"exported_at": _now(), "account": _plain(account), "sessions": sessions, **rows}


def erased(gateway: Gateway, account: Account, *, private_redis: bool) -> dict[str, Any]:
    """Erase a person; the receipt, which holds no data of the person but the account's id.

    The file of a private Redis is written anew, without what has been deleted.
    """
    account_id, sessions = account.account_id, gateway.accounts.sessions
    ended = sessions.end(account_id)
    with gateway.core.database.begin() as db:
        _overwrite(db)
        deleted = {name: _count(db, column.class_.__table__, column == account_id) for name, column in _OWN.items()}
        left = _units_without_head(db, account_id)
        deleted["registration_codes"] = _count(db, RegistrationCode.__table__, _codes(account))
        db.execute(delete(RegistrationCode).where(_codes(account)))
        db.execute(delete(Account).where(Account.account_id == account_id))  # and, by its foreign keys, the rows above
    ended += sessions.end(account_id)  # of a login that was under way
    gateway.accounts.locks.clear(gateway.accounts.subjects.of(account))
    _await_moved(gateway, account_id)
    anonymous = _made_anonymous(gateway, account_id)
    gateway.audit.audit_log.record("account.erase", "ok", "command")
    gateway.core.database.empty_log()
    if private_redis:
        _rewrite(gateway)
    return {
        "receipt": random_id(),
        "at": _now(),
        "account_id": account_id,
        "deleted": {"account": 1, "sessions": len(ended), **deleted},
        "made_anonymous": {"audit_events": anonymous},
        "kept": {"audit_events": "time, action, outcome and unit, until PAIRING_AUDIT_DAYS have passed"},
        "ends_by_itself": {"Redis": "tickets, SMS codes and counts of requests, within a day"},
        "units_without_head": left,
    }


def _await_moved(gateway: Gateway, account_id: str) -> None:
    """Wait until no event of the account is left on its way into the database."""
    deadline = time.monotonic() + MOVED_SECONDS
    while gateway.audit.audit_log.waiting(account_id) and time.monotonic() < deadline:
        if not gateway.audit.relay.drain():
            time.sleep(0.1)


def _made_anonymous(gateway: Gateway, account_id: str) -> int:
    """Take the person out of the audit log, some events at a time; how many there were."""
    done = 0
    some = select(AuditEventRow.event_id).where(AuditEventRow.account_id == account_id).limit(BATCH)
    blank = {"account_id": ERASED, "address": "", "device_id": "", "ticket_id": "", "detail": ""}
    while True:
        with gateway.core.database.begin() as db:
            _overwrite(db)
            ids = list(db.scalars(some))
            db.execute(update(AuditEventRow).where(AuditEventRow.event_id.in_(ids)).values(**blank))
        done += len(ids)
        if len(ids) < BATCH:
            return done


def _rewrite(gateway: Gateway) -> None:
    client = gateway.core.redis
    deadline = time.monotonic() + MOVED_SECONDS
    with redis_faults_as_503():
        client.bgrewriteaof()
        while time.monotonic() < deadline:
            told: Any = client.info("persistence")
            if not told["aof_rewrite_in_progress"] and not told["aof_rewrite_scheduled"]:
                return
            time.sleep(0.05)


def _codes(account: Account) -> Any:
    return and_(RegistrationCode.id_type == account.id_type, RegistrationCode.id_number == account.id_number)


def _count(db: Session, table: Any, condition: Any) -> int:
    return db.scalar(select(func.count()).select_from(table).where(condition)) or 0


def _units_without_head(db: Session, account_id: str) -> list[str]:
    """The units of which this person is the only legal representative or finance manager."""
    heads = select(UnitRole.taxpayer_id).where(UnitRole.role.in_(HEADS))
    others = heads.where(UnitRole.account_id != account_id)
    mine = heads.where(UnitRole.account_id == account_id)
    units = select(Unit.taxpayer_id).where(Unit.taxpayer_id.in_(mine), Unit.taxpayer_id.not_in(others))
    return list(db.scalars(units.order_by(Unit.taxpayer_id)))


def _overwrite(db: Session) -> None:
    """Have SQLite write zeros over what is deleted; it would only mark it as free."""
    if db.get_bind().dialect.name == "sqlite":
        db.execute(text("PRAGMA secure_delete = ON"))


def _plain(row: Base) -> dict[str, Any]:
    names = (column.key for column in inspect(type(row)).columns if column.key not in _SECRET)
    return {name: getattr(row, name) for name in names}


def _now() -> str:
    # The world's clock: a receipt dates what was done, also where a simulation's clock was moved.
    return datetime.now(UTC).isoformat(timespec="seconds")
