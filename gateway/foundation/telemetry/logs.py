"""Structured logs: one line for each event, with a request id and without secrets."""

from __future__ import annotations

import contextvars
import logging
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

from gateway.foundation.telemetry.masking import masked

# Of the request that is being answered; each has a context of its own.
request_id: contextvars.ContextVar[str] = contextvars.ContextVar("request_id", default="")


def _tell_request(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    if told := request_id.get():
        event.setdefault("request_id", told)
    return event


def _mask_event(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    return dict(masked(dict(event)))


class Shown:
    """The levels that are logged, for code that would otherwise ask at every request."""

    debug = True


def configure(level: str, form: str) -> None:
    """Set logging up once. ``level`` as in the setting; ``form`` is auto, json or text. Writes to standard error."""
    Shown.debug = logging.getLevelNamesMapping()[level.upper()] <= logging.DEBUG
    as_text = form == "text" or (form == "auto" and sys.stderr.isatty())
    renderer: Any = (
        structlog.dev.ConsoleRenderer() if as_text else structlog.processors.JSONRenderer(ensure_ascii=False)
    )
    structlog.configure(
        processors=[
            _tell_request,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            _mask_event,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level.upper()]),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    # Of the libraries' own logs only warnings and errors matter.
    logging.basicConfig(level=logging.ERROR, stream=sys.stderr, format="%(message)s")


log = structlog.get_logger("gateway")
