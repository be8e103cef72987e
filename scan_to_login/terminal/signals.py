"""SIGTERM and SIGINT as exceptions, that unwind the program: the ticket is cancelled, the terminal given back."""

from __future__ import annotations

import signal
from types import FrameType
from typing import Final


class Terminated(BaseException):
    """SIGTERM has come."""

    EXIT_CODE: Final = 128 + int(signal.SIGTERM)


def unwind_on_signals() -> None:
    """Make SIGTERM raise Terminated in the main thread, and SIGINT KeyboardInterrupt.

    A shell script starts its background commands with SIGINT ignored. A SIGINT that somebody sends to one of them by
    its id ends it all the same.
    """

    def unwind(_number: int, _frame: FrameType | None) -> None:
        raise Terminated

    signal.signal(signal.SIGTERM, unwind)
    signal.signal(signal.SIGINT, signal.default_int_handler)
