"""Forgotten password: identity, an SMS code to the phone on file, a new password. Also unlocks.

Before the right SMS code no answer shows whether the person exists (SECURITY.md 14).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import redis

from gateway.accounts.lockout import Locks
from gateway.accounts.passwords import Passwords
from gateway.accounts.sessions import Sessions
from gateway.accounts.store import AccountStore
from gateway.accounts.subjects import Subjects
from gateway.accounts.tables import Account
from gateway.audit.audit_log import AuditLog
from gateway.config import Settings
from gateway.foundation.addresses import network_of
from gateway.foundation.clock import Clock
from gateway.foundation.errors import Refusal, refused_field
from gateway.foundation.keys import Keys
from gateway.foundation.redis.scripts import redis_faults_as_503
from gateway.foundation.secrets import random_id
from gateway.registration.field_errors import FieldErrors, checked_holder
from gateway.registration.sms import Purpose, SmsCodes, sms_language
from gateway.registration.store import Holder
from gateway.throttling.captchas import SLACK_MS
from gateway.throttling.even_time import even_time
from gateway.throttling.rate_limits import Bucket, Limits
from scan_to_login.field_rules import FieldRule
from scan_to_login.protocol import Code
from scan_to_login.rules.credentials import checked_password
from scan_to_login.rules.typed import folded_name


@dataclass(frozen=True, slots=True)
class Reset:
    """An unfinished reset; ``account_id`` is empty if nobody has the named document."""

    reset_id: str
    account_id: str
    counted_for: str
    expires_at: int


class ResetService:
    """Sets new passwords; never logs a person in."""

    def __init__(
        self,
        settings: Settings,
        client: redis.Redis,
        keys: Keys,
        clock: Clock,
        accounts: AccountStore,
        sessions: Sessions,
        sms: SmsCodes,
        passwords: Passwords,
        locks: Locks,
        subjects: Subjects,
        limits: Limits,
        audit_log: AuditLog,
    ) -> None:
        self._settings = settings
        self._redis = client
        self._keys = keys
        self._clock = clock
        self._accounts = accounts
        self._sessions = sessions
        self._sms = sms
        self._passwords = passwords
        self._locks = locks
        self._subjects = subjects
        self._limits = limits
        self._audit_log = audit_log

    @even_time()
    def begin(self, name: str, id_type: str, id_number: str, address: str) -> Reset:
        """Step one: identity. The answer is the same for unknown people.

        Raises ``invalid_request``, ``rate_limited``.
        """
        holder = checked_holder(name, id_type, id_number, self._clock.today())
        self._limits.take(Bucket("reset", network_of(address), self._settings.resets_per_address))
        account = self._person(holder)
        reset = Reset(
            random_id(),
            account.account_id if account else "",
            self._sms.whom(f"{holder.id_type}:{holder.id_number}"),
            self._clock.now_ms() + self._settings.reset_seconds * 1000,
        )
        key = self._keys.reset(reset.reset_id)
        with redis_faults_as_503():
            self._redis.hset(
                key,
                mapping={
                    "account_id": reset.account_id,
                    "counted_for": reset.counted_for,
                    "expires_at": reset.expires_at,
                },
            )
            self._redis.pexpire(key, self._settings.reset_seconds * 1000 + SLACK_MS)
        self._audit_log.record(
            "password_reset.begin", "ok" if account else "unknown", address, account_id=reset.account_id
        )
        return reset

    @even_time()
    def send_code(self, reset_id: str, address: str) -> tuple[int, int]:
        """Step two: send an SMS code to the phone on file, if there is one.

        Returns the seconds until the code expires and the seconds until the next may be requested. Raises
        ``reset_not_found``, ``reset_expired``, ``rate_limited``.
        """
        reset = self._load(reset_id)
        self._limits.take(Bucket("sms-address", network_of(address), self._settings.sms_per_address, 3600))
        account = self._accounts.get(reset.account_id or reset_id)  # nobody has the id of a reset
        seconds = self._sms.send(
            Purpose.PASSWORD_RESET,
            reset_id,
            account.phone if account else None,
            counted_for=reset.counted_for,
            language=sms_language(account.id_type if account else ""),
        )
        self._audit_log.record("password_reset.sms", "ok", address, account_id=reset.account_id)
        return seconds

    @even_time()
    def complete(self, reset_id: str, sms_code: str, new_password: str, address: str) -> None:
        """Step three: set the new password, unlock the account, and end all sessions.

        Raises like ``send_code``, and ``invalid_request`` with the broken rule, ``sms_code_invalid``,
        ``sms_code_expired``.
        """
        reset = self._load(reset_id)
        field_errors = FieldErrors()
        field_errors.run(checked_password, new_password, field="new_password")
        field_errors.done()
        account = self._accounts.get(reset.account_id or reset_id)  # nobody has the id of a reset
        phone = account.phone if account else None
        try:
            self._sms.look(Purpose.PASSWORD_RESET, reset_id, phone, sms_code)
            if account is None:
                raise Refusal(Code.SMS_CODE_INVALID)
        except Refusal as refusal:
            self._audit_log.record("password_reset.complete", refusal.code, address, account_id=reset.account_id)
            raise
        self._refuse_old(account, new_password)
        hashed = self._passwords.hash(new_password)
        self._sms.take(Purpose.PASSWORD_RESET, reset_id, phone, sms_code)
        self._set(account, hashed)
        with redis_faults_as_503():
            self._redis.delete(self._keys.reset(reset_id))
        self._audit_log.record("password_reset.complete", "ok", address, account_id=account.account_id)

    def at_hall(self, name: str, id_type: str, id_number: str, new_password: str) -> Account:
        """The last resort: a clerk has checked person and document and sets a new password.

        Raises ``invalid_request``, ``not_found``.
        """
        field_errors = FieldErrors()
        field_errors.run(checked_password, new_password, field="new_password")
        field_errors.done()
        account = self._person(checked_holder(name, id_type, id_number, self._clock.today()))
        if account is None:
            raise Refusal(Code.NOT_FOUND, "No account is registered under this name and document.")
        self._refuse_old(account, new_password)
        self._set(account, self._passwords.hash(new_password))
        self._audit_log.record("password_reset.hall", "ok", "hall", account_id=account.account_id)
        return account

    def _set(self, account: Account, hashed: str) -> None:
        # Sessions end before and after the change. If Redis fails in between, the old sessions have ended, and
        # a login in progress with the old password checks the hash again after its session was opened.
        self._sessions.end(account.account_id)
        self._accounts.set_password(account.account_id, hashed)
        self._accounts.revoke_devices(account.account_id, self._clock.now_ms())
        self._sessions.end(account.account_id)
        self._locks.clear(self._subjects.of(account))

    def _refuse_old(self, account: Account, new_password: str) -> None:
        if self._passwords.matches(account.password_hash, new_password):
            raise refused_field("new_password", FieldRule.PASSWORD_REUSED)

    def _person(self, holder: Holder) -> Account | None:
        account = self._accounts.by_document(holder.id_type, holder.id_number)
        return account if account is not None and folded_name(account.name) == folded_name(holder.name) else None

    def _load(self, reset_id: str) -> Reset:
        with redis_faults_as_503():
            kept: dict[Any, Any] = self._redis.hgetall(self._keys.reset(reset_id))
        if not kept:
            raise Refusal(Code.RESET_NOT_FOUND)
        if int(kept["expires_at"]) <= self._clock.now_ms():
            raise Refusal(Code.RESET_EXPIRED)
        return Reset(reset_id, kept["account_id"], kept["counted_for"], int(kept["expires_at"]))
