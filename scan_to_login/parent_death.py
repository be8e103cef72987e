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
