"""Runs long computations in a separate thread, and has threads of the operating system for other waits."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from typing import Any

import eventlet
import eventlet.greenio
import eventlet.support.greenlets
import eventlet.tpool

OFFLOAD_NICENESS = 10


def offload(function: Callable[..., Any], /, *arguments: Any) -> Any:
    """Run a lock-free, log-free function in the one low-priority thread, while the other greenlets go on."""
    return eventlet.tpool.execute(_at_low_priority, function, arguments)


def native_threads() -> Any:
    """The module ``threading`` as it was before eventlet's patch.

    Its threads run beside the hub. They must not log, and must not take a lock that a greenlet may hold.
    """
    return eventlet.patcher.original("threading")


_lowered = threading.local()


def _at_low_priority(function: Callable[..., Any], arguments: tuple[Any, ...]) -> Any:
    if not getattr(_lowered, "done", False):
        # On Linux a thread has its own niceness; elsewhere this would lower the whole process.
        if hasattr(os, "sched_getaffinity"):
            os.setpriority(os.PRIO_PROCESS, native_threads().get_native_id(), OFFLOAD_NICENESS)
        _lowered.done = True
    return function(*arguments)
