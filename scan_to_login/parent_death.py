"""Linux ends a child process when its parent dies (PR_SET_PDEATHSIG, prctl(2))."""

from __future__ import annotations

import ctypes
import signal
import sys
from collections.abc import Callable

_PR_SET_PDEATHSIG = 1


if sys.platform == "linux":
    _libc = ctypes.CDLL(None)


def _die_with_parent() -> None:
    """Run in the new process before its program: the kernel ends it with its parent."""
    _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


def die_with_parent() -> Callable[[], None] | None:
    """A ``preexec_fn`` that ties a child's life to its parent's; None if the system has no such feature."""
    return _die_with_parent if sys.platform == "linux" else None
