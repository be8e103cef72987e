"""The process with the simulation's phones and clients: one for all workers, started when a call first asks for it.

The gateway's first process holds a listening Unix socket, to which the workers pass calls on. So a call is not lost
when the other process ends: it waits at the socket for the next process, as at a worker's listener (docs/decisions,
0013).
"""

from __future__ import annotations

import contextlib
import os
import select
import socket
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from gateway.config import Settings
from gateway.foundation.background import Loop
from gateway.foundation.telemetry.log_events import LogEvent
from gateway.foundation.telemetry.logs import log
from gateway.server.unix_sockets import socket_path
from scan_to_login.errors import StartupError
from scan_to_login.processes import start
from scan_to_login.protocol import SIM_TOKEN_VARIABLE

LOOK_SECONDS: Final = 30.0  # only to see whether it has to stop; a call, or the end of the process, ends the wait
STOP_SECONDS: Final = 5.0
_BACKLOG: Final = 128
_NAME: Final = "gateway.actors"


class ActorProcess:
    """Starts the process when somebody connects to ``address``, and again after its end.

    Calls that wait when a process ends are the next one's; only where it ended before it served are they told.
    """

    def __init__(self, settings: Settings) -> None:
        self._token = settings.sim_token.get_secret_value()
        path, self._temporary = socket_path(settings.data_dir.absolute(), _NAME)
        self.address = str(path)
        self._marker = Path(f"{path}.pid")
        for old in (path, self._marker):  # of a gateway that was killed
            old.unlink(missing_ok=True)
        self._listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._listener.bind(self.address)
        path.chmod(0o600)
        self._listener.listen(_BACKLOG)
        self._arguments: Sequence[str] = ()
        self._process: subprocess.Popen[bytes] | None = None
        self._serves = False
        self._loop = Loop("actors", self._look)

    def begin(self, gateway_url: str, certificate: str) -> None:
        """Start the process from now on when a call comes; it drives the gateway at ``gateway_url``."""
        trusted = ["--ca-file", certificate] if certificate else []
        self._arguments = ["--gateway", gateway_url, *trusted]
        self._loop.start()

    def stop(self) -> None:
        """End it, and remove the socket."""
        self._loop.stop()
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)  # the loop waits there
        process = self._process
        if process is not None:
            process.terminate()
            try:
                process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        self._loop.stop(within=1.0)
        self._listener.close()
        if process is not None and process.stdout is not None:
            process.stdout.close()
        for path in (Path(self.address), self._marker):
            path.unlink(missing_ok=True)
        if self._temporary is not None:
            self._temporary.remove()

    def _look(self) -> None:
        """Wait for a call, or for the end of the process. Raises StartupError if it ended before it served."""
        process = self._process
        if process is None or process.stdout is None:
            if select.select([self._listener], [], [], LOOK_SECONDS)[0] and not self._loop.stopping:
                self._launch()
            return
        # It writes one line, when it serves; its end is the end of the pipe.
        if not select.select([process.stdout], [], [], LOOK_SECONDS)[0] or self._loop.stopping:
            return
        if os.read(process.stdout.fileno(), 64):
            self._serves = True
            return
        self._process = None
        self._marker.unlink(missing_ok=True)
        code = process.wait()
        process.stdout.close()
        if not self._serves:
            self._hang_up()
            raise StartupError("process.actors", code=code)
        log.error(LogEvent.ACTORS_ENDED, exit=code)

    def _hang_up(self) -> None:
        """Close the connections that wait: their callers are told now."""
        while select.select([self._listener], [], [], 0)[0]:
            with contextlib.suppress(OSError):
                self._listener.accept()[0].close()

    def _launch(self) -> None:
        descriptor = self._listener.fileno()
        self._serves = False
        self._process = start(
            [sys.executable, "-P", "-m", "scan_to_login.actors", "--listener", str(descriptor), *self._arguments],
            env={**os.environ, SIM_TOKEN_VARIABLE: self._token},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            pass_fds=(descriptor,),
            start_new_session=True,
        )
        self._marker.write_text(str(self._process.pid), "ascii")


@contextmanager
def actor_process(settings: Settings) -> Iterator[ActorProcess | None]:
    """The process of a simulation, as long as this block; None without the simulation."""
    if not settings.sim:
        yield None
        return
    process = ActorProcess(settings)
    try:
        yield process
    finally:
        process.stop()
