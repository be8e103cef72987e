"""Spans of a phone and of a client. They are made where the program that drives it uses OpenTelemetry, and else not.

As a library does, these use the provider that the program has set (``exporting.Exporting.install`` for our own
programs), and its present span as the parent. Nothing of OpenTelemetry is imported for them.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from typing import TYPE_CHECKING, Any, Final

from scan_to_login.tracing.trace_context import TRACEPARENT, trace_id_of

if TYPE_CHECKING:
    from scan_to_login.tracing.late_spans import LateSpan, Value

_MOST_TICKETS: Final = 64
_TICKETS: Final = "tickets"
_WORD: Final = re.compile(r"[a-z-]*\Z")


class Call:
    """One call of an actor, or the receipt of one message."""

    def __init__(self, span: LateSpan | None, carried: dict[str, str]) -> None:
        self.carried = carried
        """What the call sends: ``traceparent``, and ``tracestate`` where there is one; empty without a span."""
        self.attributes: dict[str, Value] = {}
        self.failed = ""  # the kind of error
        self.learned = ""  # the ``traceparent`` of what the call is about
        self._span = span

    def answered(self, status: int, content: bytes) -> None:
        """An HTTP answer has come."""
        self.attributes["http.response.status_code"] = status
        if status >= 400:
            self.failed = str(status)
        if self._span is not None and self._span.waits:
            try:
                self.about(json.loads(content))
            except ValueError:
                return

    def about(self, body: Any) -> None:
        """What has been answered may tell the trace of its ticket."""
        carried = body.get(TRACEPARENT) if isinstance(body, Mapping) else None
        if self._span is not None and isinstance(carried, str):
            self._span.join(carried)
            self.learned = carried


class ActorTraces:
    """The traces that an actor is in."""

    def __init__(self, scope: str, *, one_login: bool) -> None:
        """``one_login`` is for a client, whose calls all belong to its present login.

        A phone's belong each to its ticket, of which the answer to its first call tells the trace.
        """
        self._scope = scope
        self._one_login = one_login
        self._known: dict[str, str] = {}  # by the ticket, or the empty text for the one login: traceparent

    def begin(self) -> None:
        """What follows is another login."""
        self._known.clear()

    def request(self, method: str, path: str, prefix: str) -> AbstractContextManager[Call]:
        """A block that sends a request to ``path`` below ``prefix``."""
        parts = path.partition("?")[0].split("/")
        named = [part if _WORD.match(part) else "{id}" for part in parts]
        ticket_id = parts[2] if parts[1:2] == [_TICKETS] and len(parts) > 2 else ""
        if ticket_id:
            named[2] = "{ticket_id}"
        template = prefix + "/".join(named)
        attributes: dict[str, Value] = {"http.request.method": method, "url.template": template}
        return self._call(f"{method} {template}", "CLIENT", ticket_id, attributes)

    def event(self, name: str, body: Mapping[str, Any]) -> AbstractContextManager[Call]:
        """A block that sends an event of Socket.IO and waits for its acknowledgement."""
        attributes: dict[str, Value] = {"rpc.system.name": "socket.io", "rpc.method": name}
        return self._call(name, "CLIENT", body.get("ticket_id", ""), attributes)

    def receipt(self, name: str, body: Any) -> AbstractContextManager[Call]:
        """A block that handles an event that the gateway has sent; ``body`` is whatever came."""
        body = body if isinstance(body, Mapping) else {}
        attributes: dict[str, Value] = {
            "messaging.system": "socket.io",
            "messaging.operation.type": "process",
            "messaging.destination.name": name,
        }
        if isinstance(state := body.get("state"), str):
            attributes["pairing.state"] = state
        return self._call(
            f"process {name}", "CONSUMER", str(body.get("ticket_id", "")), attributes, str(body.get(TRACEPARENT, ""))
        )

    @contextmanager
    def _call(
        self, name: str, kind: str, ticket_id: str, attributes: dict[str, Value], message: str = ""
    ) -> Iterator[Call]:
        api = sys.modules.get("opentelemetry.trace")
        if api is None or isinstance(api.get_tracer_provider(), api.ProxyTracerProvider):
            yield Call(None, {})
            return
        from opentelemetry.context import Context
        from opentelemetry.trace import SpanKind, get_current_span, get_tracer, set_span_in_context

        from scan_to_login.tracing.late_spans import LateSpan
        from scan_to_login.tracing.span_contexts import carried_by, remote_parent

        key = "" if self._one_login else ticket_id
        present = get_current_span()
        if trace_id_of(message):
            parent = remote_parent(message)
        elif present.get_span_context().is_valid:
            parent = set_span_in_context(present, Context())
        else:
            parent = remote_parent(self._known.get(key, "")) or (None if ticket_id else Context())
        span = LateSpan(get_tracer(self._scope), name, SpanKind[kind], parent)
        call = Call(span, {} if span.waits else carried_by(span.made()))
        if self._one_login and not message:
            self._learn(key, call.carried.get(TRACEPARENT, ""))
        call.attributes |= attributes
        if ticket_id:
            call.attributes["pairing.ticket_id"] = ticket_id
        try:
            yield call
        except BaseException as error:
            call.failed = type(error).__name__
            raise
        finally:
            self._learn(key, call.learned)
            span.end(call.attributes, call.failed)

    def _learn(self, key: str, traceparent: str) -> None:
        if trace_id_of(traceparent) and key not in self._known and (key or self._one_login):
            while len(self._known) >= _MOST_TICKETS:
                self._known.pop(next(iter(self._known)))
            self._known[key] = traceparent
