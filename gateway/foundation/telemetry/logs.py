"""Structured logs: one line for each event, with process, worker, request id and trace id, and without secrets."""

from __future__ import annotations

import contextvars
import logging
import os
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

from gateway.foundation.telemetry import request_trace
from gateway.foundation.telemetry.log_events import LogEvent
from gateway.foundation.telemetry.masking import masked

# Of the request that is being answered; each has a context of its own.
request_id: contextvars.ContextVar[str] = contextvars.ContextVar("request_id", default="")


class Process:
    """Which of a gateway's processes this is."""

    worker: int | None = None  # its place among the workers, from 0; None for the parent of several


def _tell_origin(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    event["pid"] = os.getpid()
    if Process.worker is not None:
        event["worker"] = Process.worker
    if told := request_id.get():
        event.setdefault("request_id", told)
    if trace := request_trace.trace_id():
        event.setdefault("trace_id", trace)
    return event


def _mask_event(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    return dict(masked(dict(event)))


class Shown:
    """The levels that are logged, for code that would otherwise ask at every request."""

    debug = True


class _OfLibraries(logging.Handler):
    """Lines that libraries log, as lines of this log."""

    def emit(self, record: logging.LogRecord) -> None:
        """Log one."""
        trace = {"exc_info": record.exc_info} if record.exc_info else {}
        log.error(LogEvent.LIBRARY, logger=record.name, text=record.getMessage(), **trace)


def configure(level: str, form: str, worker: int | None = None) -> None:
    """Set logging up once. ``level`` as in the setting; ``form`` is auto, json or text. Writes to standard error.

    ``worker`` is this process's place among the workers.
    """
    Process.worker = worker
    Shown.debug = logging.getLevelNamesMapping()[level.upper()] <= logging.DEBUG
    as_text = form == "text" or (form == "auto" and sys.stderr.isatty())
    renderer: Any = (
        structlog.dev.ConsoleRenderer() if as_text else structlog.processors.JSONRenderer(ensure_ascii=False)
    )
    structlog.configure(
        processors=[
            _tell_origin,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            _mask_event,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level.upper()]),
        # Line and line end in one write: between two, a line of another worker may come.
        logger_factory=structlog.WriteLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    # Of the libraries' own logs only errors matter.
    logging.basicConfig(level=logging.ERROR, handlers=[_OfLibraries()], force=True)


log = structlog.get_logger("gateway")
