"""The pairing room's Socket.IO server under the simulation: journalled, and subject to faults."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, Final

from gateway.control.faults.faults import PUSH_KINDS, FaultKind, Faults
from gateway.control.faults.faulty_pushes import FaultyPushes, Push
from gateway.control.journal.journal import Journal, Kind, Participant
from gateway.control.middleware import CODES_OF_STATUS, DETAIL
from gateway.control.seed.turnover import OVERTAKEN, Turnover
from gateway.foundation.errors import Refusal
from gateway.http.problems import acknowledgement
from gateway.pairing.events import SocketServer
from scan_to_login.protocol import Code
from scan_to_login.tracing.trace_context import TRACEPARENT

_BEFORE: Final = frozenset({FaultKind.LATENCY, FaultKind.ERROR})
_DROPPED: Final = frozenset({FaultKind.DROP_REPLY})


class JournalledSockets:
    """Stands between the pairing room and the Socket.IO server."""

    def __init__(
        self,
        server: SocketServer,
        journal: Journal,
        faults: Faults,
        turnover: Turnover,
        cut: Callable[[str, str], None],
    ) -> None:
        self._server = server
        self._journal = journal
        self._faults = faults
        self._turnover = turnover
        self._cut = cut
        self._pushes = FaultyPushes(self._send, cut)

    def on(self, event: str, handler: Callable[..., Any], namespace: str) -> Any:
        """Register a handler, journalled."""
        if event in ("connect", "disconnect"):
            return self._server.on(event, self._connection(event, handler), namespace=namespace)
        if event == "*":  # unknown events have no effect
            return self._server.on(event, handler, namespace=namespace)
        return self._server.on(event, self._event(event, handler, namespace), namespace=namespace)

    def emit(self, event: str, data: Any, *, to: str, namespace: str) -> Any:
        """Send an event to one socket, unless a fault prevents it."""
        ticket, state = data.get("ticket_id", ""), data.get("state", "")
        fired = self._faults.fire(PUSH_KINDS, Participant.CLIENT, event=event, ticket=ticket, state=state)
        self._pushes.send(Push(event, data, to, namespace), fired)

    def _send(self, push: Push) -> None:
        self._journal.write(
            Kind.PUSH,
            push.event,
            Participant.GATEWAY,
            Participant.CLIENT,
            ticket_id=push.data.get("ticket_id"),
            traceparent=push.data.get(TRACEPARENT),
            body=push.data,
            socket=push.to,
        )
        self._server.emit(push.event, push.data, to=push.to, namespace=push.namespace)

    def disconnect(self, sid: str, namespace: str) -> Any:
        """Close a socket."""
        return self._server.disconnect(sid, namespace=namespace)

    def _connection(self, event: str, handler: Callable[..., Any]) -> Callable[..., Any]:
        def handle(sid: str, *arguments: Any) -> Any:
            self._journal.write(Kind.NOTE, event, Participant.CLIENT, Participant.GATEWAY, socket=sid)
            return handler(sid, *arguments)

        return handle

    def _event(self, event: str, handler: Callable[..., Any], namespace: str) -> Callable[..., Any]:
        def handle(sid: str, *arguments: Any) -> Any:
            began = time.perf_counter()
            sent = arguments[0] if arguments else None
            ticket_id = sent.get("ticket_id") if isinstance(sent, dict) else None
            ticket_id = ticket_id if isinstance(ticket_id, str) else None
            about = {"traceparent": sent.get(TRACEPARENT) if isinstance(sent, dict) else None, "socket": sid}
            self._journal.write(
                Kind.REQUEST, event, Participant.CLIENT, Participant.GATEWAY, ticket_id=ticket_id, body=sent, **about
            )
            told = {"event": event, "ticket": ticket_id or ""}
            answer = self._before(told) or self._passed(handler, sid, *arguments)
            dropped = self._faults.fire(_DROPPED, Participant.CLIENT, **told)
            self._journal.write(
                Kind.ANSWER,
                event,
                Participant.GATEWAY,
                Participant.CLIENT,
                ticket_id=ticket_id or answer.get("ticket_id"),
                body=answer,
                **about,
                duration_ms=round((time.perf_counter() - began) * 1000, 2),
                dropped=True if dropped else None,
            )
            if dropped:
                self._cut(sid, namespace)  # an acknowledgement cannot be withheld, but its connection can be cut
            return answer

        return handle

    def _passed(self, handler: Callable[..., Any], sid: str, *arguments: Any) -> Any:
        """The handler's answer, if no reset has replaced the data meanwhile."""
        with self._turnover.passing() as passage:
            answer = handler(sid, *arguments)
            if passage.overtaken and "error" not in answer:
                return acknowledgement(Refusal(Code.UNAVAILABLE, OVERTAKEN, retry_after=1))
            return answer

    def _before(self, told: dict[str, str]) -> dict[str, Any] | None:
        """Faults before the work: a delay, or an error that replaces the work."""
        error = None
        for fired in self._faults.fire(_BEFORE, Participant.CLIENT, **told):
            if fired.fault.kind is FaultKind.LATENCY:
                time.sleep(fired.milliseconds / 1000)
            else:
                code = CODES_OF_STATUS.get(fired.fault.status, Code.UNAVAILABLE)
                error = acknowledgement(Refusal(code, DETAIL))
        return error
