"""The trace of the call that is being answered, where the gateway is traced (``gateway.tracing``); else nothing."""

from __future__ import annotations

from contextvars import ContextVar
from typing import Protocol


class RequestTrace(Protocol):
    """The trace of one call."""

    @property
    def trace_id(self) -> str:
        """32 hexadecimal digits; empty as long as it is not known which trace the call belongs to."""

    def traceparent(self) -> str:
        """What a message that this call sends carries."""

    def join(self, traceparent: str) -> None:
        """This call is about something whose record carries ``traceparent``."""

    def ran(self, script: str, began: int, outcome: str) -> None:
        """This call has run a script of Redis from ``began``, in nanoseconds of the world's clock, until now."""


current: ContextVar[RequestTrace | None] = ContextVar("request_trace", default=None)


def trace_id() -> str:
    """The id of the trace of the present call; empty without one."""
    trace = current.get()
    return "" if trace is None else trace.trace_id


def traceparent() -> str:
    """What a message of the present call carries; empty where the gateway is not traced."""
    trace = current.get()
    return "" if trace is None else trace.traceparent()


def join(carried: str) -> None:
    """The present call is about something whose record carries this ``traceparent``."""
    trace = current.get()
    if trace is not None:
        trace.join(carried)
