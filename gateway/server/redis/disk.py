"""Puts on the disk, once a second, what the private Redis has written to its append-only file.

Redis writes each change to that file before it answers and leaves the rest to the kernel (``appendfsync no``). So its
own death, by whatever signal, loses no change that it has acknowledged (SECURITY.md I3). With ``everysec`` Redis calls
fsync itself, and for up to two seconds of a slow fsync it answers first and writes later: a kill then loses what it
answered. A power cut loses the changes of about a second either way.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Final

from gateway.foundation.background import Loop
from gateway.server.redis.append_only_file import newest_file

EVERY_SECONDS: Final = 1.0
REPORT_SECONDS: Final = 5.0  # between an error and its log entry, at most
_synchronize: Final = getattr(os, "fdatasync", os.fsync)  # macOS has the latter alone


class DiskSync:
    """A thread of the operating system's own: a slow disk must hold up neither the hub nor the hashing of passwords.

    It logs nothing, for a greenlet may hold the log's lock; a greenlet looks after it and tells its errors.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._path: Path | None = None
        self._done: tuple[int, int, int] | None = None  # the state of that file when it was put on the disk
        self._error: Exception | None = None
        self._stop: Callable[[], None] = lambda: None
        self._reporter = Loop("redis-disk", self._report, every=REPORT_SECONDS)

    def start(self) -> None:
        """Begin; ``folder`` is the one in which Redis runs."""
        from gateway.server.offload import native_threads  # commands that serve nothing do without eventlet

        threads = native_threads()
        stopped = threads.Event()
        self._stop = stopped.set
        threads.Thread(target=self._run, args=(stopped.wait,), name="redis-disk", daemon=True).start()
        self._reporter.start()

    def stop(self) -> None:
        """Begin no further round. Redis itself puts its file on the disk when it is told to end."""
        self._reporter.stop()
        self._stop()

    def _run(self, stopped_within: Callable[[float], bool]) -> None:
        while not stopped_within(EVERY_SECONDS):
            try:
                self._round()
            except Exception as error:  # noqa: BLE001 - whatever it is, the next round may work
                self._error = error
            else:
                self._error = None

    def _round(self) -> None:
        """Put on the disk what is new in the newest file. Raises OSError."""
        if self._path is not None and _state_of(self._path) == self._done:
            return
        path = self._path = newest_file(self._folder)
        if path is None:
            return
        state = _state_of(path)
        if self._done is None or state[:2] != self._done[:2]:
            with path.open("rb") as file:
                _synchronize(file.fileno())
        self._done = state

    def _report(self) -> None:
        if self._error is not None:
            raise self._error


def _state_of(path: Path) -> tuple[int, int, int]:
    """Inode and size of a file, zeros without it; and when its folder has changed: Redis has begun another one."""
    folder = path.parent.stat().st_mtime_ns
    try:
        found = path.stat()
    except FileNotFoundError:
        return 0, 0, folder
    return found.st_ino, found.st_size, folder
