"""From ``traceparent`` to OpenTelemetry's objects and back. Imported only where OpenTelemetry is in use."""

from __future__ import annotations

from opentelemetry.context import Context
from opentelemetry.trace import Span, SpanContext, get_current_span, set_span_in_context
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from scan_to_login.tracing.trace_context import TRACEPARENT, TRACESTATE

_PROPAGATOR = TraceContextTextMapPropagator()


def remote_parent(traceparent: str, tracestate: str = "") -> Context | None:
    """The context whose span is the sender's; None for a value that the standard has receivers ignore."""
    carrier = {TRACEPARENT: traceparent, **({TRACESTATE: tracestate} if tracestate else {})}
    context = _PROPAGATOR.extract(carrier, Context())
    return context if span_context(context).is_valid else None


def span_context(context: Context) -> SpanContext:
    """Trace and span of a context."""
    return get_current_span(context).get_span_context()


def traceparent_of(span: Span) -> str:
    """What a message of this span carries."""
    told = span.get_span_context()
    return f"00-{told.trace_id:032x}-{told.span_id:016x}-{int(told.trace_flags):02x}"


def carried_by(span: Span) -> dict[str, str]:
    """The headers of a message of this span; none for one of a program without a provider."""
    carrier: dict[str, str] = {}
    _PROPAGATOR.inject(carrier, set_span_in_context(span, Context()))
    return carrier
