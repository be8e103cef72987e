"""Ties the gateway to the program that started it, however that program ends: standard input is closed then.

The program keeps the other end of a pipe. Unlike PR_SET_PDEATHSIG this holds on every system, through launchers such as
``uvx``, and into a container (``docker run --interactive``).
"""

from __future__ import annotations

import contextlib
import io
import os
import signal

from gateway.server.offload import native_threads

_READ_BYTES = 4096
_STDIN = 0


def stop_with_stdin() -> None:
    """Send this process SIGTERM when its standard input is closed; what is written to it is ignored."""
    native_threads().Thread(target=_wait_and_end, name="stdin", daemon=True).start()


def _wait_and_end() -> None:
    # Not os.read: eventlet's would wait at this thread's hub.
    with contextlib.suppress(OSError), io.FileIO(_STDIN, closefd=False) as stdin:
        while stdin.read(_READ_BYTES):
            pass
    os.kill(os.getpid(), signal.SIGTERM)
