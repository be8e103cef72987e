"""One call's span, and those of the scripts within it.

A call that names a trace is a part of it. A call that names none waits until it is known what it is about: the ticket
that a phone scans carries the trace of the client that has requested it. So the span is made late, with the time at
which the call began.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Final

from opentelemetry.context import Context
from opentelemetry.trace import Span, SpanKind, Status, StatusCode, Tracer, set_span_in_context

from gateway.foundation.telemetry.masking import masked_text
from gateway.foundation.telemetry.request_trace import current
from scan_to_login.tracing.span_contexts import remote_parent, span_context, traceparent_of
from scan_to_login.tracing.trace_context import TRACEPARENT, TRACESTATE

TICKET_ID: Final = "pairing.ticket_id"
CODE: Final = "pairing.code"

Attributes = dict[str, str | int | bool]


def now() -> int:
    """Nanoseconds of the world's clock: spans of other programs stand beside these, whatever a test's clock says."""
    return time.time_ns()


class CallTrace:
    """The trace of one call (``gateway.foundation.telemetry.request_trace``)."""

    def __init__(self, tracer: Tracer, name: str, attributes: Attributes, headers: Mapping[str, str]) -> None:
        """``headers`` may hold ``traceparent`` and ``tracestate``."""
        self.attributes = attributes
        self.failed = ""  # the kind of error, where the call is one of the gateway's
        self._tracer = tracer
        self._name = name
        self._began = now()
        self._discarded = False
        self._scripts: list[tuple[str, int, int, str]] = []
        parent = remote_parent(headers.get(TRACEPARENT, ""), headers.get(TRACESTATE, ""))
        self._span: Span | None = None if parent is None else self._begin(parent)

    @property
    def trace_id(self) -> str:
        """32 hexadecimal digits; empty as long as it is not known which trace the call belongs to."""
        return "" if self._span is None else f"{self._span.get_span_context().trace_id:032x}"

    def traceparent(self) -> str:
        """What a message that this call sends carries."""
        return traceparent_of(self._known())

    def join(self, traceparent: str) -> None:
        """The call is about something whose record carries ``traceparent``: its parent, or else a link."""
        carried = remote_parent(traceparent)
        if carried is None:
            return
        if self._span is None:
            self._span = self._begin(carried)
        elif (other := span_context(carried)).trace_id != self._span.get_span_context().trace_id:
            self._span.add_link(other)

    def ran(self, script: str, began: int, outcome: str) -> None:
        """The call has run a script of Redis from ``began`` until now."""
        self._scripts.append((script, began, now(), outcome))

    def discard(self) -> None:
        """Nothing has been answered: the call has no span."""
        self._discarded = True

    def end(self) -> None:
        """The call is answered: its spans are handed on."""
        if self._discarded:
            return
        span = self._known()
        within = set_span_in_context(span, Context())
        for script, began, ended, outcome in self._scripts:
            attributes = {"db.system.name": "redis", "db.stored_procedure.name": script, CODE: outcome}
            name = f"EVALSHA {script}"
            self._tracer.start_span(name, within, SpanKind.CLIENT, attributes, start_time=began).end(ended)
        for key, told in self.attributes.items():
            span.set_attribute(key, masked_text(told) if isinstance(told, str) else told)
        if self.failed:
            span.set_attribute("error.type", self.failed)
            span.set_status(Status(StatusCode.ERROR))
        span.end(now())

    def _known(self) -> Span:
        """The span; a call of which nothing tells a trace begins one."""
        if self._span is None:
            self._span = self._begin(Context())
        return self._span

    def _begin(self, parent: Context) -> Span:
        return self._tracer.start_span(self._name, parent, SpanKind.SERVER, start_time=self._began)


@contextmanager
def traced(call: CallTrace) -> Iterator[CallTrace]:
    """A block that answers ``call``."""
    token = current.set(call)
    try:
        yield call
    except BaseException as error:
        call.failed = type(error).__name__
        raise
    finally:
        current.reset(token)
        call.end()
