"""Messages to phones: logins to the account, and changes of its authorizations.

A message is an audit event that concerns its person. No second record is written, so none can be missing. A waiting
phone wakes up when the audit log has been moved into the database.
"""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any, Final, TypeVar

import redis
from sqlalchemy import select

from gateway.audit.audit_log import EVENT, AuditEvent, AuditLog
from gateway.audit.tables import AuditEventRow
from gateway.foundation import callers
from gateway.foundation.database.engine import Database
from gateway.foundation.draining import Draining
from gateway.foundation.errors import Refusal
from gateway.foundation.keys import Keys
from gateway.foundation.redis.scripts import Scripts, redis_faults_as_503
from scan_to_login.protocol import Code, LoginChannel, Notice

T = TypeVar("T")

_KIND: Final = "message"
_PREFIX: Final = "message."
_MESSAGE_ID: Final = re.compile(r"[0-9]{15}-[0-9]{6}")
# Time for which a worker hears about an account after a phone began to wait there; no wait is longer (ms).
_MARK_MS: Final = 125_000


# Audit events that are messages: logins, and requests for one that are aimed at the account. A ticket that a phone
# scans is requested before anybody knows whose it will be: that event has no account.
_LOGINS: Final = {
    "ticket.claim": LoginChannel.QR,
    "login.client": LoginChannel.CLIENT,
    "login.web": LoginChannel.WEB,
    "login.phone": LoginChannel.PHONE,
}
_REQUEST: Final = "ticket.request"
_OWN: Final = (Notice.LOGIN, Notice.LOGIN_REQUEST)
_ACTIONS: Final = (*_LOGINS, _REQUEST, *(f"{_PREFIX}{notice}" for notice in Notice if notice not in _OWN))


@dataclass(frozen=True, slots=True)
class Message:
    """A message; ``message_id`` sorts by time, ``detail`` depends on the kind."""

    message_id: str
    at: int
    notice: Notice
    address: str
    taxpayer_id: str
    detail: dict[str, str]


class Inbox:
    """Writes an account's messages, reads them, and waits for new ones."""

    def __init__(
        self,
        client: redis.Redis,
        keys: Keys,
        database: Database,
        audit_log: AuditLog,
        worker_id: str,
        waits: callers.Waits,
    ) -> None:
        self._redis = client
        self._scripts = Scripts(client, "gateway.audit")
        self._keys = keys
        self._database = database
        self._audit_log = audit_log
        self._worker_id = worker_id
        self._waits = waits
        self._waiting: dict[str, set[threading.Event]] = {}
        self.draining = Draining()

    def read(self, account_id: str, since: str, wait_seconds: float, limit: int, address: str = "") -> list[Message]:
        """Up to ``limit`` messages, oldest first: those after ``since`` (a message_id), or the newest without it.

        If there is none, waits for one for up to ``wait_seconds`` of real time. Raises ``slow_down`` if too many calls
        wait for this account or from this ``address``.
        """
        return self.awaited(account_id, address, wait_seconds, lambda: self._read(account_id, since, limit), bool)

    def awaited(
        self,
        account_id: str,
        address: str,
        wait_seconds: float,
        read: Callable[[], T],
        is_news: Callable[[T], bool],
    ) -> T:
        """What ``read`` answers once that is news, else after ``wait_seconds``; it reads again whenever the account is
        woken. Raises ``slow_down`` like :meth:`read`."""
        deadline = time.monotonic() + wait_seconds
        with ExitStack() as counted:
            waits = False
            while True:
                left = deadline - time.monotonic()
                if left <= 0 or self.draining.begun or callers.gone():
                    return read()
                with self._listening(account_id) as news:
                    # Read after the mark is set, so that no event falls in between.
                    found = read()
                    if is_news(found):
                        return found
                    if not waits:
                        counted.enter_context(self._waits.one(account_id, address))
                        waits = True
                    self.draining.wait(news, left)

    def login(self, account_id: str, message_id: str) -> Message:
        """One message about a login. Raises ``not_found`` if the account has no such message."""
        if _MESSAGE_ID.fullmatch(message_id):
            for message in self._read(account_id, _before(message_id), 1):
                if message.message_id == message_id and message.detail.get("session_id"):
                    return message
        raise Refusal(Code.NOT_FOUND, "This account has no message about such a login.")

    def send(self, account_id: str, notice: Notice, *, taxpayer_id: str, **detail: str) -> None:
        """Write a message for which there is no other audit event."""
        self._audit_log.record(f"{_PREFIX}{notice}", "ok", "", account_id=account_id, taxpayer_id=taxpayer_id, **detail)
        self.wake([account_id])

    def tell(self, moved: Sequence[AuditEvent]) -> None:
        """Wake the phones that wait for one of these events:

        The audit relay calls this with the events it has moved.
        """
        self.wake(sorted({event.account_id for event in moved if event.action in _LOGINS and event.outcome == "ok"}))

    def hear(self, announcement: dict[str, Any]) -> None:
        """Take over such a publication:

        The push listener calls this for all publications that are not about tickets.
        """
        if announcement.get("kind") == _KIND:
            for news in list(self._waiting.get(announcement["account_id"], ())):
                news.set()

    def wake(self, accounts: Sequence[str]) -> None:
        """Wake the phones of these accounts that wait for something."""
        if accounts:
            self._scripts.run(
                "wake_phones",
                [self._keys.waiting_phones("")],
                channel=self._keys.worker_channel(""),
                accounts=" ".join(accounts),
                kind=_KIND,
            )

    @contextmanager
    def _listening(self, account_id: str) -> Iterator[threading.Event]:
        """An event that is set when the account has news."""
        news = threading.Event()
        waiting = self._waiting.setdefault(account_id, set())
        waiting.add(news)
        try:
            key = self._keys.waiting_phones(account_id)
            with redis_faults_as_503():
                pipe = self._redis.pipeline(transaction=False)
                pipe.sadd(key, self._worker_id)
                pipe.pexpire(key, _MARK_MS)
                pipe.execute()
            yield news
        finally:
            waiting.discard(news)
            if not waiting:
                self._waiting.pop(account_id, None)

    def _read(self, account_id: str, since: str, limit: int) -> list[Message]:
        # The stream first: events that are moved meanwhile are then in the database, and none is missed.
        waiting = self._audit_log.waiting(account_id)
        query = select(*EVENT).where(
            AuditEventRow.account_id == account_id, AuditEventRow.outcome == "ok", AuditEventRow.action.in_(_ACTIONS)
        )
        if since:
            query = query.where(AuditEventRow.event_id > since)
        with self._database.begin() as db:
            order = AuditEventRow.event_id if since else AuditEventRow.event_id.desc()
            found = {row.event_id: AuditEvent(*row) for row in db.execute(query.order_by(order).limit(limit))}
        for event in waiting:
            if event.event_id > since and _is_message(event):
                found.setdefault(event.event_id, event)
        names = sorted(found)
        return [_message(found[name]) for name in (names[:limit] if since else names[-limit:])]


def _before(message_id: str) -> str:
    """What sorts before this message and after the one before it; message_ids are ``{15 digits}-{6 digits}``."""
    at, number = message_id.split("-")
    return f"{at}-{int(number) - 1:06}" if int(number) else f"{int(at) - 1:015}-999999"


def _is_message(event: AuditEvent) -> bool:
    return event.outcome == "ok" and event.action in _ACTIONS


def _message(event: AuditEvent) -> Message:
    detail: dict[str, str] = json.loads(event.detail) if event.detail else {}
    channel = _LOGINS.get(event.action)
    if event.action == _REQUEST:
        return Message(
            event.event_id, event.at, Notice.LOGIN_REQUEST, event.address, "", {"ticket_id": event.ticket_id}
        )
    if channel is not None:
        if detail.get("targeted"):
            channel = LoginChannel.TARGETED
        told = {"channel": channel.value, "session_id": detail.get("session_id", "")}
        return Message(event.event_id, event.at, Notice.LOGIN, event.address, "", told)
    notice = Notice(event.action.removeprefix(_PREFIX))
    return Message(event.event_id, event.at, notice, "", event.taxpayer_id, detail)
