"""For the client's tests: a terminal to type into, and a connection that a test can cut."""

from __future__ import annotations

import contextlib
import json
import os
import pty
import re
import select
import subprocess
import sys
import termios
import threading
import time
from collections.abc import Callable, Iterator
from struct import pack
from typing import Any

import pytest
import requests

from app_simulator.phone import Phone
from client_stub.client import Client
from scan_to_login.testing.live import LiveGateway
from tests.integration.client_stub.line import Line

_CONTROL = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|\x1b[()][A-Z0-9]|\r")


class Terminal:
    """A program on a pseudo-terminal: a test waits for its output and types keys."""

    def __init__(self, arguments: list[str], environment: dict[str, str], size: tuple[int, int]) -> None:
        self._master, slave = pty.openpty()
        import fcntl

        fcntl.ioctl(slave, termios.TIOCSWINSZ, pack("HHHH", *size, 0, 0))
        # A session of its own, so that the terminal is the controlling one and Control-C reaches the program.
        self.process = subprocess.Popen(
            [sys.executable, "-c", _TAKE_TERMINAL, *arguments],
            stdin=slave,
            stdout=slave,
            stderr=slave,
            env=environment,
            start_new_session=True,
        )
        os.close(slave)
        self.raw = ""
        self._read_to = 0

    @property
    def shown(self) -> str:
        """Everything shown so far, without control sequences."""
        return _CONTROL.sub("", self.raw)

    def expect(self, text: str, timeout: float = 15.0) -> str:
        """Wait for a new output after the last one awaited; returns the whole output."""
        give_up = time.monotonic() + timeout
        while text not in self.shown[self._read_to :]:
            left = give_up - time.monotonic()
            ready, _, _ = select.select([self._master], [], [], max(0.0, left))
            assert ready, f"{text!r} was not shown; shown was:\n{self.shown}"
            assert self._read(), f"{text!r} was not shown before the end; shown was:\n{self.shown}"
        self._read_to = self.shown.index(text, self._read_to) + len(text)
        return self.shown

    def type(self, keys: str) -> None:
        """Type keys."""
        os.write(self._master, keys.encode())

    def end(self, timeout: float = 15.0) -> int:
        """Wait for the program's end; answers its exit code."""
        give_up = time.monotonic() + timeout
        while True:
            ready, _, _ = select.select([self._master], [], [], max(0.0, give_up - time.monotonic()))
            assert ready, f"the program did not end; shown was:\n{self.shown}"
            if not self._read():
                return self.process.wait(timeout)

    def close(self) -> None:
        """End the program, if it has not ended, and give the terminal back."""
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        os.close(self._master)

    def _read(self) -> bool:
        try:
            data = os.read(self._master, 65536)
        except OSError:  # Linux says the other end's close by an error
            return False
        self.raw += data.decode("utf-8", "replace")
        return bool(data)


_TAKE_TERMINAL = """
import fcntl, sys, termios
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
from client_stub.__main__ import main
sys.argv[0] = "client-stub"
main()
"""


# Variables that describe a terminal: the test sets them, and not the machine.
_TERMINAL = frozenset({"NO_COLOR", "FORCE_COLOR", "LC_ALL", "COLUMNS", "LINES", "TERM"})


def environment(**more: str) -> dict[str, str]:
    """The test's environment in English, without secrets and colours of the machine that runs it."""
    mine = {k: v for k, v in os.environ.items() if not k.startswith("PAIRING_") and k not in _TERMINAL}
    return {**mine, "LANG": "C.UTF-8", "TERM": "xterm-256color", "PYTHONPATH": os.pathsep.join(sys.path), **more}


@pytest.fixture(params=["websocket", "poll"])
def transport(request: pytest.FixtureRequest) -> str:
    """Both ways of waiting: what holds for one must hold for the other."""
    return str(request.param)


@pytest.fixture
def client(gateway_url: str, transport: str) -> Iterator[Client]:
    """A client that waits in either way; afterwards none of its threads is left."""
    with Client(gateway_url, transport=transport) as made:  # type: ignore[arg-type]
        yield made
    assert [thread.name for thread in threading.enumerate() if thread.name.startswith("client-stub")] == []


@pytest.fixture
def log_in_phone(gateway_url: str) -> Iterator[Callable[[str], Phone]]:
    """Logs a new phone in as one of the seed's people; a new device has its one-time codes unused."""
    with contextlib.ExitStack() as stack:

        def log_in(login_name: str) -> Phone:
            phone = stack.enter_context(Phone(gateway_url))
            phone.login(login_name, "Demo-2019")
            return phone

        yield log_in


@pytest.fixture
def phone(log_in_phone: Callable[[str], Phone]) -> Phone:
    """The tax agent's phone, bound to A and B."""
    return log_in_phone("agent")


@pytest.fixture
def advance(gateway: LiveGateway) -> Callable[[float], None]:
    """Moves the gateway's clock on by so many seconds."""

    def move(seconds: float) -> None:
        requests.post(f"{gateway.url}/sim/v1/clock/advance", json={"seconds": seconds}, timeout=10).raise_for_status()

    return move


@pytest.fixture
def terminal() -> Iterator[Callable[..., Terminal]]:
    """Starts ``client-stub`` with arguments on a terminal of its own."""
    with contextlib.ExitStack() as stack:

        def start(*arguments: str, size: tuple[int, int] = (40, 100), **variables: str) -> Terminal:
            running = Terminal(list(arguments), environment(**variables), size)
            stack.callback(running.close)
            return running

        yield start


class Program:
    """``client-stub`` with its output in pipes, as a script runs it."""

    def __init__(self, arguments: list[str], environment: dict[str, str]) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "client_stub", *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            env=environment,
        )

    def write(self, line: str) -> None:
        """A line on its standard input."""
        assert self.process.stdin is not None
        self.process.stdin.write(f"{line}\n")
        self.process.stdin.flush()

    def line(self) -> str:
        """The next line of standard output; waits for it."""
        assert self.process.stdout is not None
        return self.process.stdout.readline()

    def state(self) -> dict[str, Any]:
        """The next line, which is JSON."""
        line = self.line()
        assert line, f"the program ended without a line; it said: {self.end()[2]}"
        read: dict[str, Any] = json.loads(line)
        return read

    def end(self, timeout: float = 20.0) -> tuple[int, list[dict[str, Any]], str]:
        """Exit code, the JSON lines that are left, and standard error."""
        out, errors = self.process.communicate(timeout=timeout)
        return self.process.returncode, [json.loads(line) for line in out.splitlines()], errors

    def close(self) -> None:
        """End it, if it has not ended."""
        if self.process.poll() is None:
            self.process.kill()
        self.process.communicate()


@pytest.fixture
def script() -> Iterator[Callable[..., Program]]:
    """Starts ``client-stub`` with arguments, as a script does; keyword arguments go into its environment."""
    with contextlib.ExitStack() as stack:

        def start(*arguments: str, **variables: str) -> Program:
            running = Program(list(arguments), environment(**variables))
            stack.callback(running.close)
            return running

        yield start


@pytest.fixture
def make_line() -> Iterator[Callable[[str], Line]]:
    """Makes a proxy to a gateway's URL. Phones use that URL, and not the proxy's port."""
    with contextlib.ExitStack() as stack:

        def make(url: str) -> Line:
            told = requests.put(f"{url}/sim/v1/public-url", json={"public_url": url}, timeout=10)
            told.raise_for_status()
            host, _, port = url.removeprefix("http://").rstrip("/").partition(":")
            line = Line((host, int(port)))
            stack.callback(line.close)
            return line

        yield make
