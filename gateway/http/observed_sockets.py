"""Socket.IO events counted and logged, each like an HTTP request (SECURITY.md 49).

`ObservedSockets` stands before the Socket.IO server where handlers are registered: what it sees is what the client is
answered, faults of the simulation included. `refused` is for what no handler sees.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any, Final

from gateway.foundation.telemetry import logs, metrics
from gateway.foundation.telemetry.log_events import LogEvent
from gateway.foundation.telemetry.logs import Shown, log
from gateway.http.problems import STATUSES
from gateway.http.response_defaults import milliseconds, request_id_of
from scan_to_login.protocol import NAMESPACE, Code

OK: Final = "ok"
CONNECT: Final = "connect"
POLL: Final = "poll"
# In place of a name that a client has made up: a label takes no value of a stranger's.
UNKNOWN: Final = "unknown"
# Packets that are no event at all.
MALFORMED: Final = "malformed"
_DISCONNECT: Final = "disconnect"
_ANY: Final = "*"
_OTHER_REASON: Final = "other"
_REASONS: Final = frozenset(
    {"client_disconnect", "server_disconnect", "ping_timeout", "transport_close", "transport_error"}
)
_SERIOUS: Final = frozenset(code.value for code, status in STATUSES.items() if status >= 500)


def refused(event: str, code: Code, address: str) -> None:
    """Count and log what no handler has seen: a refused connect or poll, a malformed packet."""
    metrics.SOCKET_EVENT(event, code.value).inc()
    metrics.REFUSAL("socket", code.value).inc()
    _log(event, code.value, 0.0, lambda: address)


class ObservedSockets:
    """A Socket.IO server whose handlers are counted, timed and logged; all else is the server's."""

    def __init__(self, server: Any) -> None:
        self._server = server

    def __getattr__(self, name: str) -> Any:
        return getattr(self._server, name)

    def on(self, event: str, handler: Callable[..., Any], namespace: str) -> Any:
        """Register a handler, observed."""
        if event == _DISCONNECT:
            observed = self._disconnect(handler)
        else:
            observed = self._observed(UNKNOWN if event == _ANY else event, handler)
        return self._server.on(event, observed, namespace=namespace)

    def _observed(self, event: str, handler: Callable[..., Any]) -> Callable[..., Any]:
        seconds = metrics.SOCKET_EVENT_DURATION(event)

        def handle(*arguments: Any) -> Any:
            began = time.perf_counter()
            logs.request_id.set(request_id_of(""))
            code = Code.INTERNAL_ERROR.value  # of a handler that raises
            try:
                answer = handler(*arguments)
                code = answer["error"]["code"] if isinstance(answer, dict) and "error" in answer else OK
                return answer
            finally:
                metrics.SOCKET_EVENT(event, code).inc()
                if code != OK:
                    metrics.REFUSAL("socket", code).inc()
                took = time.perf_counter() - began
                seconds.observe(took)
                _log(event, code, took, lambda: self._address_of(arguments))
                logs.request_id.set("")

        return handle

    def _disconnect(self, handler: Callable[..., Any]) -> Callable[..., Any]:
        def handle(sid: str, reason: str = "", *more: Any) -> Any:
            word = reason.replace(" ", "_")
            word = word if word in _REASONS else _OTHER_REASON
            metrics.SOCKET_DISCONNECTS.labels(word).inc()
            if Shown.debug:
                log.debug(LogEvent.SOCKET_DISCONNECTED, reason=word, address=self._address_of((sid,)))
            return handler(sid, reason, *more)

        return handle

    def _address_of(self, arguments: Sequence[Any]) -> str:
        """The client's address; its id comes first, or second where the name of an unknown event does."""
        for sid in arguments[:2]:
            eio_sid = self._server.manager.eio_sid_from_sid(sid, NAMESPACE) if isinstance(sid, str) else None
            if eio_sid in self._server.environ:
                return str(self._server.environ[eio_sid].get("REMOTE_ADDR", ""))
        return ""


def _log(event: str, code: str, took: float, address: Callable[[], str]) -> None:
    if code in _SERIOUS:
        log.warning(
            LogEvent.EVENT_ANSWERED, socket_event=event, code=code, duration_ms=milliseconds(took), address=address()
        )
    elif Shown.debug:
        log.debug(
            LogEvent.EVENT_ANSWERED, socket_event=event, code=code, duration_ms=milliseconds(took), address=address()
        )
