"""Events of tickets over Socket.IO, for the waiting client.

Handlers are registered on the server itself, since Flask's request context would have to be built for each event.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeVar

from pydantic import BaseModel

from gateway.config import Settings
from gateway.foundation.errors import Refusal
from gateway.foundation.redis.scripts import refusal_of
from gateway.foundation.telemetry import metrics
from gateway.foundation.telemetry.log_events import LogEvent
from gateway.foundation.telemetry.logs import log
from gateway.http.origins.public_address import asked_in
from gateway.http.problem_schema import SocketRefusal
from gateway.http.problems import acknowledgement, language_of
from gateway.http.routes import Body, validated
from gateway.pairing.push import Listener
from gateway.pairing.qr_switch import Closed
from gateway.pairing.remembered.service import RememberedComputers
from gateway.pairing.routes import IssuedTicketAnswer, TicketStateAnswer
from gateway.pairing.schemas import LoginAvailability
from gateway.pairing.service import PairingService
from gateway.pairing.targeted.service import TargetedTickets
from gateway.pairing.ticket_requests import RequestTicketBody, TicketSecret
from scan_to_login.messages import Language
from scan_to_login.protocol import (
    EVENT_AVAILABILITY,
    EVENT_CANCEL,
    EVENT_REQUEST,
    EVENT_RESUME,
    EVENT_STATE,
    LIVE_STATES,
    NAMESPACE,
    Code,
)

M = TypeVar("M", bound=BaseModel)


# For asyncapi.json: `action` is what the gateway does with it.
EVENTS: dict[str, dict[str, Any]] = {
    EVENT_REQUEST: {
        "action": "receive",
        "summary": "Request a ticket. `replaces` cancels the ticket shown before; `target` asks an account's phones.",
        "payload": RequestTicketBody,
        "reply": IssuedTicketAnswer,
        "refusal": SocketRefusal,
    },
    EVENT_RESUME: {
        "action": "receive",
        "summary": "Read a ticket's present state, and push its changes to this socket from now on.",
        "payload": TicketSecret,
        "reply": TicketStateAnswer,
        "refusal": SocketRefusal,
    },
    EVENT_CANCEL: {
        "action": "receive",
        "summary": "Cancel a ticket.",
        "payload": TicketSecret,
        "reply": TicketStateAnswer,
        "refusal": SocketRefusal,
    },
    EVENT_STATE: {
        "action": "send",
        "summary": "A ticket has a new state. Drop the event if you have seen its version.",
        "payload": TicketStateAnswer,
    },
    EVENT_AVAILABILITY: {
        "action": "send",
        "summary": "QR login was switched off or on. A client whose login was refused can ask for a ticket again.",
        "payload": LoginAvailability,
    },
}


class SocketServer(Protocol):
    """The part of python-socketio's Server that is used here."""

    def on(self, event: str, handler: Callable[..., Any], namespace: str) -> Any:
        """Register a handler."""

    def emit(self, event: str, data: Any, *, to: str, namespace: str) -> Any:
        """Send an event to one socket."""

    def disconnect(self, sid: str, namespace: str) -> Any:
        """Close a socket."""


@dataclass(slots=True)
class _Socket:
    """One connected client."""

    address: str
    asked: str
    language: Language = "en"
    name: str = ""  # as it has told with its last request for a ticket
    tickets: set[str] = field(default_factory=set)


class PairingSockets:
    """The three events from a client, and the one event to it."""

    def __init__(
        self,
        server: SocketServer,
        service: PairingService,
        targeted: TargetedTickets,
        remembered: RememberedComputers,
        settings: Settings,
    ) -> None:
        self._server = server
        self._service = service
        self._targeted = targeted
        self._remembered = remembered
        self._settings = settings
        self._sockets: dict[str, _Socket] = {}
        for event, handler in (
            ("connect", self._connect),
            ("disconnect", self._disconnect),
            (EVENT_REQUEST, self._acknowledged(self._request, RequestTicketBody)),
            (EVENT_RESUME, self._acknowledged(self._resume, TicketSecret)),
            (EVENT_CANCEL, self._acknowledged(self._cancel, TicketSecret)),
            ("*", self._unknown),
        ):
            server.on(event, handler, namespace=NAMESPACE)
        service.switch.on_change.append(self._tell_availability)

    def holding(self, ticket_id: str) -> list[str]:
        """The sockets that wait for this ticket."""
        return [sid for sid, socket in self._sockets.items() if ticket_id in socket.tickets]

    def disconnect(self, sid: str) -> None:
        """Cut one socket."""
        self._server.disconnect(sid, namespace=NAMESPACE)

    def _connect(self, sid: str, environ: dict[str, Any], _auth: Any = None) -> None:
        language = language_of(environ.get("HTTP_ACCEPT_LANGUAGE", ""))
        self._sockets[sid] = _Socket(environ.get("REMOTE_ADDR", ""), asked_in(environ), language)
        metrics.SOCKETS.set(len(self._sockets))

    def _disconnect(self, sid: str, _reason: Any = None) -> None:
        socket = self._sockets.pop(sid, None)
        metrics.SOCKETS.set(len(self._sockets))
        if socket is not None:
            for ticket_id in list(socket.tickets):
                self._service.leave(ticket_id, sid)

    def _acknowledged(self, handler: Callable[[str, Any], dict[str, Any]], model: type[Body]) -> Callable[..., Any]:
        """The handler behind validation; it acknowledges each refusal."""

        def handle(sid: str, *arguments: Any) -> dict[str, Any]:
            try:
                if len(arguments) != 1 or not isinstance(arguments[0], dict):
                    raise Refusal(Code.MALFORMED_REQUEST, "This event takes one object.")
                if sid not in self._sockets:
                    raise Refusal(Code.MALFORMED_REQUEST, "This socket is not connected.")
                return handler(sid, validated(model, arguments[0]))
            except Refusal as refusal:
                return acknowledgement(refusal, self._language(sid))
            except Exception as error:  # noqa: BLE001 - the last line: a fault is answered, never silence
                known = refusal_of(error)
                if known is None:
                    log.error(LogEvent.FAULT, socket=sid, exc_info=error)
                return acknowledgement(known or Refusal(Code.INTERNAL_ERROR), self._language(sid))

        return handle

    def _language(self, sid: str) -> Language:
        socket = self._sockets.get(sid)
        return "en" if socket is None else socket.language

    def _unknown(self, event: str, *rest: Any) -> dict[str, Any]:
        if not (rest and isinstance(rest[0], str) and rest[0] in self._sockets):
            event = "*"  # python-socketio takes this handler for that event's own, and leaves its name out
        known = f"{EVENT_REQUEST}, {EVENT_RESUME}, {EVENT_CANCEL}"
        return acknowledgement(Refusal(Code.NOT_FOUND, f"There is no event {event[:64]!r}; there are {known}."))

    def _request(self, sid: str, body: RequestTicketBody) -> dict[str, Any]:
        socket = self._sockets[sid]
        socket.name = body.client.name
        replaced = body.replaced()
        if len(socket.tickets - {replaced[0] if replaced else ""}) >= self._settings.tickets_per_socket:
            raise Refusal(Code.TOO_MANY_TICKETS, retry_after=self._settings.tickets_pending_seconds)
        listener = sid, self._listener(sid)
        issued = body.issue(self._service, self._targeted, self._remembered, socket.address, socket.asked, listener)
        socket.tickets.add(issued["ticket_id"])
        return issued

    def _resume(self, sid: str, body: TicketSecret) -> dict[str, Any]:
        socket = self._sockets[sid]
        if len(socket.tickets | {body.ticket_id}) > self._settings.tickets_per_socket:
            raise Refusal(Code.TOO_MANY_TICKETS, retry_after=self._settings.tickets_pending_seconds)
        state = self._service.resume(body.ticket_id, body.claim_secret, socket.address, (sid, self._listener(sid)))
        if state["state"] in LIVE_STATES:
            socket.tickets.add(body.ticket_id)
        return state

    def _cancel(self, sid: str, body: TicketSecret) -> dict[str, Any]:
        return self._service.abandon_ticket(body.ticket_id, body.claim_secret, self._sockets[sid].address)

    def _tell_availability(self, closed: Closed) -> None:
        for sid, socket in list(self._sockets.items()):
            told = {"available": not closed.to_client(socket.name)}
            self._server.emit(EVENT_AVAILABILITY, told, to=sid, namespace=NAMESPACE)

    def _listener(self, sid: str) -> Listener:
        def tell(state: dict[str, Any]) -> None:
            socket = self._sockets.get(sid)
            if socket is None:
                return
            if state["state"] not in LIVE_STATES:
                socket.tickets.discard(state["ticket_id"])
            metrics.PUSHES.inc()
            self._server.emit(EVENT_STATE, state, to=sid, namespace=NAMESPACE)

        return tell
