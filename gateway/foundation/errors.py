"""The one exception that a use case raises to refuse, and what makes it an answer.

``Refusal`` carries a code of :class:`gateway.protocol.Code`; the status and title of each code stand
in ``gateway.http.problems``; REST and Socket.IO turn it into their own form in one place each.
"""

from __future__ import annotations

from typing import Any

from gateway.protocol import Code


class Refusal(Exception):  # noqa: N818 - it is an answer, not a fault
    """A request is refused: ``code`` for programs, ``detail`` for people, ``extra`` beside them."""

    def __init__(self, code: Code, detail: str = "", **extra: Any) -> None:
        super().__init__(code.value)
        self.code = code
        self.detail = detail
        self.extra = extra


class StartupError(Exception):
    """The gateway cannot start; the text is one sentence that says what to do."""


class WorkerError(StartupError):
    """A worker can serve no longer and has ended, for its parent to replace it; the text is one sentence."""
