"""A worker's process, as its supervisor holds it, and the words that it sends."""

from __future__ import annotations

import contextlib
import io
import os
import select
import subprocess
import sys
import time
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Final

from scan_to_login.processes import SignalBell, start

READY: Final = "ready"
LEAVING: Final = "leaving"
ALIVE: Final = "alive"
BEAT_VARIABLE: Final = "SCAN_TO_LOGIN_BEAT_SECONDS"  # from the supervisor: how often a worker says that it is alive
_READ_BYTES: Final = 4096


@dataclass(slots=True)
class Worker:
    """One worker's process; ``ready`` and ``leaving`` are what it has said."""

    process: subprocess.Popen[bytes]
    started_at: float = field(default_factory=time.monotonic)
    heard_at: float = field(default_factory=time.monotonic)
    ready: bool = False
    leaving: bool = False
    silent: bool = False  # its pipe is closed
    leaving_since: float | None = None
    again_at: float | None = None  # once it has died: when another is tried in its place
    _rest: bytes = b""

    @property
    def ended(self) -> bool:
        """Whether the process has ended."""
        return self.process.poll() is not None

    def hear(self) -> None:
        """Take over what it has said; called where its pipe can be read."""
        pipe = self.process.stdout
        data = os.read(pipe.fileno(), _READ_BYTES) if pipe else b""
        *words, self._rest = (self._rest + data).split(b"\n")
        self.silent = not data
        self.heard_at = time.monotonic()
        self.ready = self.ready or READY.encode() in words
        self.leaving = self.leaving or LEAVING.encode() in words

    def close(self) -> None:
        """Wait for its end, and close the pipe."""
        self.process.wait()
        if self.process.stdout is not None:
            self.process.stdout.close()


def launch(descriptor: int, place: int, environment: dict[str, str]) -> Worker:
    """Start a worker at the listening socket ``descriptor``; ``place`` is its number. Raises OSError."""
    process = start(
        [sys.executable, "-m", "gateway", "worker", "--listener", str(descriptor), "--place", str(place)],
        env=environment,
        stdout=subprocess.PIPE,
        bufsize=0,
        pass_fds=(descriptor,),
    )
    return Worker(process)


def hear(workers: Collection[Worker], bell: SignalBell, seconds: float) -> None:
    """Wait for so many seconds, a signal, or a word or the end of any of these; take over what they say."""
    pipes = {one.process.stdout.fileno(): one for one in workers if one.process.stdout and not one.silent}
    for descriptor in select.select([bell.fileno(), *pipes], [], [], seconds)[0]:
        if descriptor in pipes:
            pipes[descriptor].hear()
        else:
            bell.silence()


def say(word: str) -> None:
    """Send a word from a worker to the supervisor; no error if the supervisor has gone."""
    # Not os.write: under eventlet that waits for ever where the reader is gone.
    with contextlib.suppress(OSError), io.FileIO(sys.stdout.fileno(), "w", closefd=False) as pipe:
        pipe.write(f"{word}\n".encode())
