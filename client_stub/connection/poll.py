"""The channel without a WebSocket: long polls. The gateway answers each when the ticket changes or its wait is over."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import Any, Final

from client_stub.connection.channel import Listener
from client_stub.connection.rest import make_rest
from client_stub.errors import ClientError, LocalCode
from client_stub.ticket_history import TicketHistory
from scan_to_login.http_client import FIRST_BACK_OFF, LONGEST_BACK_OFF, pause_after
from scan_to_login.tracing.actor_spans import ActorTraces

WAIT: Final = 20
"""Seconds that the gateway may hold a poll without news; it takes 30 at the most."""


class PollChannel:
    """A channel over REST alone. Each followed ticket has one thread, which ends with it."""

    def __init__(
        self, gateway_url: str, listener: Listener, *, verify: bool | str = True, traces: ActorTraces | None = None
    ) -> None:
        self._url = gateway_url
        self._listener = listener
        self._verify = verify
        self._traces = traces
        self._rest = make_rest(gateway_url, traces=traces, verify=verify)
        self._lock = threading.Lock()
        self._poller: _Poller | None = None
        self._closed = False

    def request_ticket(self, body: Mapping[str, Any]) -> dict[str, Any]:
        """Request a ticket."""
        return self._rest.call("POST", "/tickets", body=body)

    def resume(self, ticket_id: str, claim_secret: str) -> dict[str, Any]:
        """Read a ticket's present state."""
        return self._rest.call("GET", f"/tickets/{ticket_id}", authorization=f"Ticket {claim_secret}")

    def cancel(self, ticket_id: str, claim_secret: str) -> dict[str, Any]:
        """Cancel a ticket."""
        return self._rest.call("DELETE", f"/tickets/{ticket_id}", authorization=f"Ticket {claim_secret}")

    def follow(self, history: TicketHistory) -> None:
        """Poll for this ticket until it ends, and no longer for the one before."""
        with self._lock:
            if self._closed:
                raise ClientError(LocalCode.CLOSED, "This client has been closed: make a new one.")
            before, self._poller = self._poller, _Poller(self._url, self._listener, history, self._traces, self._verify)
            self._poller.start()
        if before is not None:
            before.stop()

    def cut(self) -> None:
        """Drop the connection of the poll under way."""
        with self._lock:
            if self._poller is not None:
                self._poller.cut()

    def close(self) -> None:
        """End the poll under way and its thread."""
        with self._lock:
            self._closed = True
            poller = self._poller
        if poller is not None:
            poller.stop()
        self._rest.interrupt()
        self._rest.close()


class _Poller:
    def __init__(
        self, url: str, listener: Listener, history: TicketHistory, traces: ActorTraces | None, verify: bool | str
    ) -> None:
        self._listener = listener
        self._history = history
        self._rest = make_rest(url, traces=traces, verify=verify)
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="client-stub-poll", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def cut(self) -> None:
        self._rest.cut()

    def stop(self) -> None:
        self._stopped.set()
        self._rest.interrupt()
        if self._thread is not threading.current_thread():
            self._thread.join()

    def _run(self) -> None:
        ticket = self._history.ticket
        back_off = FIRST_BACK_OFF
        alive = True
        wait = WAIT
        while not self._stopped.is_set() and not self._history.over:
            try:
                body = self._rest.call(
                    "GET",
                    f"/tickets/{ticket.ticket_id}",
                    params={"since": self._history.latest.version, "wait": wait},
                    authorization=f"Ticket {ticket.claim_secret}",
                    read_timeout=wait + 5.0,
                )
            except ClientError as error:
                if self._stopped.is_set():
                    break
                if not error.passing and error.code != LocalCode.BAD_ANSWER:
                    self._listener.refused(ticket.ticket_id, error)
                    break
                if alive and error.code == LocalCode.UNREACHABLE:
                    alive = False
                    self._listener.connection(alive)
                self._stopped.wait(pause_after(error, back_off))
                back_off = min(LONGEST_BACK_OFF, back_off * 2)
                # After a fault, read the state at once, and not at its next change.
                wait = 0
                continue
            back_off = FIRST_BACK_OFF
            wait = WAIT
            if not alive:
                alive = True
                self._listener.connection(alive)
            self._listener.heard(body)
        self._rest.close()
