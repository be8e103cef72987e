"""The present ticket's history, the threads that wait for its states, and its subscribers, for both channels."""

from __future__ import annotations

import contextlib
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from client_stub.errors import ClientError, LocalCode, ending
from client_stub.model import Availability, Connection, Update
from client_stub.ticket_history import TicketHistory
from scan_to_login.protocol import TicketState

Signal = Update | Connection | Availability | ClientError

_ORDER: Final = (TicketState.PENDING, TicketState.SCANNED, TicketState.CONFIRMED, TicketState.CLAIMED)


class TicketWatcher:
    """The listener of a channel. Here the channel's threads hand states to the threads that wait."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._history: TicketHistory | None = None
        self._asking = 0
        self._held: list[Update] = []
        self._callbacks: list[Callable[[Signal], None]] = []
        self._outbox: deque[Signal] = deque()
        self._delivering = False
        self._closed = False

    @property
    def history(self) -> TicketHistory | None:
        """The present ticket's history; None before the first ticket."""
        return self._history

    def current(self) -> TicketHistory:
        """The present ticket's history. Raises ClientError ``no_ticket``."""
        if self._history is None:
            raise ClientError(LocalCode.NO_TICKET, "There is no ticket yet: ask for one first.")
        return self._history

    # -- events of the channel

    def heard(self, body: Mapping[str, Any]) -> None:
        """Take a ticket's state, and drop any other value: a push is a hint, and the ticket is read again later."""
        try:
            update = Update.from_wire(body)
        except (KeyError, TypeError, ValueError, AttributeError):
            return
        self.take(update)

    def refused(self, ticket_id: str, error: ClientError) -> None:
        """The gateway refused to tell more about a ticket: it has ended, or the gateway no longer knows it."""
        with self._changed:
            history = self._history
            if history is None or history.ticket.ticket_id != ticket_id or history.over:
                return
            update = Update.from_refusal(ticket_id, error, history.latest.version)
            if update is None:
                history.failure = error
                self._outbox.append(error)
                self._changed.notify_all()
        if update is not None:
            self.take(update)
        self._deliver()

    def connection(self, alive: bool) -> None:
        """The connection was lost, or is back."""
        with self._changed:
            self._outbox.append(Connection(alive))
        self._deliver()

    def availability(self, body: Mapping[str, Any]) -> None:
        """QR login was switched off or on."""
        available = body.get("available")
        if isinstance(available, bool):
            with self._changed:
                self._outbox.append(Availability(available))
            self._deliver()

    # -- calls of the client

    def take(self, update: Update) -> None:
        """Take a state of the ticket, from a push or from an answer."""
        with self._changed:
            if self._asking:
                self._held.append(update)
            else:
                self._offer(update)
        self._deliver()

    @contextlib.contextmanager
    def holding(self) -> Iterator[None]:
        """Hold states back during a request for a ticket.

        The first push may overtake the answer with the ticket's id, and the end of a replaced ticket must not look
        like the end of the login.
        """
        with self._changed:
            self._asking += 1
        try:
            yield
        finally:
            with self._changed:
                self._asking -= 1
                held, self._held = self._held, []
                for update in held:
                    self._offer(update)
            self._deliver()

    def begin(self, history: TicketHistory) -> None:
        """Begin a new ticket's history; iterations over states continue with it."""
        with self._changed:
            self._history = history
            self._outbox.append(history.latest)
            self._changed.notify_all()

    def close(self) -> None:
        """Wake all threads that wait."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    # -- waits and subscriptions

    def wait_for(self, wanted: TicketState, timeout: float) -> Update:
        """See ``Client.wait_for``."""
        give_up = time.monotonic() + timeout
        with self._changed:
            while True:
                history = self.current()
                reached = _reached(history, wanted)
                if reached is not None:
                    return reached
                self._check_open()
                left = give_up - time.monotonic()
                if left <= 0:
                    state = history.latest.state
                    raise ClientError(
                        LocalCode.TIMED_OUT,
                        f"The ticket is still {state}: it did not become {wanted} within {timeout:g} s.",
                        extra={"state": str(state), "wanted": str(wanted), "seconds": timeout},
                    )
                self._changed.wait(min(left, threading.TIMEOUT_MAX))

    def states(self) -> Iterator[Update]:
        """See ``Client.states``."""
        history = self.current()
        told = 0
        while True:
            with self._changed:
                while True:
                    if history is not self._history:
                        history, told = self.current(), 0
                    if told < len(history.updates):
                        update = history.updates[told]
                        break
                    if history.failure is not None:
                        raise history.failure
                    if history.over:
                        return
                    self._check_open()
                    self._changed.wait()
            told += 1
            yield update

    def subscribe(self, callback: Callable[[Signal], None]) -> Callable[[], None]:
        """See ``Client.subscribe``."""
        with self._changed:
            self._callbacks.append(callback)

        def unsubscribe() -> None:
            with self._changed, contextlib.suppress(ValueError):
                self._callbacks.remove(callback)

        return unsubscribe

    def _offer(self, update: Update) -> None:
        if self._history is not None and self._history.offer(update):
            self._outbox.append(update)
            self._changed.notify_all()

    def _deliver(self) -> None:
        # Outside the lock, and by one thread at a time: a callback may be slow, or close the client. Neither may
        # delay the thread that brings the next state.
        with self._changed:
            if self._delivering:
                return
            self._delivering = True
        try:
            while True:
                with self._changed:
                    if not self._outbox:
                        self._delivering = False
                        return
                    signal = self._outbox.popleft()
                    callbacks = tuple(self._callbacks)
                for callback in callbacks:
                    callback(signal)
        except BaseException:
            self._delivering = False
            raise

    def _check_open(self) -> None:
        if self._closed:
            raise ClientError(LocalCode.CLOSED, "This client has been closed: make a new one.")


def _reached(history: TicketHistory, wanted: TicketState) -> Update | None:
    for update in history.updates:
        if update.state == wanted:
            return update
    latest = history.latest
    if wanted in _ORDER and latest.state in _ORDER and _ORDER.index(latest.state) > _ORDER.index(wanted):
        return latest
    if history.failure is not None:
        raise history.failure
    if not latest.live:
        raise ending(latest.state, latest.reason)
    return None
