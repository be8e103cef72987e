"""A span whose parent may become known only after it has begun. Imported only where OpenTelemetry is in use."""

from __future__ import annotations

import time
from collections.abc import Mapping

from opentelemetry.context import Context
from opentelemetry.trace import Span, SpanKind, Status, StatusCode, Tracer

from scan_to_login.tracing.span_contexts import remote_parent, span_context

Value = str | int | bool


def now() -> int:
    """Nanoseconds of the world's clock: spans of several programs stand beside one another."""
    return time.time_ns()


class LateSpan:
    """Is made with its first parent, and has the time at which it began all the same."""

    def __init__(self, tracer: Tracer, name: str, kind: SpanKind, parent: Context | None) -> None:
        """``parent`` is None where it is not known yet, and an empty context for a root."""
        self._tracer = tracer
        self._name = name
        self._kind = kind
        self._began = now()
        self._span: Span | None = None if parent is None else self._begin(parent)

    @property
    def trace_id(self) -> str:
        """32 hexadecimal digits; empty as long as no parent is known."""
        return "" if self._span is None else f"{self._span.get_span_context().trace_id:032x}"

    @property
    def waits(self) -> bool:
        """Whether no parent is known yet."""
        return self._span is None

    def made(self) -> Span:
        """The span, from now on a root where no parent is known."""
        if self._span is None:
            self._span = self._begin(Context())
        return self._span

    def join(self, traceparent: str) -> None:
        """It is about something whose record carries ``traceparent``: its parent, or else a link to another trace."""
        carried = remote_parent(traceparent)
        if carried is None:
            return
        if self._span is None:
            self._span = self._begin(carried)
        elif (other := span_context(carried)).trace_id != self._span.get_span_context().trace_id:
            self._span.add_link(other)

    def end(self, attributes: Mapping[str, Value], failed: str) -> None:
        """It ends now; ``failed`` is the kind of its error, or empty."""
        span = self.made()
        for name, value in attributes.items():
            span.set_attribute(name, value)
        if failed:
            span.set_attribute("error.type", failed)
            span.set_status(Status(StatusCode.ERROR))
        span.end(now())

    def _begin(self, parent: Context) -> Span:
        return self._tracer.start_span(self._name, parent, self._kind, start_time=self._began)
