"""The channel with a WebSocket: the gateway pushes, the client sleeps.

One thread supervises it. It wakes for three reasons: the connection was lost while it follows a ticket, the deadline
of the ticket's state has passed without an event, or the channel is closed.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from typing import Any, Final

from client_stub.connection.channel import Listener
from client_stub.connection.websocket_connection import WebSocketConnection
from client_stub.errors import ClientError, LocalCode
from client_stub.ticket_history import TicketHistory
from scan_to_login.http_client import FIRST_BACK_OFF, LONGEST_BACK_OFF
from scan_to_login.protocol import EVENT_CANCEL, EVENT_REQUEST, EVENT_RESUME, EVENT_STATE
from scan_to_login.tracing.actor_spans import ActorTraces

DEADLINE_GRACE: Final = 1.5
"""Seconds past a ticket's deadline after which the client reads its state once, in case of a lost push."""


class PushChannel:
    """A channel over Socket.IO that reconnects by itself and then resumes the ticket that it follows."""

    def __init__(
        self,
        gateway_url: str,
        listener: Listener,
        *,
        verify: bool | str = True,
        traces: ActorTraces | None = None,
        connection: type[WebSocketConnection] | None = None,
    ) -> None:
        """``connection`` is the class of its connections; by default that of a WebSocket."""
        self._kind = connection or WebSocketConnection
        self._url = gateway_url
        self._listener = listener
        self._traces = traces or ActorTraces("client_stub", one_login=True)
        self._verify = verify
        self._opening = threading.Lock()
        self._changed = threading.Condition()
        self._connection: WebSocketConnection | None = None
        self._history: TicketHistory | None = None
        self._closed = False
        self._supervisor: threading.Thread | None = None
        self._read_at = 0.0
        self._stale = False

    def request_ticket(self, body: Mapping[str, Any]) -> dict[str, Any]:
        """Request a ticket; connects first if there is no connection."""
        return self._call(EVENT_REQUEST, body)

    def resume(self, ticket_id: str, claim_secret: str) -> dict[str, Any]:
        """Read a ticket's present state, and have its changes sent to this connection."""
        return self._call(EVENT_RESUME, {"ticket_id": ticket_id, "claim_secret": claim_secret})

    def cancel(self, ticket_id: str, claim_secret: str) -> dict[str, Any]:
        """Cancel a ticket."""
        return self._call(EVENT_CANCEL, {"ticket_id": ticket_id, "claim_secret": claim_secret})

    def follow(self, history: TicketHistory) -> None:
        """Keep the connection alive for this ticket until the ticket ends."""
        with self._changed:
            self._history = history
            self._stale = False
            if self._supervisor is None and not self._closed:
                self._supervisor = threading.Thread(target=self._supervise, name="client-stub-push", daemon=True)
                self._supervisor.start()
            self._changed.notify_all()

    def cut(self) -> None:
        """Drop the TCP connection without a goodbye."""
        connection = self._connection
        if connection is not None:
            connection.cut()

    def close(self) -> None:
        """Say goodbye and end the supervisor. Calls of other threads end with ``unreachable``."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
        connection = self._connection
        if connection is not None:
            connection.close()
        if self._supervisor is not None and self._supervisor is not threading.current_thread():
            self._supervisor.join()
        with self._opening:
            if self._connection is not None and self._connection is not connection:
                self._connection.close()

    def _call(self, event: str, body: Mapping[str, Any]) -> dict[str, Any]:
        with self._traces.event(event, body) as call:
            answer = self._open().call(event, {**body, **call.carried})
            call.about(answer)
            return answer

    def _heard(self, body: Mapping[str, Any]) -> None:
        with self._traces.receipt(EVENT_STATE, body):
            self._listener.heard(body)

    def _open(self) -> WebSocketConnection:
        with self._opening:
            if self._closed:
                raise ClientError(LocalCode.CLOSED, "This client has been closed: make a new one.")
            connection = self._connection
            if connection is not None and not connection.lost:
                return connection
            if connection is not None:
                connection.close()
            connection = self._kind(
                self._url,
                verify=self._verify,
                on_state=self._heard,
                on_availability=self._listener.availability,
                on_lost=self._lost,
            )
            self._connection = connection  # set before it is open, so that close() can end the handshake
            connection.open()
            return connection

    def _lost(self, _connection: WebSocketConnection) -> None:
        with self._changed:
            self._changed.notify_all()

    def _supervise(self) -> None:
        back_off = 0.0
        alive = True
        while self._wait_for_work(back_off):
            self._read_at = time.monotonic()
            history = self._history
            if history is None or history.over:
                continue
            connection = self._connection
            if alive and (connection is None or connection.lost):
                alive = False
                self._listener.connection(alive)
            try:
                body = self.resume(history.ticket.ticket_id, history.ticket.claim_secret)
            except ClientError as error:
                if error.passing or error.code == LocalCode.BAD_ANSWER:
                    # On a live connection too: the gateway pushes nothing about a ticket that is not resumed there.
                    self._stale = True
                    back_off = min(LONGEST_BACK_OFF, max(FIRST_BACK_OFF, back_off * 2))
                elif error.code != LocalCode.CLOSED:
                    self._listener.refused(history.ticket.ticket_id, error)
                continue
            back_off = 0.0
            self._stale = False
            if not alive:
                alive = True
                self._listener.connection(alive)
            self._listener.heard(body)

    def _wait_for_work(self, back_off: float) -> bool:
        """Sleep until there is a state to read again; False once the channel is closed."""
        earliest = time.monotonic() + back_off
        with self._changed:
            while not self._closed:
                pause = self._pause(earliest)
                if pause is not None and pause <= 0:
                    return True
                self._changed.wait(None if pause is None else min(pause, threading.TIMEOUT_MAX))
        return False

    def _pause(self, earliest: float) -> float | None:
        """Seconds to the next read of the ticket, None for never: now after a lost connection, else past its end."""
        history = self._history
        if history is None or history.over:
            return None
        held_back = earliest - time.monotonic()
        if self._stale or self._connection is None or self._connection.lost or held_back > 0:
            return max(0.0, held_back)
        due = history.due(DEADLINE_GRACE)
        return None if due is None else max(due, self._read_at + LONGEST_BACK_OFF - time.monotonic())
