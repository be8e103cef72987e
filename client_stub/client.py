"""The waiting desktop client (扣缴客户端) as a class: its page, its command line and a test all drive this one."""

from __future__ import annotations

import importlib.metadata
import secrets
import socket
import threading
import time
from collections.abc import Callable, Iterator
from functools import cache
from types import TracebackType
from typing import Any, Final, Literal, Self

from client_stub.connection.channel import Channel
from client_stub.connection.poll import PollChannel
from client_stub.connection.push import PushChannel
from client_stub.connection.rest import make_rest
from client_stub.errors import STATE_OF_REFUSAL, ClientError, LocalCode, bad_url
from client_stub.model import Login, Ticket, Update
from client_stub.session import SessionCalls
from client_stub.ticket_history import TicketHistory
from client_stub.ticket_watcher import Signal, TicketWatcher
from scan_to_login.http_client import FIRST_BACK_OFF, LONGEST_BACK_OFF
from scan_to_login.protocol import ClientInfo, Code, TicketState
from scan_to_login.qr_payload import QrRefused, origin_of
from scan_to_login.tracing.actor_spans import ActorTraces

CLAIM_WINDOW: Final = 30.0
"""Seconds for which the gateway repeats the session of an Idempotency-Key."""

Transport = Literal["websocket", "poll"]


class Client(SessionCalls):
    """A client of the gateway at ``gateway_url``, with one ticket and one session at a time.

    It asks for a ticket, waits for the phone, claims and verifies the unit:

        with Client("http://127.0.0.1:8000") as client:
            ticket = client.request_ticket()      # show ticket.qr
            client.wait_for("confirmed")
            client.claim()
            session = client.verify_unit("A", "Unit-2019")

    Waiting is by event. A lost connection heals itself: the client reconnects within a second of the gateway's
    return and reads the ticket's present state. ``transport="poll"`` does the same without a WebSocket.
    ``name``, ``version`` (default: this package's) and ``device`` (default: this computer's name) are what the phone
    shows of it. ``verify`` is as in requests: True, False, or the path of a CA bundle. ``sim_token`` is the control
    plane's token, where it has one (default: PAIRING_SIM_TOKEN): units are looked up there by their aliases.
    Every method may be called from any thread and raises ClientError alone.
    """

    def __init__(
        self,
        gateway_url: str,
        *,
        name: str = "client-stub",
        version: str | None = None,
        device: str | None = None,
        transport: Transport = "websocket",
        verify: bool | str = True,
        sim_token: str = "",
    ) -> None:
        info = ClientInfo(name=name, version=version or own_version(), device=device or own_name())
        self._closed = threading.Event()
        self._traces = ActorTraces("client_stub", one_login=True)
        rest = make_rest(_checked(gateway_url), traces=self._traces, verify=verify, wait=self._closed.wait)
        super().__init__(rest, info, sim_token)
        self._watcher = TicketWatcher()
        self._claim_key = ""
        self._asked: dict[str, str | None] = {}  # whom the present ticket asks
        kind = PushChannel if transport == "websocket" else PollChannel
        self._channel: Channel = kind(self.gateway_url, self._watcher, verify=verify, traces=self._traces)

    @property
    def gateway_url(self) -> str:
        """The gateway's address, without a slash at its end."""
        return self._rest.gateway_url

    @property
    def ticket(self) -> Ticket | None:
        """The present ticket; None before the first."""
        history = self._watcher.history
        return None if history is None else history.ticket

    @property
    def state(self) -> Update | None:
        """The last known state of the present ticket; None before the first ticket."""
        history = self._watcher.history
        return None if history is None else history.latest

    @property
    def remaining(self) -> float | None:
        """Seconds to the deadline of the present state; None without a deadline."""
        history = self._watcher.history
        return None if history is None else history.remaining()

    def request_ticket(
        self, timeout: float = 10.0, *, target: str | None = None, remembered: str | None = None
    ) -> Ticket:
        """A new ticket. It replaces one that is still live (刷新), which is cancelled.

        With ``target``, a phone number, login name or ID number, that account's phones are asked, and nobody scans: the
        ticket has no QR, and the person types the ``number`` of its scanned state on the phone. The answer does not
        tell whether there is such an account. Raises ClientError ``targeted_tickets_off``, ``too_many_tickets`` while
        another request of this client waits, ``rate_limited``. ``remembered`` is the token of ``Login.remembered`` in
        the place of a name; ``remembered_invalid`` once it is over.

        If the connection is cut before the answer comes, the client asks again for ``timeout`` seconds. Raises
        ClientError, at once with ``unreachable`` if there is no gateway to begin with.
        """
        give_up = time.monotonic() + timeout
        back_off = FIRST_BACK_OFF
        self._traces.begin()
        with self._watcher.holding():
            while True:
                try:
                    answer = self._channel.request_ticket(self._wish(target, remembered))
                    break
                except ClientError as error:
                    if not (error.was_cut or (self.ticket is not None and error.code == LocalCode.UNREACHABLE)):
                        raise
                    if time.monotonic() + back_off > give_up or self._closed.wait(back_off):
                        raise
                back_off = min(LONGEST_BACK_OFF, back_off * 2)
            ticket = self._read(Ticket.from_wire, answer)
            self._asked = {"target": target, "remembered": remembered}
            self._follow(TicketHistory.begin(ticket))
        return ticket

    def refresh(self, timeout: float = 10.0) -> Ticket:
        """A new ticket in place of the present one, as 刷新 does; ``timeout`` in seconds is that of ``request_ticket``.

        Raises ClientError ``no_ticket`` if there is none yet.
        """
        self._watcher.current()
        return self.request_ticket(timeout, **self._asked)

    def resume(self, ticket: Ticket) -> Update:
        """Go on with a ``ticket`` that another client requested; returns its present state.

        Raises ClientError, among them ``ticket_not_found``.
        """
        self._traces.begin()
        with self._watcher.holding():
            body = self._channel.resume(ticket.ticket_id, ticket.claim_secret)
            update = self._read(Update.from_wire, body)
            self._follow(TicketHistory.begin(ticket, update))
        return update

    def cancel(self) -> Update:
        """Cancel the present ticket; returns its last state. Raises ClientError if it has ended already."""
        history = self._watcher.current()
        ticket = history.ticket
        try:
            body = self._channel.cancel(ticket.ticket_id, ticket.claim_secret)
        except ClientError as error:
            self._learn(ticket, error)
            raise
        self._watcher.heard(body)
        return history.latest

    def claim(self, idempotency_key: str | None = None, *, code: str | None = None, remember: bool = False) -> Login:
        """Exchange the confirmed ticket for a session, which every further call then uses.

        A lost answer is asked for again for 30 seconds. ``idempotency_key`` is the ticket's own unless given: a second
        call with it gets the same session in that time. ``code`` is what the phone shows, where the state has
        ``claim_code_required``. With ``remember`` the login has a token by which this computer asks the same person's
        phone next time. Raises ClientError, among them ``ticket_not_confirmed``, ``claim_code_required`` and
        ``claim_code_invalid``. The extra ``claim_tries_left`` of the last one says how often it may be tried again.
        """
        history = self._watcher.current()
        ticket = history.ticket
        path = f"/tickets/{ticket.ticket_id}/claim"
        headers = {"Idempotency-Key": idempotency_key or self._claim_key}
        authorization = f"Ticket {ticket.claim_secret}"
        wish: dict[str, Any] = ({} if code is None else {"code": code}) | ({"remember": True} if remember else {})
        try:
            body = self._rest.call(
                "POST", path, authorization=authorization, headers=headers, body=wish or None, repeat_for=CLAIM_WINDOW
            )
        except ClientError as error:
            self._learn(ticket, error)
            raise
        login = self._begin(body)
        # The claim's answer has no ticket, but the state after the confirm is known.
        self._watcher.take(Update(ticket.ticket_id, TicketState.CLAIMED, history.latest.version + 1))
        return login

    def wait_for(self, state: TicketState | str, timeout: float = 60.0) -> Update:
        """Wait, at most ``timeout`` seconds, until the ticket has reached ``state``; one already passed counts.

        Raises ClientError as soon as the ticket ends in another state (``ticket_rejected``, ``ticket_cancelled``,
        ``ticket_expired``; ``login_unavailable`` where QR login was switched off), with ``timed_out``, or with
        ``closed``.
        """
        return self._watcher.wait_for(TicketState(state), timeout)

    def states(self) -> Iterator[Update]:
        """Yields every state of the present ticket, from its first to its end, and then those of a refreshed ticket.

        Stops after the last state of the latest ticket. Raises ClientError if the gateway no longer knows the
        ticket, or if the client is closed meanwhile.
        """
        return self._watcher.states()

    def subscribe(self, callback: Callable[[Signal], None]) -> Callable[[], None]:
        """Call ``callback`` with each Update, Connection, Availability, and a ClientError that ends the ticket's story.

        It is called once at a time and in order, from a thread of the client: return soon. Returns a function that
        unsubscribes. Raises nothing.
        """
        return self._watcher.subscribe(callback)

    def cut(self) -> None:
        """Drop the connection like a pulled cable, to show or to test that it heals."""
        self._channel.cut()

    def close(self) -> None:
        """End the connection and every thread. A live ticket expires by itself. Safe to call twice."""
        self._closed.set()
        self._watcher.close()
        self._channel.close()
        self._rest.interrupt()
        self._rest.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _wish(self, target: str | None, remembered: str | None) -> dict[str, Any]:
        wish: dict[str, Any] = {"client": self.info}
        asked = {"target": target, "remembered": remembered}
        wish |= {name: whom for name, whom in asked.items() if whom is not None}
        history = self._watcher.history
        if history is not None and not history.over:
            wish["replaces"] = {"ticket_id": history.ticket.ticket_id, "claim_secret": history.ticket.claim_secret}
        return wish

    def _learn(self, ticket: Ticket, error: ClientError) -> None:
        # A refusal may say that the ticket has ended. A refusal of the call alone (too early) does not.
        if error.code in STATE_OF_REFUSAL or error.code == Code.TICKET_NOT_FOUND:
            self._watcher.refused(ticket.ticket_id, error)

    def _follow(self, history: TicketHistory) -> None:
        self._claim_key = secrets.token_urlsafe(16)
        self._watcher.begin(history)
        self._channel.follow(history)


@cache
def own_version() -> str:
    """The version of the installed distribution, which the phone shows; ``0`` without an installation."""
    try:
        return importlib.metadata.version("scan-to-login")
    except importlib.metadata.PackageNotFoundError:
        return "0"


def own_name() -> str:
    """This computer's name, cut to the 64 characters that the gateway takes."""
    return socket.gethostname()[:64] or "unknown"


def _checked(gateway_url: str) -> str:
    try:
        origin_of(gateway_url)
    except QrRefused:
        raise bad_url(gateway_url) from None
    return gateway_url
