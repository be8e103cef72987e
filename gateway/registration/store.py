"""Registration codes and new accounts in the database, which guarantees that each is used or created once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session as Transaction

from gateway.accounts.tables import Account
from gateway.foundation.database.engine import Database
from gateway.registration.tables import RegistrationCode
from scan_to_login.rules.typed import folded_name

WRONG_TRIES = 5


class Redeemed(StrEnum):
    """The outcome of a try at a registration code."""

    OK = "ok"
    WRONG = "wrong"
    EXPIRED = "expired"
    SPENT = "spent"


class Taken(StrEnum):
    """The field of a new account that another account already has."""

    LOGIN_NAME = "login_name"
    PHONE = "phone"
    DOCUMENT = "document"


@dataclass(frozen=True, slots=True)
class Holder:
    """The person for whom a registration code was issued: name, document type and number, checked."""

    name: str
    id_type: str
    id_number: str


class RegistrationStore:
    """Reads and writes registration codes; each call is one short transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def issue(self, code_id: str, code_hash: str, holder: Holder, now: int, lifetime_ms: int) -> int:
        """Store a new code and void the holder's others; returns its expiry (ms)."""
        with self._database.begin() as db:
            db.execute(
                update(RegistrationCode)
                .where(
                    RegistrationCode.id_type == holder.id_type,
                    RegistrationCode.id_number == holder.id_number,
                    RegistrationCode.used_at.is_(None),
                    RegistrationCode.voided_at.is_(None),
                )
                .values(voided_at=now)
            )
            db.add(
                RegistrationCode(
                    code_id=code_id,
                    code_hash=code_hash,
                    name=holder.name,
                    id_type=holder.id_type,
                    id_number=holder.id_number,
                    issued_at=now,
                    expires_at=now + lifetime_ms,
                    wrong_tries=0,
                )
            )
        return now + lifetime_ms

    def redeem(self, code_hashes: Sequence[str], holder: Holder, now: int) -> tuple[Redeemed, str]:
        """Try a code for a person: the outcome, and the code's id if the code is the person's.

        A try is counted before the comparison: of any number of parallel guesses five are compared.
        """
        with self._database.begin() as db:
            codes = db.scalars(
                select(RegistrationCode)
                .where(RegistrationCode.id_type == holder.id_type, RegistrationCode.id_number == holder.id_number)
                .order_by(RegistrationCode.issued_at.desc(), RegistrationCode.voided_at.is_not(None))
            ).all()
            named = folded_name(holder.name)
            own = [code for code in codes if folded_name(code.name) == named]
            matching = next((code for code in own if code.code_hash in code_hashes), None)
            current = next((code for code in codes if code.used_at is None and code.voided_at is None), None)
            if current is not None and not self._count_try(db, current.code_id, now):
                # The previous try voided the code: a match and a mismatch get the same answer.
                return (Redeemed.SPENT, "") if matching is current else (Redeemed.WRONG, "")
            if matching is None:
                return Redeemed.WRONG, ""
            if matching is not current:
                return Redeemed.SPENT, ""
            db.execute(
                update(RegistrationCode)
                .where(RegistrationCode.code_id == current.code_id)
                .values(wrong_tries=RegistrationCode.wrong_tries - 1)
            )
            if current.expires_at <= now:
                return Redeemed.EXPIRED, ""
            return Redeemed.OK, current.code_id

    @staticmethod
    def _count_try(db: Transaction, code_id: str, now: int) -> bool:
        """Count a try at a code; False after five wrong tries, when the code is void."""
        counted = db.execute(
            update(RegistrationCode)
            .where(RegistrationCode.code_id == code_id, RegistrationCode.wrong_tries < WRONG_TRIES)
            .values(wrong_tries=RegistrationCode.wrong_tries + 1)
        )
        if counted.rowcount == 1:  # type: ignore[attr-defined]
            return True
        db.execute(update(RegistrationCode).where(RegistrationCode.code_id == code_id).values(voided_at=now))
        return False

    def holder(self, code_id: str) -> Holder | None:
        """The person of a code that can still be redeemed; None if it was used or voided."""
        with self._database.begin() as db:
            code = db.get(RegistrationCode, code_id)
            if code is None or code.used_at is not None or code.voided_at is not None:
                return None
            return Holder(code.name, code.id_type, code.id_number)

    def taken(self, *, login_name: str = "", phone: str = "", holder: Holder | None = None) -> Taken | None:
        """The first of these fields that another account has."""
        with self._database.begin() as db:
            if holder is not None and db.scalar(
                select(Account.account_id).where(
                    Account.id_type == holder.id_type, Account.id_number == holder.id_number
                )
            ):
                return Taken.DOCUMENT
            if login_name and db.scalar(select(Account.account_id).where(Account.login_name == login_name)):
                return Taken.LOGIN_NAME
            if phone and db.scalar(select(Account.account_id).where(Account.phone == phone)):
                return Taken.PHONE
        return None

    def add_account(self, code_id: str, account: Account, now: int) -> bool:
        """Use the code up, if there is one, and add the account; False if the code was used or voided before.

        Raises IntegrityError if another account came first; ``taken`` then names the field.
        """
        with self._database.begin() as db:
            if not code_id:
                db.add(account)
                return True
            used = db.execute(
                update(RegistrationCode)
                .where(
                    RegistrationCode.code_id == code_id,
                    RegistrationCode.used_at.is_(None),
                    RegistrationCode.voided_at.is_(None),
                )
                .values(used_at=now)
            )
            if used.rowcount != 1:  # type: ignore[attr-defined]
                return False
            db.add(account)
        return True


__all__ = ["Holder", "IntegrityError", "Redeemed", "RegistrationStore", "Taken"]
