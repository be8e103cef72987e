"""Remembers computers: a token for the next login, bound to account, client and network.

The token changes with each login by it. It is derived from the ticket and its secret, so that a repeated claim answers
the same one; the database has its digest alone.
"""

from __future__ import annotations

from typing import Any, Final

from gateway.accounts.model import Session
from gateway.accounts.sessions import Sessions
from gateway.accounts.store import AccountStore
from gateway.accounts.tables import Account, RememberedComputer
from gateway.audit.audit_log import AuditLog
from gateway.config import Settings
from gateway.foundation.addresses import wider_network_of
from gateway.foundation.clock import Clock
from gateway.foundation.errors import Refusal
from gateway.foundation.secrets import ServerKey, digest
from gateway.pairing.remembered.store import RememberedStore
from gateway.pairing.store import TicketStore
from gateway.pairing.targeted.service import Issue, TargetedTickets
from scan_to_login.protocol import ClientInfo, Code, SessionKind

ID_LENGTH: Final = 22
LONGEST_TOKEN: Final = 128


class RememberedComputers:
    """Gives tokens after logins, takes them for the next, and shows a person's computers to their phone."""

    def __init__(
        self,
        settings: Settings,
        clock: Clock,
        computers: RememberedStore,
        tickets: TicketStore,
        targeted: TargetedTickets,
        accounts: AccountStore,
        sessions: Sessions,
        audit_log: AuditLog,
        server_key: ServerKey,
    ) -> None:
        self._settings = settings
        self._clock = clock
        self._computers = computers
        self._tickets = tickets
        self._targeted = targeted
        self._accounts = accounts
        self._sessions = sessions
        self._audit_log = audit_log
        self._server_key = server_key

    @property
    def on(self) -> bool:
        """Whether computers are remembered here."""
        return self._settings.remembered_seconds > 0

    def remember(self, ticket_id: str, secret: str, session: dict[str, str]) -> str | None:
        """The token for the next login, after the claim that has led to ``session`` (its fields); None where none is.

        A login is worth more than its being remembered: without the database there is a login, and no token.
        """
        if not self.on:
            return None
        token = self._server_key.token("remembered", ticket_id, secret)
        try:
            account = self._accounts.get(session["account_id"])
            if account is None:
                return None
            return self._kept(ticket_id, token, session, account)
        except Refusal:
            return None

    def _kept(self, ticket_id: str, token: str, session: dict[str, str], account: Account) -> str | None:
        about = self._tickets.read_client(ticket_id)
        now, hashed = self._clock.now_ms(), digest(token)
        changes: dict[str, Any] = {
            "token_digest": hashed,
            "session_id": session["session_id"],
            "used_at": now,
            "expires_at": now + self._settings.remembered_seconds * 1000,
        }
        asked_by = about["remembered"]
        if asked_by:
            known = self._computers.get(asked_by)
            if known is None:
                return None
            if known.token_digest != hashed and not self._computers.rotate(asked_by, known.token_digest, **changes):
                return None
            return asked_by + token
        remembered_id = self._server_key.token("remembered-id", ticket_id)[:ID_LENGTH]
        self._computers.put(
            RememberedComputer(
                remembered_id=remembered_id,
                account_id=account.account_id,
                previous_digest="",
                client_name=about["client_name"],
                device_name=about["client_device"],
                network=wider_network_of(about["address"]),
                password_mark=_mark(account),
                created_at=now,
                **changes,
            )
        )
        return remembered_id + token

    def issue(self, token: str, client: ClientInfo, address: str, issue: Issue) -> dict[str, Any]:
        """A ticket aimed at the account that has had this computer remembered, which ``issue`` makes.

        Raises ``remembered_invalid`` for a token that is unknown, over, used before, or another computer's. One that
        was used before makes the gateway forget the computer. Raises ``too_many_tickets``, ``rate_limited``.
        """
        computer = self._in_force(token)
        if (
            computer is None
            or (computer.client_name, computer.device_name) != (client["name"], client["device"])
            or computer.network != wider_network_of(address)
        ):
            raise Refusal(Code.REMEMBERED_INVALID)
        return self._targeted.issue_for(computer.account_id, computer.remembered_id, issue)

    def _in_force(self, token: str) -> RememberedComputer | None:
        if not self.on or not ID_LENGTH < len(token) <= LONGEST_TOKEN or not token.isascii() or "\0" in token:
            return None
        computer = self._computers.get(token[:ID_LENGTH])
        hashed = digest(token[ID_LENGTH:])
        if computer is None or hashed not in (computer.token_digest, computer.previous_digest):
            return None
        if hashed == computer.previous_digest:
            self._computers.remove(computer.account_id, remembered_id=computer.remembered_id)
            self._record("remembered.reuse", computer.account_id, "", remembered_id=computer.remembered_id)
            return None
        return computer if self._lasts(computer, self._accounts.get(computer.account_id)) else None

    def _lasts(self, computer: RememberedComputer, account: Account | None) -> bool:
        """Whether its time is not over, and the account is enabled and has the same password as then."""
        if account is None or account.disabled or computer.expires_at <= self._clock.now_ms():
            return False
        return computer.password_mark == _mark(account)

    def of_phone(self, token: str) -> list[RememberedComputer]:
        """The computers of the phone's account that are still remembered, the one used last first."""
        session = self._sessions.authenticate(token, SessionKind.PHONE)
        account = self._accounts.get(session.account_id)
        return [one for one in self._computers.of_account(session.account_id) if self._lasts(one, account)]

    def forget(self, token: str, remembered_id: str, address: str) -> None:
        """Forget a computer of the phone's account. Raises ``not_found``."""
        session = self._sessions.authenticate(token, SessionKind.PHONE)
        if not self._computers.remove(session.account_id, remembered_id=remembered_id):
            raise Refusal(Code.NOT_FOUND, "This account has no such remembered computer.")
        self._record("remembered.forget", session.account_id, address, remembered_id=remembered_id)

    def disowned(self, session: Session, session_id: str) -> None:
        """Forget the computer of a login that its account's owner has not made."""
        if self._computers.remove(session.account_id, session_id=session_id):
            self._record("remembered.forget", session.account_id, session.address)

    def _record(self, action: str, account_id: str, address: str, **fields: str) -> None:
        self._audit_log.record(action, "ok", address, account_id=account_id, **fields)


def _mark(account: Account) -> str:
    return digest(account.password_hash)[:16]
