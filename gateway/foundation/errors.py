"""The one exception that a use case raises to refuse, and what makes it an answer.

``Refusal`` carries a code of :class:`scan_to_login.protocol.Code`; the status and title of each code stand
in ``gateway.http.problems``; REST and Socket.IO turn it into their own form in one place each.
"""

from __future__ import annotations

from typing import Any

from scan_to_login.errors import StartupError
from scan_to_login.protocol import Code


class Refusal(Exception):  # noqa: N818 - it is an answer, not a fault
    """A request is refused: ``code`` for programs, ``detail`` for people, ``extra`` beside them."""

    def __init__(self, code: Code, detail: str = "", **extra: Any) -> None:
        super().__init__(code.value)
        self.code = code
        self.detail = detail
        self.extra = extra


class WorkerError(StartupError):
    """A worker can serve no longer and has ended, for its parent to replace it; the text is one sentence."""
