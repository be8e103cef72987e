"""Structured logs: one line an event, a request id in each, and no secret in any."""

from __future__ import annotations

import contextvars
import logging
import re
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

_SECRET_NAMES = re.compile(r"token|secret|password|otp|authorization|cookie|answer|sms_code|registration_code", re.I)
# Not \b: a token may begin or end with "-", and Chinese letters stand beside a number without a boundary.
_SECRET_VALUES = re.compile(
    r"(?P<document>(?<![0-9A-Za-z_-])\d{17}[\dXx](?![0-9A-Za-z_-]))"
    r"|(?P<phone>(?<!\d)1\d{10}(?!\d))"
    r"|(?P<token>(?<![A-Za-z0-9_-])[A-Za-z0-9_-]{43}(?![A-Za-z0-9_-]))"
    r"|(?P<userinfo>(?<=://):?[^@/\s]+(?=@))"
)
# Of the request that is being answered; each has a context of its own.
request_id: contextvars.ContextVar[str] = contextvars.ContextVar("request_id", default="")
_SHORTEST = 11  # a phone number; most names and words are shorter


def masked_text(value: str) -> str:
    """``value`` with document numbers, phone numbers, tokens and passwords in URLs masked."""
    if len(value) < _SHORTEST and "@" not in value:
        return value
    return _SECRET_VALUES.sub(_mask, value)


def _mask(match: re.Match[str]) -> str:
    found = match.group()
    if match.lastgroup == "document":
        return f"{found[:3]}***{found[-2:]}"
    if match.lastgroup == "phone":
        return f"{found[:3]}****{found[-4:]}"
    return "***"


def masked(value: Any, depth: int = 32) -> Any:
    """The same for any nested value; under a name that tells of a secret the whole value is masked.

    Nobody's sensible value is nested deeper than ``depth``: what lies below is not shown.
    """
    if isinstance(value, dict | list | tuple) and depth == 0:
        return "..."
    if isinstance(value, dict):
        return {
            masked_text(str(key)): "***" if _SECRET_NAMES.search(str(key)) else masked(item, depth - 1)
            for key, item in value.items()
        }
    if isinstance(value, list | tuple):
        return [masked(item, depth - 1) for item in value]
    return masked_text(value) if isinstance(value, str) else value


def _tell_request(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    if told := request_id.get():
        event.setdefault("request_id", told)
    return event


def _mask_event(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    return dict(masked(dict(event)))


class Shown:
    """What the level lets through, for those who would ask it at every request."""

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
    # Libraries log their own way: only what is wrong with them is of interest.
    logging.basicConfig(level=logging.ERROR, stream=sys.stderr, format="%(message)s")


log = structlog.get_logger("gateway")
