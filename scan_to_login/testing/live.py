"""A real gateway in a process of its own, for a test or a script.

with LiveGateway() as gateway:
    requests.get(f"{gateway.url}/readyz")
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

from scan_to_login.errors import StartupError
from scan_to_login.processes import start
from scan_to_login.testing import forkserver_client
from scan_to_login.testing.control import Control
from scan_to_login.testing.people import People

START_SECONDS = 60.0  # two busy cores start four programs at once


Process = subprocess.Popen[str] | forkserver_client.ForkedGateway


def isolated_environment() -> dict[str, str]:
    """This process's environment without a gateway's settings, and without modules in the test's folder."""
    external = ("PAIRING_", "REDIS_URL", "PYTHONPATH")
    return {key: value for key, value in os.environ.items() if not key.startswith(external)}


class GatewayFailed(RuntimeError):  # noqa: N818
    """The gateway's process ended instead of serving, or was not ready in 60 seconds; the text is its output."""


class LiveGateway(People):
    """Starts ``gateway serve`` on a free port with a private Redis and database, and ends it.

    ``port`` 0 is a free one. ``workers`` is the number of worker processes, ``sim`` whether it has the control plane,
    ``seed`` its people: ``demo``, a file, or none. ``data_dir`` keeps its data after the end; without it they are in a
    temporary folder. ``environment`` holds further settings, such as ``{"PAIRING_NUMBER_MATCHING": "require"}``.
    """

    def __init__(
        self,
        *,
        port: int = 0,
        workers: int = 1,
        sim: bool = True,
        seed: str = "demo",
        data_dir: Path | None = None,
        environment: dict[str, str] | None = None,
    ) -> None:
        super().__init__(seed)
        self._port = port
        self._workers = workers
        self._sim = sim
        self._given_data_dir = data_dir
        self._environment = environment or {}
        self._scratch: Path | None = None
        self._process: Process | None = None
        self.ready: dict[str, Any] = {}

    @property
    def url(self) -> str:
        """Its address, such as ``http://127.0.0.1:40123``. Before ``start`` it raises KeyError."""
        return str(self.ready["url"])

    @cached_property
    def control(self) -> Control:
        """Its control plane, with the token and the certificate of its ``environment``."""
        given = self._environment.get
        return Control(self.url, given("PAIRING_SIM_TOKEN", ""), given("PAIRING_TLS_CERTIFICATE", ""))

    @property
    def has_control(self) -> bool:
        """Whether it has a control plane."""
        return self._sim

    @property
    def pid(self) -> int:
        """The id of its process; with several workers, of their parent."""
        return int(self.ready["pid"])

    @property
    def ended(self) -> bool:
        """Whether its process is over."""
        return self._process is None or self._process.poll() is not None

    @property
    def data_dir(self) -> Path:
        """The folder of its data. Before ``start`` it raises RuntimeError."""
        if self._scratch is None:
            raise RuntimeError("not started")
        return self._given_data_dir or self._scratch / "data"

    @property
    def log(self) -> str:
        """What it has written to standard error so far."""
        if self._scratch is None:
            return ""
        return (self._scratch / "stderr").read_text("utf-8", "replace")

    def start(self) -> Self:
        """Start it and wait until it is ready, at most 60 seconds; returns itself. Raises GatewayFailed."""
        self._scratch = Path(tempfile.mkdtemp(prefix="live-gateway-"))
        try:
            self._start(self._scratch)
        except BaseException:
            self.stop()
            raise
        return self

    def _start(self, scratch: Path) -> None:
        command = ["serve", "--port", str(self._port), "--workers", str(self._workers)]
        command += ["--sim" if self._sim else "--no-sim", "--data-dir", str(self.data_dir)]
        command += ["--ready-file", str(self._ready_file)]
        if self._seed_name:
            command += ["--seed", self._seed_name]
        environment = isolated_environment()
        # A gateway in a test looks no names up: its start does without the resolver, a tenth of all its imports.
        environment.setdefault("EVENTLET_NO_GREENDNS", "yes")
        # No proxy is in front of it: nobody has to notice that it is about to end.
        environment["PAIRING_LAME_DUCK_SECONDS"] = "0"
        with (scratch / "stderr").open("w") as errors:
            process = self._launched(command, {**environment, **self._environment}, errors)
        self._read_seed_meanwhile()
        # It prints one line when ready; if it ends without one, reading ends too.
        watchdog = threading.Timer(START_SECONDS, process.kill)
        watchdog.start()
        line = process.stdout.readline() if process.stdout else ""
        watchdog.cancel()
        if not line:
            process.wait()
            raise GatewayFailed(self.log.strip() or "The gateway ended without a word.")
        self.reread()  # the line has no passwords

    def _launched(self, command: list[str], environment: dict[str, str], errors: IO[str]) -> Process:
        if forkserver_client.POSSIBLE and not any(name.startswith("PYTHON") for name in self._environment):
            self._process = forkserver_client.FORKSERVER.fork(command, environment, errors)
        else:
            self._process = start(
                [sys.executable, "-P", "-m", "gateway", *command],
                before=self._keep,
                stdout=subprocess.PIPE,
                stderr=errors,
                stdin=subprocess.DEVNULL,
                text=True,
                env=environment,
                start_new_session=True,  # ^C at the terminal is for the test run, which ends the gateway in order
            )
        return self._process

    def _keep(self, process: Process) -> None:
        self._process = process

    def reread(self) -> dict[str, Any]:
        """Read ``ready`` again, as workers and Redis may have been restarted, and return it. Raises RuntimeError."""
        self.ready = json.loads(self._ready_file.read_text("utf-8"))
        return self.ready

    def stop(self, number: int = signal.SIGTERM) -> int:
        """End it with the signal ``number`` and return its exit code; nothing is left behind. Raises nothing.

        It is killed if it has not ended after 15 seconds.
        """
        code = 0
        if self._process is not None:
            with contextlib.suppress(ProcessLookupError):
                self._process.send_signal(number)
            try:
                code = self._process.wait(15)
            except subprocess.TimeoutExpired:
                self._process.kill()
                code = self._process.wait()
            if self._process.stdout is not None:
                self._process.stdout.close()
        if "control" in self.__dict__:
            self.control.close()
        if self._scratch is not None:
            shutil.rmtree(self._scratch, ignore_errors=True)
        return code

    def reset(self) -> None:
        """Start over: only the seed's data, the clock set right, no faults. Raises ControlRefused."""
        self.control.restore_seed()

    def _read_seed_meanwhile(self) -> None:
        # Tests ask for its people sooner or later; here it costs no time of theirs. What is wrong with it, the
        # gateway says itself.
        if self._seed_name:
            with contextlib.suppress(StartupError):
                self.seed  # noqa: B018 - it is read once and kept

    @property
    def _ready_file(self) -> Path:
        if self._scratch is None:
            raise RuntimeError("not started")
        return self._scratch / "ready.json"

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self.stop()
