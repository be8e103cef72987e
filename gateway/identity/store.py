"""Accounts and devices in the database."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select, update

from gateway.foundation.database import Database
from gateway.identity.documents import IdType
from gateway.identity.identifiers import Identifier, spelling_of
from gateway.identity.tables import Account, Device

_COLUMNS = {
    Identifier.PHONE: Account.phone,
    Identifier.ID_NUMBER: Account.id_number,
    Identifier.LOGIN_NAME: Account.login_name,
}
_IN_ONE_QUERY = 500


class AccountStore:
    """Reads and writes accounts and devices; each call is one short transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def find(self, identifier: str) -> Account | None:
        """The account that logs in by ``identifier``; a document number only where it is a resident ID card."""
        kind, text = spelling_of(identifier)
        query = select(Account).where(_COLUMNS[kind] == text)
        if kind is Identifier.ID_NUMBER:
            query = query.where(Account.id_type == IdType.RESIDENT_ID.value)
        with self._database.begin() as db:
            return db.scalars(query).one_or_none()

    def by_login_names(self, login_names: Sequence[str]) -> list[Account]:
        """The accounts that have these login names, in any order."""
        found: list[Account] = []
        with self._database.begin() as db:
            for start in range(0, len(login_names), _IN_ONE_QUERY):
                some = login_names[start : start + _IN_ONE_QUERY]
                found += db.scalars(select(Account).where(Account.login_name.in_(some)))
        return found

    def by_document(self, id_type: str, id_number: str) -> Account | None:
        """The account that is registered with this document."""
        query = select(Account).where(Account.id_type == id_type, Account.id_number == id_number)
        with self._database.begin() as db:
            return db.scalars(query).one_or_none()

    def set_password(self, account_id: str, password_hash: str) -> None:
        """Keep a new password."""
        with self._database.begin() as db:
            db.execute(update(Account).where(Account.account_id == account_id).values(password_hash=password_hash))

    def set_disabled(self, account_id: str, disabled: bool) -> None:
        """Keep whether the account may be used."""
        with self._database.begin() as db:
            db.execute(update(Account).where(Account.account_id == account_id).values(disabled=disabled))

    def get(self, account_id: str) -> Account | None:
        """The account with this id."""
        with self._database.begin() as db:
            return db.get(Account, account_id)

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
        """Mark a device as revoked; None where this account has no such device."""
        with self._database.begin() as db:
            device = db.get(Device, device_id)
            if device is None or device.account_id != account_id:
                return None
            if device.revoked_at is None:
                db.execute(update(Device).where(Device.device_id == device_id).values(revoked_at=now))
            return device

    def revoke_devices(self, account_id: str, now: int, sessions: Sequence[str] | None = None) -> None:
        """Mark an account's devices as revoked: those of the ``sessions`` (digests) that have ended, or all."""
        change = update(Device).where(Device.account_id == account_id, Device.revoked_at.is_(None))
        if sessions is not None:
            change = change.where(Device.session_digest.in_(sessions))
        with self._database.begin() as db:
            db.execute(change.values(revoked_at=now))
