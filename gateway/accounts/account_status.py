"""Disable accounts and enable them again."""

from __future__ import annotations

from gateway.accounts.sessions import Sessions
from gateway.accounts.store import AccountStore
from gateway.audit.audit_log import AuditLog
from gateway.foundation.clock import Clock
from gateway.foundation.errors import Refusal
from scan_to_login.protocol import Code


class AccountStatus:
    """Disables accounts and enables them again."""

    def __init__(self, accounts: AccountStore, sessions: Sessions, clock: Clock, audit_log: AuditLog) -> None:
        self._accounts = accounts
        self._sessions = sessions
        self._clock = clock
        self._audit_log = audit_log

    def set(self, login_name: str, *, disabled: bool) -> None:
        """Disable an account and end its sessions, devices and open tickets, or enable it.

        A repetition changes nothing. After disabling, a login with the right password gets ``account_disabled``.
        Enabling restores no ended session. Raises ``not_found``. Source: SECURITY.md 7.
        """
        account = self._accounts.find(login_name)
        if account is None:
            raise Refusal(Code.NOT_FOUND, "There is no such account.")
        account_id = account.account_id
        if disabled:
            # As with a new password: sessions end before and after the change, and a login in progress checks
            # again once it has its session.
            self._sessions.end(account_id)
        self._accounts.set_disabled(account_id, disabled)
        if disabled:
            self._accounts.revoke_devices(account_id, self._clock.now_ms())
            self._sessions.end(account_id)
        self._audit_log.record("account.disable" if disabled else "account.enable", "ok", "hall", account_id=account_id)
