"""SIGTERM as an exception, so that it unwinds as Control-C does: the ticket is cancelled, the terminal given back."""

from __future__ import annotations

import signal
from types import FrameType
from typing import Final


class Terminated(BaseException):
    """SIGTERM has come."""

    EXIT_CODE: Final = 128 + int(signal.SIGTERM)


def unwind_on_sigterm() -> None:
    """Make SIGTERM raise Terminated in the main thread."""

    def unwind(_number: int, _frame: FrameType | None) -> None:
        raise Terminated

    signal.signal(signal.SIGTERM, unwind)
