"""Login by password: first the limits, then the count of wrong passwords, then the password."""

from __future__ import annotations

import redis

from gateway.accounts.lockout import Lockout
from gateway.accounts.passwords import Passwords
from gateway.accounts.store import AccountStore
from gateway.accounts.subjects import Subject, Subjects
from gateway.accounts.tables import Account
from gateway.audit.audit_log import AuditLog
from gateway.config import Settings
from gateway.foundation.addresses import network_of
from gateway.foundation.errors import Refusal
from gateway.foundation.keys import Keys
from gateway.foundation.redis.scripts import redis_faults_as_503
from gateway.throttling.captchas import CaptchaAnswer
from gateway.throttling.rate_limits import Bucket, Limits
from scan_to_login.protocol import Code

# After a login an account is exempt from its address's limit for this time (s).
KNOWN_SECONDS = 30 * 86_400


class Login:
    """Finds the account of an identifier and a password, in the same way on every channel."""

    def __init__(
        self,
        settings: Settings,
        client: redis.Redis,
        keys: Keys,
        accounts: AccountStore,
        passwords: Passwords,
        lockout: Lockout,
        limits: Limits,
        subjects: Subjects,
        audit_log: AuditLog,
    ) -> None:
        self._settings = settings
        self._redis = client
        self._keys = keys
        self._accounts = accounts
        self._passwords = passwords
        self._lockout = lockout
        self._limits = limits
        self._subjects = subjects
        self._audit_log = audit_log

    def by_password(
        self, channel: str, identifier: str, password: str, captcha: CaptchaAnswer | None, address: str
    ) -> Account:
        """The account. ``channel`` (phone, client, web) is for the audit log only: all channels share one count.

        Raises ``invalid_credentials`` (with ``captcha_required``; ``tries_left`` from the third wrong one on;
        ``locked_for`` in seconds and ``locked_until`` with the one that locks), ``captcha_required``,
        ``captcha_invalid`` and ``account_locked`` (with ``retry_after`` in seconds), with the same answer after the
        same time for existing and unknown accounts; also ``account_disabled`` and ``rate_limited``.
        """
        account = self._accounts.find(identifier)
        subject = self._subjects.tried(identifier, account)
        # By name, like everything that a caller can observe.
        network = network_of(address)
        known = self._keys.limit("known", f"{network}:{subject.shown}")
        with redis_faults_as_503():
            exempt = bool(self._redis.exists(known))
        buckets = (
            Bucket("login-account", f"{network}:{subject.shown}", self._settings.logins_per_account),
            Bucket("login-address", network, 0 if exempt else self._settings.logins_per_address),
            Bucket("login", "", self._settings.logins_in_all),
        )
        self._limits.take(*buckets)
        try:
            found = self._evaluate(subject, identifier, password, captcha)
        except Refusal as refusal:
            account_id = account.account_id if account else ""
            self._audit_log.record(f"login.{channel}", refusal.code, address, account_id=account_id)
            raise
        self._limits.give_back(*buckets)
        with redis_faults_as_503():
            self._redis.set(known, 1, ex=KNOWN_SECONDS)
        return found

    def _evaluate(self, subject: Subject, identifier: str, password: str, captcha: CaptchaAnswer | None) -> Account:
        with self._lockout.attempt(subject, captcha) as attempt:
            # Read during this attempt's turn: the password may have been reset while the attempt waited.
            account = self._accounts.find(identifier)
            kept = account.password_hash if account and attempt.evaluated else None
            right = self._passwords.matches(kept, password)
            if account is None or not right:
                attempt.wrong()
            else:
                attempt.right()
        if account is None or not right:
            raise Refusal(Code.INVALID_CREDENTIALS, **attempt.told)
        if account.disabled:
            raise Refusal(Code.ACCOUNT_DISABLED)
        return account
