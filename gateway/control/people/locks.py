"""Who has typed wrong passwords, who is locked by them and until when; and the way to unlock somebody."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, Literal

import redis
from pydantic import Field

from gateway.accounts.lockout import Locks, Policy
from gateway.accounts.subjects import Subject
from gateway.accounts.wiring import AccountsRoom
from gateway.control.scan import hashes
from gateway.foundation.clock import Clock
from gateway.foundation.errors import Refusal
from gateway.foundation.keys import Keys
from gateway.foundation.redis.scripts import redis_faults_as_503
from gateway.http.routes import Answer, Call, Router
from gateway.units.wiring import UnitsRoom
from scan_to_login.protocol import Code
from scan_to_login.rules.identifiers import Identifier

_IDENTIFIERS: Final = (Identifier.LOGIN_NAME, Identifier.PHONE, Identifier.ID_NUMBER)  # in the order of Subjects.of
Kept = dict[str, str]


class LockView(Answer):
    """Wrong passwords of an account or a unit, and its lock."""

    kind: Literal["account", "unit"]
    subject: str = Field(description="login name or taxpayer number; empty for an identifier that no account has")
    name: str = Field(description="of the person or the unit")
    wrong: int = Field(description="wrong passwords since the last success or lock")
    tries: int = Field(description="so many wrong passwords lock")
    captcha_due: bool
    identifiers: list[Identifier] = Field(description="of an account: what the wrong passwords were typed with")
    locked_since: int = Field(description="milliseconds of the gateway's clock; 0 without a lock")
    locked_until: int = Field(description="milliseconds of the gateway's clock; 0 without a lock")


class LockList(Answer):
    """The longest locks first."""

    locks: list[LockView]


@dataclass(frozen=True, slots=True)
class LockedPeople:
    """Reads the counts of wrong passwords and deletes them; raises ``unavailable`` while Redis is unreachable."""

    client: redis.Redis
    keys: Keys
    clock: Clock
    accounts: AccountsRoom
    units: UnitsRoom

    def view(self) -> list[LockView]:
        """Everybody with a wrong password or a lock."""
        with redis_faults_as_503():
            of_accounts, of_units = (self._counts(locks) for locks in (self.accounts.locks, self.units.locks))
        found = [*self._accounts(of_accounts), *(self._unit(number, kept) for number, kept in of_units.items())]
        return sorted(found, key=lambda row: (-row.locked_until, row.subject))

    def unlock_account(self, login_name: str) -> None:
        """Delete an account's counts and its lock; ``not_found`` without such an account."""
        found = self.accounts.store.by_login_names([login_name])
        if not found:
            raise Refusal(Code.NOT_FOUND)
        self.accounts.locks.clear(self.accounts.subjects.of(found[0]))

    def unlock_unit(self, taxpayer_id: str) -> None:
        """Delete a unit's counts and its lock; ``not_found`` without such a unit."""
        if self.units.store.get(taxpayer_id) is None:
            raise Refusal(Code.NOT_FOUND)
        self.units.locks.clear(Subject.with_one_name(taxpayer_id))

    def _counts(self, locks: Locks) -> dict[str, Kept]:
        found = hashes(self.client, self.keys.failures(locks.policy.kind, "*"))
        return {key.rsplit(":", 1)[-1]: kept for key, kept in found.items()}

    def _accounts(self, counts: dict[str, Kept]) -> list[LockView]:
        rows, known = [], set()
        for account in filter(None, map(self.accounts.store.get, counts)):
            names = self.accounts.subjects.of(account).names
            typed = [(kind, counts[name]) for kind, name in zip(_IDENTIFIERS, names, strict=False) if name in counts]
            known |= {account.account_id, *names}
            kept = [counts[account.account_id], *(each for _, each in typed)]
            row = {"subject": account.login_name, "name": account.name, "identifiers": [kind for kind, _ in typed]}
            rows.append(self._row(self.accounts.locks.policy, kept, **row))
        # the count under an identifier alone: no account has it
        strangers = [kept for name, kept in counts.items() if name not in known and "captcha_due" in kept]
        return rows + [self._row(self.accounts.locks.policy, [kept]) for kept in strangers]

    def _unit(self, number: str, kept: Kept) -> LockView:
        unit = self.units.store.get(number)
        return self._row(self.units.locks.policy, [kept], subject=number, name=unit.name if unit else "")

    def _row(self, policy: Policy, counts: list[Kept], **told: Any) -> LockView:
        until = max(int(kept.get(end) or 0) for kept in counts for end in ("closed_until", "locked_until"))
        locked = until > self.clock.now_ms()
        return LockView(
            **{"subject": "", "name": "", "identifiers": [], **told},
            kind="unit" if policy.kind == "unit" else "account",
            wrong=max(int(kept.get(count) or 0) for kept in counts for count in ("tried", "wrong")),
            tries=policy.tries,
            captcha_due=any(kept.get("captcha_due") == "1" for kept in counts),
            locked_since=until - policy.lock_seconds * 1000 if locked else 0,
            locked_until=until if locked else 0,
        )


def router(people: LockedPeople, prefix: str) -> Router:
    """Part of the control plane's routes."""

    def read_locks(_call: Call) -> LockList:
        """Who has typed wrong passwords, and who is locked by them, since when and until when."""
        return LockList(locks=people.view())

    def unlock_account(call: Call) -> None:
        """Unlock an account, and forget its wrong passwords."""
        people.unlock_account(call.path["login_name"])

    def unlock_unit(call: Call) -> None:
        """Unlock a unit, and forget its wrong declaration passwords."""
        people.unlock_unit(call.path["taxpayer_id"])

    room = Router("simulated people", prefix)
    room.add("GET", "/locks", read_locks, returns=LockList)
    room.add("DELETE", "/locks/accounts/<login_name>", unlock_account, codes=(Code.NOT_FOUND,))
    room.add("DELETE", "/locks/units/<taxpayer_id>", unlock_unit, codes=(Code.NOT_FOUND,))
    return room
