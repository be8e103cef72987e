"""Signals as exceptions that unwind the program: the ticket is cancelled, the terminal given back, folders removed."""

from __future__ import annotations

import re
import signal
from types import FrameType


class Terminated(SystemExit):
    """SIGTERM or SIGHUP has come; ``code`` is the exit code: 128 and the signal's number."""

    def __init__(self, number: int = signal.SIGTERM) -> None:
        super().__init__(128 + number)


def told_in(error: BaseException) -> int | None:
    """The exit code of the Terminated that ``error`` has in its words; None if it has none.

    A library that builds something late may raise an error of its own in its place, as pydantic's core does.
    """
    worded = re.search(rf"\b{Terminated.__name__}: (\d+)\b", str(error))
    return int(worded[1]) if worded else None


def unwind_on_signals() -> None:
    """Make SIGTERM and SIGHUP raise Terminated in the main thread, and SIGINT KeyboardInterrupt.

    A shell script starts its background commands with SIGINT ignored. A SIGINT that somebody sends to one of them by
    its id ends it all the same. SIGHUP stays ignored where ``nohup`` had it ignored.
    """

    def unwind(number: int, _frame: FrameType | None) -> None:
        raise Terminated(number)

    signal.signal(signal.SIGTERM, unwind)
    if signal.getsignal(signal.SIGHUP) != signal.SIG_IGN:
        signal.signal(signal.SIGHUP, unwind)
    signal.signal(signal.SIGINT, signal.default_int_handler)
