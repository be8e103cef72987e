"""One call's span, and those of the scripts within it.

A call that names a trace is a part of it. A call that names none waits until it is known what it is about: the ticket
that a phone scans carries the trace of the client that has requested it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Final

from opentelemetry.context import Context
from opentelemetry.trace import SpanKind, Tracer, set_span_in_context

from gateway.foundation.telemetry.masking import masked_text
from gateway.foundation.telemetry.request_trace import current
from scan_to_login.tracing.late_spans import LateSpan, Value, now
from scan_to_login.tracing.span_contexts import remote_parent, traceparent_of
from scan_to_login.tracing.trace_context import TRACEPARENT, TRACESTATE

TICKET_ID: Final = "pairing.ticket_id"
CODE: Final = "pairing.code"

Attributes = dict[str, Value]


class CallTrace:
    """The trace of one call (``gateway.foundation.telemetry.request_trace``)."""

    def __init__(self, tracer: Tracer, name: str, attributes: Attributes, headers: Mapping[str, str]) -> None:
        """``headers`` may hold ``traceparent`` and ``tracestate``."""
        self.attributes = attributes
        self.failed = ""  # the kind of error, where it is one of the gateway's
        self._tracer = tracer
        self._discarded = False
        self._scripts: list[tuple[str, int, int, str]] = []
        parent = remote_parent(headers.get(TRACEPARENT, ""), headers.get(TRACESTATE, ""))
        self._span = LateSpan(tracer, name, SpanKind.SERVER, parent)

    @property
    def trace_id(self) -> str:
        """32 hexadecimal digits; empty as long as it is not known which trace the call belongs to."""
        return self._span.trace_id

    def traceparent(self) -> str:
        """What a message that this call sends carries."""
        return traceparent_of(self._span.made())

    def join(self, traceparent: str) -> None:
        """The call is about something whose record carries ``traceparent``: its parent, or else a link."""
        self._span.join(traceparent)

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
        within = set_span_in_context(self._span.made(), Context())
        for script, began, ended, outcome in self._scripts:
            attributes = {"db.system.name": "redis", "db.stored_procedure.name": script, CODE: outcome}
            name = f"EVALSHA {script}"
            self._tracer.start_span(name, within, SpanKind.CLIENT, attributes, start_time=began).end(ended)
        told = {key: masked_text(value) if isinstance(value, str) else value for key, value in self.attributes.items()}
        self._span.end(told, self.failed)


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
