"""Tickets that are aimed at an account: its phones are told, nobody scans (docs/decisions/0023-targeted-tickets.md).

The client gets the same answer after the same time whether the account exists, is locked or has a phone: a ticket for
nobody is a ticket like any other, and only its deadline ends it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from gateway.accounts.sessions import Sessions
from gateway.accounts.store import AccountStore
from gateway.accounts.subjects import Subjects
from gateway.audit.audit_log import AuditLog
from gateway.audit.inbox import Inbox
from gateway.config import Settings
from gateway.foundation.addresses import network_of
from gateway.foundation.clock import Clock
from gateway.foundation.errors import Refusal
from gateway.foundation.secrets import ServerKey
from gateway.pairing.service import PairingService
from gateway.pairing.store import Aim
from gateway.pairing.targeted.request_store import RequestStore
from gateway.throttling.even_time import even_time
from gateway.throttling.rate_limits import Bucket, Limits
from scan_to_login.protocol import Code, SessionKind

WINDOW_SECONDS: Final = 600
_MINUTE_MS: Final = 60_000

Issue = Callable[[Aim], dict[str, Any]]


@dataclass(frozen=True, slots=True)
class LoginRequests:
    """The tickets that one phone may open, newest first, as the store answers them."""

    waiting: Sequence[dict[str, Any]]
    blocked_until: int  # ms; 0 while new ones are shown

    @property
    def newest(self) -> str:
        """The id of the newest ticket; empty without one."""
        return str(self.waiting[0]["ticket_id"]) if self.waiting else ""


class TargetedTickets:
    """Aims tickets at accounts, and shows each to the phones of its account."""

    def __init__(
        self,
        settings: Settings,
        clock: Clock,
        requests: RequestStore,
        pairing: PairingService,
        accounts: AccountStore,
        subjects: Subjects,
        sessions: Sessions,
        limits: Limits,
        inbox: Inbox,
        audit_log: AuditLog,
        server_key: ServerKey,
    ) -> None:
        self._settings = settings
        self._clock = clock
        self._requests = requests
        self._pairing = pairing
        self._accounts = accounts
        self._subjects = subjects
        self._sessions = sessions
        self._limits = limits
        self._inbox = inbox
        self._audit_log = audit_log
        self._server_key = server_key
        self.on = settings.sim if settings.targeted_tickets is None else settings.targeted_tickets

    def issue(self, name: str, asker: Sequence[str], caller: str, issue: Issue, number: str = "") -> dict[str, Any]:
        """A ticket aimed at the account that logs in by ``name``, which ``issue`` makes.

        ``caller`` is the client's address, or the name of one that has authenticated itself; ``asker`` tells clients of
        one caller apart: each has one live ticket of a name.
        ``number`` is the two digits that the client shows, where it has chosen them. Raises ``targeted_tickets_off``,
        ``too_many_tickets``, ``rate_limited``, all by the name and not by the account that has it.
        """
        if not self.on:
            raise Refusal(Code.TARGETED_TICKETS_OFF)
        with even_time():
            # By name, like everything that a caller can observe: docs/decisions/0018-one-count-a-name.md.
            subject = self._subjects.tried(name, self._accounts.find(name))
            network = network_of(caller)
            self._limits.take(
                Bucket("targeted-account", subject.shown, self._settings.targeted_per_account, WINDOW_SECONDS),
                Bucket("targeted-address", network, self._settings.targeted_per_address, WINDOW_SECONDS),
            )
            place = self._server_key.derive("place", subject.shown, network, *asker).hex()[:32]
            return self._issued(Aim(subject.counted, place, number), issue)

    def issue_for(self, account_id: str, remembered_id: str, issue: Issue) -> dict[str, Any]:
        """The same for an account whose remembered computer asks: only its owner's token leads here, so nothing is to
        be hidden, and no stranger can use up its limit. Raises ``too_many_tickets``, ``rate_limited``."""
        self._limits.take(
            Bucket("targeted-remembered", remembered_id, self._settings.targeted_per_account, WINDOW_SECONDS)
        )
        place = self._server_key.derive("place-of-computer", remembered_id).hex()[:32]
        return self._issued(Aim(account_id, place, remembered=remembered_id), issue)

    def _issued(self, aim: Aim, issue: Issue) -> dict[str, Any]:
        issued = issue(aim)
        self._inbox.wake([aim.account])
        return issued

    def requests(self, token: str, since: str, wait_seconds: float, address: str) -> LoginRequests:
        """The tickets that the phone with ``token`` may open; waits for one that is newer than ``since`` (its id).

        Raises ``slow_down`` like :meth:`Inbox.read`.
        """
        session = self._sessions.authenticate(token, SessionKind.PHONE)
        return self._inbox.awaited(
            session.account_id,
            address,
            wait_seconds,
            lambda: self._read(token),
            lambda found: found.newest not in ("", since),
        )

    def block(self, token: str, minutes: int, address: str) -> int:
        """Show the account's phones no new ticket for so many minutes, 0 for none; until when (ms), or 0."""
        session = self._sessions.authenticate(token, SessionKind.PHONE)
        until = self._clock.now_ms() + minutes * _MINUTE_MS if minutes else 0
        self._requests.block(session.account_id, until)
        self._audit_log.record(
            "login_requests.block" if minutes else "login_requests.unblock",
            "ok",
            address,
            account_id=session.account_id,
            device_id=session.device_id,
            session_id=session.session_id,
        )
        return until

    def _read(self, token: str) -> LoginRequests:
        blocked_until, waiting = self._requests.waiting(token)
        return LoginRequests(waiting, blocked_until)
