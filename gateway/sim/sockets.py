"""The Socket.IO server as the pairing room sees it under the simulation: every event, answer and push journalled."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from gateway.pairing.sockets import SocketServer
from gateway.sim.journal import Journal, Kind, Lane


class JournalledSockets:
    """Stands between the pairing room and the Socket.IO server."""

    def __init__(self, server: SocketServer, journal: Journal) -> None:
        self._server = server
        self._journal = journal

    def on(self, event: str, handler: Callable[..., Any], namespace: str) -> Any:
        """Register a handler, journalled."""
        watched = self._connection if event in ("connect", "disconnect") else self._event
        return self._server.on(event, watched(event, handler), namespace=namespace)

    def emit(self, event: str, data: Any, *, to: str, namespace: str) -> Any:
        """Send an event to one socket."""
        self._journal.write(
            Kind.PUSH, event, Lane.GATEWAY, Lane.CLIENT, ticket_id=data.get("ticket_id"), body=data, socket=to
        )
        return self._server.emit(event, data, to=to, namespace=namespace)

    def disconnect(self, sid: str, namespace: str) -> Any:
        """Close a socket."""
        return self._server.disconnect(sid, namespace=namespace)

    def _connection(self, event: str, handler: Callable[..., Any]) -> Callable[..., Any]:
        def handle(sid: str, *arguments: Any) -> Any:
            self._journal.write(Kind.NOTE, event, Lane.CLIENT, Lane.GATEWAY, socket=sid)
            return handler(sid, *arguments)

        return handle

    def _event(self, event: str, handler: Callable[..., Any]) -> Callable[..., Any]:
        def handle(sid: str, *arguments: Any) -> Any:
            began = time.perf_counter()
            sent = arguments[0] if arguments else None
            ticket_id = sent.get("ticket_id") if isinstance(sent, dict) else None
            ticket_id = ticket_id if isinstance(ticket_id, str) else None
            self._journal.write(
                Kind.REQUEST, event, Lane.CLIENT, Lane.GATEWAY, ticket_id=ticket_id, body=sent, socket=sid
            )
            answer = handler(sid, *arguments)
            self._journal.write(
                Kind.ANSWER,
                event,
                Lane.GATEWAY,
                Lane.CLIENT,
                ticket_id=ticket_id or answer.get("ticket_id"),
                body=answer,
                socket=sid,
                duration_ms=round((time.perf_counter() - began) * 1000, 2),
            )
            return answer

        return handle
