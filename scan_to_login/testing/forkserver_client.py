"""Gateways forked from a process that has imported their modules (``gateway.server.forkserver``).

Only on Linux: elsewhere system libraries may not survive a fork, and each gateway is a new process.
"""

from __future__ import annotations

import atexit
import contextlib
import json
import os
import select
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Sequence
from typing import IO

from scan_to_login.processes import start


class ForkedGateway:
    """A forked process, with what is used of subprocess.Popen. ``report`` is the pipe on which its end is told."""

    def __init__(self, pid: int, stdout: IO[str], report: int) -> None:
        self.pid = pid
        self.stdout = stdout
        self._report = report
        self._lock = threading.Lock()
        self._code: int | None = None

    def poll(self) -> int | None:
        """Its exit code (negative: the signal that ended it); None while it runs."""
        with self._lock:
            if self._code is None and select.select([self._report], [], [], 0)[0]:
                # A forkserver that was killed has told nothing, and its gateways end with it.
                told = _line_of(self._report).split()
                self._code = int(told[1]) if told else -signal.SIGTERM
                os.close(self._report)
            return self._code

    def wait(self, timeout: float | None = None) -> int:
        """Its exit code, once it has ended. Raises subprocess.TimeoutExpired after ``timeout`` seconds."""
        if self.poll() is None:
            select.select([self._report], [], [], timeout)
        code = self.poll()
        if code is None:
            raise subprocess.TimeoutExpired("gateway", timeout or 0.0)
        return code

    def send_signal(self, number: int) -> None:
        """Send a signal, unless it has ended."""
        if self.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, number)

    def kill(self) -> None:
        """End it at once."""
        self.send_signal(signal.SIGKILL)


def _line_of(pipe: int) -> str:
    """The next line; empty at the end. Read byte by byte, since the following bytes belong to the next call."""
    line = b""
    while (byte := os.read(pipe, 1)) not in (b"", b"\n"):
        line += byte
    return line.decode()


class Forkserver:
    """The forkserver of gateways; it starts with the first request."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._line: socket.socket | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._owner = 0

    @property
    def begun(self) -> bool:
        """Whether it has been started."""
        return self._process is not None

    def warm_up(self) -> None:
        """Start it in advance; does not wait."""
        with self._lock:
            self._running()

    def close(self) -> None:
        """End it and its forked gateways; the next request starts another."""
        with self._lock:
            if self._line is not None and self._process is not None and self._owner == os.getpid():
                self._line.close()
                self._process.wait()
                self._line = self._process = None

    def fork(self, arguments: Sequence[str], environment: dict[str, str], errors: IO[str]) -> ForkedGateway:
        """A gateway with these arguments and this environment; its standard error goes to ``errors``."""
        out, out_end = os.pipe()
        report, report_end = os.pipe()
        asked = {"arguments": list(arguments), "environment": environment, "folder": os.getcwd()}  # noqa: PTH109
        data = json.dumps(asked).encode()
        with self._lock:
            line = self._running()
            socket.send_fds(line, [len(data).to_bytes(4, "big")], [out_end, errors.fileno(), report_end])
            line.sendall(data)
        os.close(out_end)
        os.close(report_end)
        pid = _line_of(report)
        if not pid:
            raise RuntimeError("The process that gateways are forked from has ended; see what it wrote above.")
        return ForkedGateway(int(pid), os.fdopen(out), report)

    def _running(self) -> socket.socket:
        """The line to it. One that a fork of this process has inherited is its parent's; one that ended is replaced."""
        if (
            self._line is None
            or self._process is None
            or self._process.poll() is not None
            or self._owner != os.getpid()
        ):
            self._line, theirs = socket.socketpair()
            self._owner = os.getpid()
            with theirs:
                # It ends, and its gateways with it, when this end of the line is closed, if need be by the kernel.
                start(
                    [sys.executable, "-P", "-m", "gateway", "forkserver", str(theirs.fileno())],
                    env={name: value for name, value in os.environ.items() if name != "PYTHONPATH"},
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    pass_fds=[theirs.fileno()],
                    start_new_session=True,
                    tied=False,  # the thread that asks for the first gateway may end before the others
                    before=self._keep,
                )
        return self._line

    def _keep(self, process: subprocess.Popen[bytes]) -> None:
        self._process = process


FORKSERVER = Forkserver()
atexit.register(FORKSERVER.close)
POSSIBLE = sys.platform == "linux"


def warm_up() -> None:
    """Start the forkserver in advance, where gateways are forked; does not wait."""
    if POSSIBLE:
        FORKSERVER.warm_up()
