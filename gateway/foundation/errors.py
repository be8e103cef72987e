"""The exception by which a use case refuses, and the one by which a worker ends.

``Refusal`` carries a code of :class:`scan_to_login.protocol.Code`; the status and title of each code stand
in ``gateway.http.problems``; REST and Socket.IO turn it into their own form in one place each. ``refused_field`` makes
the refusal of a ``RuleBroken``, which the pure rules of ``scan_to_login.rules`` raise for one field.
"""

from __future__ import annotations

from typing import Any

from scan_to_login.errors import StartupError
from scan_to_login.field_rules import FieldRule, field_error
from scan_to_login.protocol import Code


class Refusal(Exception):  # noqa: N818 - it is an answer, not a fault
    """A refused request: ``code`` for programs, ``detail`` for people, ``extra`` fields."""

    def __init__(self, code: Code, detail: str = "", **extra: Any) -> None:
        super().__init__(code.value)
        self.code = code
        self.detail = detail
        self.extra = extra


def refused_field(field: str, rule: FieldRule, **values: Any) -> Refusal:
    """The refusal of one field that does not fit."""
    return Refusal(Code.INVALID_REQUEST, errors=[field_error(field, rule, **values)])


class WorkerError(StartupError):
    """A worker can no longer serve and has ended, so that its parent replaces it."""
