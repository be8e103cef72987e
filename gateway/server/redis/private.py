"""A private Redis-protocol server, started by the gateway and gone with it.

It listens on a Unix socket in a folder that only its owner can enter, asks for a password that is
told to it on standard input (never on a command line), and keeps an append-only file, in which each
change is written before it is acknowledged (``disk``). On Linux the kernel ends it when the gateway
dies, by whatever signal (PR_SET_PDEATHSIG, prctl(2)). If its data are damaged they are repaired or set
aside (``append_only_file``): it always starts again.

``PrivateRedis`` watches the process itself; ``gateway.server.supervisor`` watches workers alone.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import select
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from gateway.foundation.background import Loop
from gateway.foundation.telemetry.log_events import LogEvent
from gateway.foundation.telemetry.logs import log
from gateway.foundation.telemetry.masking import hide
from gateway.foundation.temporary_folders import TemporaryFolder
from gateway.server.redis.append_only_file import is_damage, repair, set_aside
from gateway.server.redis.disk import DiskSync
from gateway.server.redis.server_log import ServerLog
from gateway.server.redis.server_program import find_server
from gateway.server.unix_sockets import socket_path
from scan_to_login.errors import StartupError
from scan_to_login.processes import start

START_SECONDS = 10.0
# Where the end of a process can only be looked for: often enough that one that died is back within a second.
LOOK_SECONDS = 0.2
# Its log is looked at so often, and its end is told at once.
LONGEST_LOOK_SECONDS = 30.0
FIRST_RESTART_SECONDS = 0.1
LONGEST_RESTART_SECONDS = 10.0
# A process that lived less long died at its start: the pause before the next one grows.
STEADY_SECONDS = 10.0
_HASTE_SECONDS = 0.2  # for an answer of one that is told to end
_KILLED = tuple(-number for number in (signal.SIGKILL, signal.SIGTERM, signal.SIGINT, signal.SIGHUP))
_SOCKET = "redis.sock"


class PrivateRedis:
    """One server process in ``folder``; started again, on the same data, if it dies."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._log = ServerLog(folder / "redis.log")
        self._disk = DiskSync(folder)
        self._password = secrets.token_urlsafe(24)
        hide([self._password])
        self._socket_folder: TemporaryFolder | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._answered_at: float | None = None  # of the present process
        self._early_deaths = 0
        self._told = True
        self._on_restart: Callable[[], None] = lambda: None
        self._watcher = Loop(
            "redis-watcher", self._watch, first_pause=FIRST_RESTART_SECONDS, longest_pause=LONGEST_RESTART_SECONDS
        )

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
            raise StartupError("redis.folder", folder=self._folder, reason=error) from None
        self._socket, self._socket_folder = socket_path(self._folder, _SOCKET)
        try:
            self._launch()
        except OSError as error:
            raise StartupError("redis.unstartable", folder=self._folder, reason=error) from None

    def complete(self) -> None:
        """Wait until it answers; damaged data are repaired or set aside, and that is logged.

        Raises StartupError with the server's own last words, and OSError.
        """
        repaired = False
        while (words := self._await_answer()) is not None:
            done = ""
            if is_damage(words) and not self._was_killed():
                done = "" if repaired else repair(find_server(), self._folder)
                repaired = True
                done = done or set_aside(self._folder)
            if not done:
                raise StartupError("redis.ended", folder=self._folder, reason=words.rstrip("."))
            log.error(LogEvent.REDIS_REPAIRED, message=done, said=words)
            self._launch()

    def _await_answer(self) -> str | None:
        """None once it answers; what it said if it ended first. Raises StartupError if it does neither in time."""
        process = self._process
        if process is None:
            raise RuntimeError("not started")
        deadline = time.monotonic() + START_SECONDS
        client = self._client()
        try:
            while time.monotonic() < deadline:
                if process.poll() is not None:
                    return self._log.last_words() or f"it said nothing, and ended with {process.returncode}."
                if self._socket.exists():
                    try:
                        with contextlib.suppress(redis.ResponseError):  # an error is an answer: its disk is full, say
                            client.ping()
                    except redis.BusyLoadingError:  # it reads its file, which may take longer
                        deadline = time.monotonic() + START_SECONDS
                    except redis.RedisError:
                        pass
                    else:
                        self._answered_at = time.monotonic()
                        return None
                time.sleep(0.002)
        finally:
            client.close()
        process.kill()
        process.wait()
        raise StartupError("redis.silent", folder=self._folder, seconds=START_SECONDS)

    def _was_killed(self) -> bool:
        """Whether something else ended it: then it may have spoken of its data, and they are sound all the same."""
        return self._process is not None and self._process.returncode in _KILLED

    def supervise(self, on_restart: Callable[[], None]) -> None:
        """Start it again whenever it ends by itself, and call ``on_restart`` after; put on the disk what it writes."""
        self._on_restart = on_restart
        self._watcher.start()
        self._disk.start()

    def stop(self) -> None:
        """End it, waiting for its append-only file to be written."""
        self._watcher.stop()
        self._disk.stop()
        if self._process is not None and self._process.poll() is None:
            self._process.terminate()
            self._hasten()
            try:
                self._process.wait(5)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        if self._socket_folder is not None:
            self._socket_folder.remove()

    def _hasten(self) -> None:
        """Tell it to end at once: a signal it sees at its next look, up to a tenth of a second later."""
        with contextlib.suppress(redis.RedisError), self._client(socket_timeout=_HASTE_SECONDS) as client:
            client.shutdown(nosave=True)  # its append-only file is written all the same

    def _client(self, **options: Any) -> redis.Redis:
        return redis.Redis(
            unix_socket_path=str(self._socket), password=self._password, retry=Retry(NoBackoff(), 0), **options
        )

    def _watch(self) -> None:
        """One look at the process: wait for its end, or put another in its place."""
        process = self._process
        if process is None:
            raise RuntimeError("not started")
        if process.poll() is None:
            if not self._told:
                self._on_restart()
                self._told = True
            self._log.keep_short()
            _await_end(process)
        if process.poll() is None or self._watcher.stopping:
            return
        if self._answered_at is not None:
            self._tell_death(process.returncode, time.monotonic() - self._answered_at)
        if self._early_deaths and self._watcher.wait(
            min(FIRST_RESTART_SECONDS * 2 ** min(self._early_deaths, 10), LONGEST_RESTART_SECONDS)
        ):
            return
        self._launch()
        self.complete()
        self._told = False

    def _tell_death(self, code: int, lived: float) -> None:
        self._answered_at = None
        self._early_deaths = self._early_deaths + 1 if lived < STEADY_SECONDS else 0
        with contextlib.suppress(OSError):  # where the log's disk is full Redis is started again all the same
            log.error(
                LogEvent.REDIS_RESTARTED,
                exit=code,
                lived_seconds=round(lived, 1),
                last_words=self._log.last_words(),
            )

    def _launch(self) -> None:
        self._answered_at = None
        self._socket.unlink(missing_ok=True)
        with self._log.open() as output:
            self._process = process = start(
                [find_server(), "-"],
                stdin=subprocess.PIPE,
                stdout=output,
                stderr=subprocess.STDOUT,
                cwd=self._folder,
                start_new_session=True,
            )
        if process.stdin is None:
            raise RuntimeError("no pipe to the server")
        with contextlib.suppress(BrokenPipeError):
            process.stdin.write(self._configuration().encode())
            process.stdin.close()

    def _configuration(self) -> str:
        return "\n".join(
            (
                "port 0",
                f"unixsocket {_quoted(self._socket)}",
                "unixsocketperm 700",
                f"requirepass {self._password}",
                f"dir {_quoted(self._folder)}",
                "appendonly yes",
                "appendfsync no",  # see ``disk``
                'save ""',
                # Its own look at what is due, as often as it does by default: expired keys, time-outs, signals.
                "hz 10",
                # A ticket with the answers to its repeats stays one block of memory: half as much, and a quarter of the
                # work when it expires. The older of the two names is known to all servers.
                "hash-max-ziplist-value 512",
                "loglevel warning",
                "",
            )
        )


def _quoted(path: Path) -> str:
    """A path as redis.conf takes it, whatever bytes it has."""
    plain = (chr(byte) if 32 <= byte < 127 and byte not in b'"\\' else f"\\x{byte:02x}" for byte in os.fsencode(path))
    return f'"{"".join(plain)}"'


def _await_end(process: subprocess.Popen[bytes]) -> None:
    """Return once it has ended, or after ``LONGEST_LOOK_SECONDS``; where the kernel does not tell, ``LOOK_SECONDS``."""
    try:
        # One that is reaped has no number any more, or another process has it.
        ending = os.pidfd_open(process.pid) if process.returncode is None else -1
    except (AttributeError, OSError):
        ending = -1
    if ending < 0:
        time.sleep(LOOK_SECONDS)
        return
    try:
        select.select([ending], [], [], LONGEST_LOOK_SECONDS)
    finally:
        os.close(ending)
