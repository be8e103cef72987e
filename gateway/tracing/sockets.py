"""Socket.IO under traces: each event of a client is a span, and so is each push, as the sending of a message.

Both carry ``traceparent`` in their bodies: a connection outlives the logins over it, so its handshake can't tell.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from opentelemetry.trace import SpanKind, Tracer

from gateway.tracing.call_trace import CODE, TICKET_ID, CallTrace, traced
from scan_to_login.protocol import EVENT_CANCEL, EVENT_REQUEST, EVENT_RESUME, EVENT_STATE, Code
from scan_to_login.tracing.span_contexts import remote_parent, traceparent_of
from scan_to_login.tracing.trace_context import TRACEPARENT, TRACESTATE

_EVENTS: Final = frozenset({EVENT_REQUEST, EVENT_RESUME, EVENT_CANCEL})


class TracedSockets:
    """A Socket.IO server whose events and pushes have spans; all else is the server's."""

    def __init__(self, server: Any, tracer: Tracer) -> None:
        self._server = server
        self._tracer = tracer

    def __getattr__(self, name: str) -> Any:
        return getattr(self._server, name)

    def on(self, event: str, handler: Callable[..., Any], namespace: str) -> Any:
        """Register a handler, traced."""
        traced_handler = self._traced(event, handler) if event in _EVENTS else handler
        return self._server.on(event, traced_handler, namespace=namespace)

    def _traced(self, event: str, handler: Callable[..., Any]) -> Callable[..., Any]:
        def handle(sid: str, *arguments: Any) -> Any:
            body = arguments[0] if arguments and isinstance(arguments[0], dict) else {}
            headers = {name: body[name] for name in (TRACEPARENT, TRACESTATE) if isinstance(body.get(name), str)}
            attributes = {"rpc.system.name": "socket.io", "rpc.method": event}
            with traced(CallTrace(self._tracer, event, dict(attributes), headers)) as call:
                answer = handler(sid, *arguments)
                error = answer.get("error") if isinstance(answer, dict) else None
                if error:
                    call.attributes[CODE] = error["code"]
                    if error["code"] == Code.INTERNAL_ERROR:
                        call.failed = error["code"]
                elif ticket_id := answer.get("ticket_id"):
                    call.attributes[TICKET_ID] = ticket_id
                return answer

        return handle

    def emit(self, event: str, data: Any, *, to: str, namespace: str) -> Any:
        """Send an event to one socket. A push is the child of its ticket's request, and the parent of its receipt."""
        parent = remote_parent(data.get(TRACEPARENT, "")) if event == EVENT_STATE else None
        if parent is None:
            return self._server.emit(event, data, to=to, namespace=namespace)
        attributes = {
            "messaging.system": "socket.io",
            "messaging.operation.type": "send",
            "messaging.destination.name": event,
            TICKET_ID: data["ticket_id"],
            "pairing.state": data["state"],
        }
        span = self._tracer.start_span(f"send {event}", parent, SpanKind.PRODUCER, attributes)
        try:
            carried = {**data, TRACEPARENT: traceparent_of(span)}
            return self._server.emit(event, carried, to=to, namespace=namespace)
        finally:
            span.end()
