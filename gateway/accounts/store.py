"""Accounts and devices in the database."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import and_, bindparam, select, update

from gateway.accounts.tables import Account, Device
from gateway.foundation.database.engine import Database
from scan_to_login.protocol import IdType
from scan_to_login.rules.identifiers import Identifier, spelling_of

_BY = {
    Identifier.PHONE: Account.phone == bindparam("text"),
    Identifier.ID_NUMBER: and_(Account.id_number == bindparam("text"), Account.id_type == IdType.RESIDENT_ID.value),
    Identifier.LOGIN_NAME: Account.login_name == bindparam("text"),
}
_IN_ONE_QUERY = 500
_COLUMNS = Account.__table__.columns
_ALL = select(*_COLUMNS)
_NAMES = tuple(column.name for column in _COLUMNS)
_NOBODY: dict[str, Any] = dict.fromkeys(_NAMES, "")


class AccountStore:
    """Reads and writes accounts and devices; each call is one short transaction.

    The search for one account takes the same time whether it exists or not (SECURITY.md 36).
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._by = {kind: database.prepare(_ALL.where(condition)) for kind, condition in _BY.items()}
        self._by_document = database.prepare(
            _ALL.where(Account.id_type == bindparam("id_type"), Account.id_number == bindparam("id_number"))
        )
        self._by_id = database.prepare(_ALL.where(Account.account_id == bindparam("account_id")))

    def find(self, identifier: str) -> Account | None:
        """The account that logs in by ``identifier``. A document number finds only resident ID cards."""
        kind, text = spelling_of(identifier)
        return _one(self._by[kind](text=text))

    def by_login_names(self, login_names: Sequence[str]) -> list[Account]:
        """The accounts with these login names, in any order."""
        found: list[Account] = []
        with self._database.begin() as db:
            for start in range(0, len(login_names), _IN_ONE_QUERY):
                some = login_names[start : start + _IN_ONE_QUERY]
                found += db.scalars(select(Account).where(Account.login_name.in_(some)))
        return found

    def by_document(self, id_type: str, id_number: str) -> Account | None:
        """The account that was registered with this document."""
        return _one(self._by_document(id_type=id_type, id_number=id_number))

    def set_password(self, account_id: str, password_hash: str) -> None:
        """Store a new password hash."""
        with self._database.begin() as db:
            db.execute(update(Account).where(Account.account_id == account_id).values(password_hash=password_hash))

    def set_disabled(self, account_id: str, disabled: bool) -> None:
        """Store whether the account is disabled."""
        with self._database.begin() as db:
            db.execute(update(Account).where(Account.account_id == account_id).values(disabled=disabled))

    def get(self, account_id: str) -> Account | None:
        """The account with this id."""
        return _one(self._by_id(account_id=account_id))

    def add_device(self, device: Device) -> None:
        """Enrol a device."""
        with self._database.begin() as db:
            db.add(device)

    def devices(self, account_id: str) -> list[Device]:
        """An account's devices, newest first."""
        with self._database.begin() as db:
            query = select(Device).where(Device.account_id == account_id).order_by(Device.enrolled_at.desc())
            return list(db.scalars(query))

    def revoke_device(self, account_id: str, device_id: str, now: int) -> Device | None:
        """Mark a device as revoked; None if this account has no such device."""
        with self._database.begin() as db:
            device = db.get(Device, device_id)
            if device is None or device.account_id != account_id:
                return None
            if device.revoked_at is None:
                db.execute(update(Device).where(Device.device_id == device_id).values(revoked_at=now))
            return device

    def revoke_devices(self, account_id: str, now: int, sessions: Sequence[str] | None = None) -> None:
        """Mark an account's devices as revoked: those of the ended ``sessions`` (digests), or all."""
        change = update(Device).where(Device.account_id == account_id, Device.revoked_at.is_(None))
        if sessions is not None:
            change = change.where(Device.session_digest.in_(sessions))
        with self._database.begin() as db:
            db.execute(change.values(revoked_at=now))


def _one(rows: list[tuple[Any, ...]]) -> Account | None:
    """The account of a row. Without a row it builds one all the same, which takes as long."""
    fields = dict(zip(_NAMES, rows[0], strict=True)) if rows else dict(_NOBODY)
    fields["disabled"] = bool(fields["disabled"])
    account = Account(**fields)
    return account if rows else None
