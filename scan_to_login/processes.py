"""Child processes that end with this one, and the signals that end this one.

Linux ends a child process when its parent dies (PR_SET_PDEATHSIG, prctl(2)). Signals are exceptions that unwind the
program: the ticket is cancelled, the terminal given back, folders removed.
"""

from __future__ import annotations

import contextlib
import ctypes
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Sequence
from types import FrameType
from typing import Any, Final, NoReturn, Self

_PR_SET_PDEATHSIG = 1


if sys.platform == "linux":
    _libc = ctypes.CDLL(None)


def end_with_parent() -> None:
    """For a new process to call: the kernel ends it with its parent. On other systems than Linux nothing happens."""
    if sys.platform == "linux":
        _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


ENDING: Final = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def start(
    command: Sequence[Any],
    *,
    before: Callable[[subprocess.Popen[Any]], None] | None = None,
    tied: bool = True,
    **options: Any,
) -> subprocess.Popen[Any]:
    """A process that ends with this one, or with the thread that calls this; ``options`` are Popen's. Raises OSError.

    Not ``tied`` is one that learns in another way that this one has ended.

    A signal that ends this process waits until the other one has started, and until ``before`` knows it: raised as an
    exception within a fork it would be lost, for Python ignores exceptions in what it calls there.
    """
    mask = signal.pthread_sigmask(signal.SIG_BLOCK, ENDING)

    def begin() -> None:
        if tied:
            end_with_parent()
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)

    try:
        process = subprocess.Popen(command, preexec_fn=begin, **options)  # noqa: PLW1509
        if before is not None:
            before(process)
        return process
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)


class Terminated(SystemExit):
    """SIGTERM or SIGHUP has come; ``code`` is the exit code: 128 and the signal's number."""

    def __init__(self, number: int = signal.SIGTERM) -> None:
        super().__init__(128 + number)


_came: list[int] = []


def signal_that_came() -> int | None:
    """The number of the signal that came first; None if none has.

    Its exception may not have unwound anything: pydantic's core raises another one in its place while it builds a
    validator, and swallows it where it asks for an attribute.
    """
    return _came[0] if _came else None


def raise_if_a_signal_came() -> None:
    """Raise the exception of a signal that came before; a server calls it once its own handlers are in place."""
    if (number := signal_that_came()) is not None:
        _raise(number)


def _raise(number: int) -> NoReturn:
    if number == signal.SIGINT:
        raise KeyboardInterrupt
    raise Terminated(number)


def unwind_on_signals() -> None:
    """Make SIGTERM and SIGHUP raise Terminated in the main thread, and SIGINT KeyboardInterrupt.

    A shell script starts its background commands with SIGINT ignored. A SIGINT that somebody sends to one of them by
    its id ends it all the same. SIGHUP stays ignored where ``nohup`` had it ignored.
    """

    def unwind(number: int, _frame: FrameType | None) -> None:
        _came.append(number)
        _raise(number)

    signal.signal(signal.SIGTERM, unwind)
    if signal.getsignal(signal.SIGHUP) != signal.SIG_IGN:
        signal.signal(signal.SIGHUP, unwind)
    signal.signal(signal.SIGINT, unwind)


class SignalBell:
    """A descriptor that can be read once a signal has come, so that a wait for descriptors ends with signals too.

    While it is entered, in the main thread, it rings at each signal that has a handler in Python.
    """

    def __enter__(self) -> Self:
        self._out, self._in = socket.socketpair()
        for end in (self._out, self._in):
            end.setblocking(False)
        self._before = signal.set_wakeup_fd(self._in.fileno(), warn_on_full_buffer=False)
        return self

    def __exit__(self, *_error: object) -> None:
        signal.set_wakeup_fd(self._before)
        self._out.close()
        self._in.close()

    def fileno(self) -> int:
        """What to wait for."""
        return self._out.fileno()

    def silence(self) -> None:
        """Take over what has rung."""
        with contextlib.suppress(BlockingIOError):
            while self._out.recv(4096):
                pass
