"""Registration codes and the birth of accounts, in the database: what must happen once happens here."""

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

WRONG_TRIES = 5


class Redeemed(StrEnum):
    """What became of a try at a registration code."""

    OK = "ok"
    WRONG = "wrong"
    EXPIRED = "expired"
    SPENT = "spent"


class Taken(StrEnum):
    """What of a new account somebody else has already."""

    LOGIN_NAME = "login_name"
    PHONE = "phone"
    DOCUMENT = "document"


@dataclass(frozen=True, slots=True)
class Holder:
    """Who a registration code was issued to: name, document type and number, as checked."""

    name: str
    id_type: str
    id_number: str


class RegistrationStore:
    """Reads and writes registration codes; each call is one short transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def issue(self, code_id: str, code_hash: str, holder: Holder, now: int, lifetime_ms: int) -> int:
        """Keep a new code and void the holder's others; answers when it expires (ms)."""
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
        """Try a code for a person: what became of it, and the code's id where it is theirs.

        A try is counted before it is looked at: of any number of parallel guesses five are compared.
        """
        with self._database.begin() as db:
            codes = db.scalars(
                select(RegistrationCode)
                .where(RegistrationCode.id_type == holder.id_type, RegistrationCode.id_number == holder.id_number)
                .order_by(RegistrationCode.issued_at.desc(), RegistrationCode.voided_at.is_not(None))
            ).all()
            own = [code for code in codes if code.name == holder.name]
            matching = next((code for code in own if code.code_hash in code_hashes), None)
            current = next((code for code in codes if code.used_at is None and code.voided_at is None), None)
            if current is not None and not self._count_try(db, current.code_id, now):
                # Void by the try before this one: what matches it is not told from what does not.
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
        """Count a try at a code; False where it has had its five wrong ones, and then it is void."""
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
        """Who a code that can still be redeemed was issued to; None where it is used or void since."""
        with self._database.begin() as db:
            code = db.get(RegistrationCode, code_id)
            if code is None or code.used_at is not None or code.voided_at is not None:
                return None
            return Holder(code.name, code.id_type, code.id_number)

    def taken(self, *, login_name: str = "", phone: str = "", holder: Holder | None = None) -> Taken | None:
        """The first of these that an account has already."""
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
        """Use the code up and add the account, both or neither; False where the code was used or voided before.

        Raises IntegrityError where another account came first; ``taken`` then tells which field it has.
        """
        with self._database.begin() as db:
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
