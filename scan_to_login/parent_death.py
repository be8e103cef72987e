"""Linux ends a child process when its parent dies (PR_SET_PDEATHSIG, prctl(2))."""

from __future__ import annotations

import ctypes
import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
from typing import Any, Final

_PR_SET_PDEATHSIG = 1


if sys.platform == "linux":
    _libc = ctypes.CDLL(None)


def _die_with_parent() -> None:
    """Run in the new process before its program: the kernel ends it with its parent."""
    _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


def die_with_parent() -> Callable[[], None] | None:
    """A ``preexec_fn`` that ties a child's life to its parent's; None if the system has no such feature."""
    return _die_with_parent if sys.platform == "linux" else None


ENDING: Final = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def start(
    command: Sequence[str], *, before: Callable[[subprocess.Popen[Any]], None] | None = None, **options: Any
) -> subprocess.Popen[Any]:
    """A process that ends with this one; ``options`` are Popen's. Raises OSError.

    A signal that ends this process waits until the other one has started, and until ``before`` knows it: raised as an
    exception within a fork it would be lost, for Python ignores exceptions in what it calls there.
    """
    tie = die_with_parent()
    mask = signal.pthread_sigmask(signal.SIG_BLOCK, ENDING)

    def begin() -> None:
        if tie is not None:
            tie()
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)

    try:
        process = subprocess.Popen(command, preexec_fn=begin, **options)  # noqa: PLW1509
        if before is not None:
            before(process)
        return process
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)
