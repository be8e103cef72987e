"""The declaration password (申报密码): checking it, and setting a new one."""

from __future__ import annotations

import redis

from gateway.accounts.lockout import Lockout, Locks, Policy
from gateway.accounts.model import Session
from gateway.accounts.passwords import Passwords
from gateway.accounts.service import AccountService
from gateway.accounts.subjects import Subject
from gateway.audit.audit_log import AuditLog
from gateway.audit.inbox import Inbox
from gateway.config import Settings
from gateway.foundation.addresses import network_of
from gateway.foundation.clock import Clock
from gateway.foundation.codes.one_time_codes import otp_limits, refused_code, step_of
from gateway.foundation.errors import Refusal, refused_field
from gateway.foundation.keys import Keys
from gateway.foundation.redis.scripts import Scripts
from gateway.foundation.secrets import ServerKey, random_id
from gateway.foundation.telemetry import metrics
from gateway.registration.field_errors import FieldErrors
from gateway.registration.sms import Purpose
from gateway.throttling.captchas import CaptchaAnswer
from gateway.throttling.rate_limits import Bucket, Limits
from gateway.units.model import UnitAccess
from gateway.units.store import UnitStore
from gateway.units.tables import Unit
from gateway.units.web_codes import WebCodes
from scan_to_login.field_rules import FieldRule
from scan_to_login.protocol import Code, Notice, SessionKind
from scan_to_login.rules.credentials import checked_password


def declaration_policy(settings: Settings) -> Policy:
    """The number of wrong declaration passwords that locks a unit, and the lock's duration."""
    return Policy("unit", settings.declaration_tries, settings.declaration_lock_seconds, Code.UNIT_LOCKED)


class DeclarationPasswords:
    """Checks declaration passwords. Count and lock belong to the unit, not to the caller."""

    def __init__(
        self, settings: Settings, units: UnitStore, passwords: Passwords, lockout: Lockout, limits: Limits
    ) -> None:
        self._settings = settings
        self._units = units
        self._passwords = passwords
        self._lockout = lockout
        self._limits = limits

    def prove_at(self, taxpayer_id: str, password: str, captcha: CaptchaAnswer | None, *, wrong: Code) -> Unit:
        """The unit of a right password.

        Raises ``wrong`` (with what :meth:`Login.by_password` tells beside its own), ``captcha_required``,
        ``captcha_invalid`` and ``unit_locked`` (with ``retry_after`` in seconds), with the same answer after the same
        time for existing and unknown units.
        """
        with metrics.failed_logins("unit"):
            with self._lockout.attempt(Subject.with_one_name(taxpayer_id), captcha) as attempt:
                # Read during this attempt's turn: the password may have been reset while the attempt waited.
                unit = self._units.get(taxpayer_id)
                right = self._passwords.matches(unit.password_hash if unit and attempt.evaluated else None, password)
                if unit is None or not right:
                    attempt.wrong()
                else:
                    attempt.right()
            if unit is None or not right:
                raise Refusal(wrong, **attempt.told)
        return unit

    def prove_anywhere(self, taxpayer_id: str, password: str, captcha: CaptchaAnswer | None, address: str) -> Unit:
        """The same for callers who may try any taxpayer number, so that no unit's lock limits them.

        Raises ``unit_credentials_invalid`` and like :meth:`prove_at`; ``rate_limited``.
        """
        network = network_of(address)
        buckets = (
            Bucket("declaration-unit", f"{network}:{taxpayer_id}", self._settings.declarations_per_unit),
            Bucket("declaration-address", network, self._settings.declarations_per_address),
        )
        with metrics.failed_logins("unit"):
            self._limits.take(*buckets)
        unit = self.prove_at(taxpayer_id, password, captcha, wrong=Code.UNIT_CREDENTIALS_INVALID)
        self._limits.give_back(*buckets)
        return unit


class DeclarationPasswordResets:
    """Sets new declaration passwords: by the unit's heads on phone and WEB platform, or by a clerk at the hall."""

    def __init__(
        self,
        settings: Settings,
        client: redis.Redis,
        keys: Keys,
        clock: Clock,
        units: UnitStore,
        passwords: Passwords,
        locks: Locks,
        people: AccountService,
        server_key: ServerKey,
        web_codes: WebCodes,
        inbox: Inbox,
        audit_log: AuditLog,
    ) -> None:
        self._settings = settings
        self._scripts = Scripts(client, "gateway.units")
        self._keys = keys
        self._clock = clock
        self._units = units
        self._passwords = passwords
        self._locks = locks
        self._people = people
        self._server_key = server_key
        self._web_codes = web_codes
        self._inbox = inbox
        self._audit_log = audit_log

    def reset(
        self,
        session: Session,
        token: str,
        unit: UnitAccess | None,
        new_password: str,
        address: str,
        *,
        otp: str | None,
        sms_code: str | None,
    ) -> None:
        """Set a new password as the unit's legal representative or finance manager; unlock; end the unit's sessions.

        A phone proves its owner by a one-time code, the WEB platform by an SMS code; either is used up. Raises
        ``unit_not_found``, ``forbidden``, ``invalid_request`` with the broken rule, ``otp_invalid``,
        ``otp_tries_exhausted``, ``sms_code_invalid``, ``sms_code_expired``, ``rate_limited``.
        """
        try:
            unit = self._checked(unit)
            _check(new_password)
            if session.kind is SessionKind.PHONE:
                self._use_code(session, token, otp)
            else:
                self._web_codes.take(session, unit.taxpayer_id, Purpose.DECLARATION_PASSWORD, sms_code)
            self._set(unit.taxpayer_id, new_password)
        except Refusal as refusal:
            self._record(session, unit, refusal.code, address)
            raise
        self._record(session, unit, "ok", address)

    def at_hall(self, taxpayer_id: str, new_password: str) -> None:
        """The last resort: a clerk has checked the unit's papers. Raises ``invalid_request``, ``not_found``."""
        _check(new_password)
        if self._units.get(taxpayer_id) is None:
            raise Refusal(Code.NOT_FOUND, "There is no unit under this taxpayer number.")
        self._set(taxpayer_id, new_password)
        self._audit_log.record("declaration_password.hall", "ok", "hall", taxpayer_id=taxpayer_id)

    def _checked(self, unit: UnitAccess | None) -> UnitAccess:
        if unit is None:
            raise Refusal(Code.UNIT_NOT_FOUND)
        if not unit.is_head:
            raise Refusal(
                Code.FORBIDDEN, "The unit's legal representative or finance manager alone can reset its password."
            )
        return unit

    def _use_code(self, session: Session, token: str, otp: str | None) -> None:
        if otp is None:
            raise refused_field("otp", FieldRule.OTP_NEEDED)
        keys, now = self._server_key.otp_keys(token), self._clock.now_ms()
        step = step_of(keys, otp, now)
        code, wait_ms = self._scripts.run(
            "use_otp",
            [self._keys.session(session.digest)],
            now=now,
            otp_step=step,
            operation=random_id(),
            otp_limits=otp_limits(self._settings),
        )
        if code == Code.OTP_TRIES_EXHAUSTED:
            self._people.log_out_guesser(token)
        if code == Code.RATE_LIMITED:
            raise Refusal(Code.RATE_LIMITED, retry_after=-(-int(wait_ms) // 1000))
        if code == Code.OTP_INVALID:
            raise Refusal(Code.OTP_INVALID, **refused_code(step, now))
        if code != "ok":
            raise Refusal(Code(code))

    def _set(self, taxpayer_id: str, new_password: str) -> None:
        unit = self._units.get(taxpayer_id)
        if unit is not None and self._passwords.matches(unit.password_hash, new_password):
            raise refused_field("new_password", FieldRule.PASSWORD_REUSED)
        self._units.set_password(taxpayer_id, self._passwords.hash(new_password))
        self._locks.clear(Subject.with_one_name(taxpayer_id))
        self._end_sessions(taxpayer_id)
        for account_id in self._units.heads(taxpayer_id):
            self._inbox.send(
                account_id,
                Notice.DECLARATION_PASSWORD_RESET,
                taxpayer_id=taxpayer_id,
                unit=unit.name if unit else "",
            )

    def _end_sessions(self, taxpayer_id: str) -> None:
        """End the sessions that the old password verified. A verification in progress ends at its next call."""
        _, *ended = self._scripts.run(
            "end_unit_sessions",
            [self._keys.unit_sessions(taxpayer_id)],
            prefix=self._keys.prefix,
            taxpayer_id=taxpayer_id,
        )
        for listener in self._people.sessions.on_end:
            listener(ended)

    def _record(self, session: Session, unit: UnitAccess | None, outcome: str, address: str) -> None:
        self._audit_log.record(
            "declaration_password.reset",
            outcome,
            address,
            account_id=session.account_id,
            device_id=session.device_id,
            taxpayer_id=unit.taxpayer_id if unit else "",
        )


def _check(new_password: str) -> None:
    """Check the rules of an account's password (DESIGN.md section 5)."""
    field_errors = FieldErrors()
    field_errors.run(checked_password, new_password, field="new_password")
    field_errors.done()
