"""`exec`: a gateway with the simulation for as long as one command runs.

The gateway has a session of its own, so that ^C reaches the command alone; it ends after it. On Linux both end with
this process, even if that is killed, and the gateway then removes the temporary folder itself.
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
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import FrameType
from typing import Any, Final

import click

from gateway.commands.chinese import say
from scan_to_login.processes import ENDING, start
from scan_to_login.protocol import SIM_TOKEN_VARIABLE

NOT_FOUND: Final = 127  # as a shell's, and 126 for what is found and cannot be run
NOT_EXECUTABLE: Final = 126
STOP_SECONDS: Final = 15.0  # the gateway's drain, and a margin
GRACE_SECONDS: Final = 10.0  # for a command that was told to end
# What another program's environment says of its own Redis and modules is not about this gateway.
_NOT_FOR_THE_GATEWAY: Final = ("REDIS_URL", "PYTHONPATH")
_DEFAULTS: Final = {"PAIRING_SEED": "demo", "PAIRING_LOG_LEVEL": "warning", "PAIRING_LAME_DUCK_SECONDS": "0"}


class CommandNotRun(Exception):  # noqa: N818 - it is an outcome
    """The command cannot be run; ``code`` is the exit code, the text one sentence."""

    def __init__(self, code: int, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code


class _Told(BaseException):
    """A signal has come before the command ran."""


class Execution:
    """One command with a gateway around it. ``options`` are those of ``serve``, as words."""

    def __init__(self, command: Sequence[str], options: Sequence[str], data_dir: Path | None) -> None:
        self._command = command
        self._options = options
        self._data_dir = data_dir
        self._child: subprocess.Popen[bytes] | None = None
        self._told: int | None = None
        self._ending = False

    def run(self) -> int:
        """Run it to its end; returns its exit code, 128 + n if signal n ended it or came before it began.

        If the gateway cannot start, the gateway has said why, and its exit code is returned. Raises CommandNotRun.
        """
        if shutil.which(self._command[0]) is None:
            raise self._not_run()
        for number in ENDING:
            # A shell without job control has its background programs ignore ^C; who sends one to us means it.
            if number != signal.SIGHUP or signal.getsignal(number) != signal.SIG_IGN:  # nohup
                signal.signal(number, self._signalled)
        try:
            with self._folder() as folder, self._gateway(folder) as (gateway, ready):
                if ready is None:
                    return gateway.wait() or 1
                code = self._run_command({**os.environ, **self._variables(ready, folder)})
                if gateway.poll() is not None:
                    complain(say("The gateway has ended before the command."))
                return code
        except _Told:
            return 128 + (self._told or signal.SIGTERM)

    def _signalled(self, number: int, _frame: FrameType | None) -> None:
        repeated, self._told = self._told is not None, number
        if self._ending:
            return
        if self._child is None:
            raise _Told
        # The terminal sends ^C to the command too.
        if number == signal.SIGINT and not repeated and _in_foreground():
            return
        self._child.send_signal(number)
        if number != signal.SIGINT:
            signal.signal(signal.SIGALRM, self._end_at_once)
            signal.setitimer(signal.ITIMER_REAL, GRACE_SECONDS)

    def _end_at_once(self, _number: int, _frame: FrameType | None) -> None:
        if self._child is not None:
            self._child.kill()

    @contextlib.contextmanager
    def _folder(self) -> Iterator[Path]:
        mask = signal.pthread_sigmask(signal.SIG_BLOCK, ENDING)  # a signal waits until the folder is known
        folder = Path(tempfile.mkdtemp(prefix="scan-to-login-exec-"))
        try:
            signal.pthread_sigmask(signal.SIG_SETMASK, mask)
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    @contextlib.contextmanager
    def _gateway(self, folder: Path) -> Iterator[tuple[subprocess.Popen[bytes], dict[str, Any] | None]]:
        """The gateway's process, and its ready object; None if it ended instead."""
        environment = {name: value for name, value in os.environ.items() if name not in _NOT_FOR_THE_GATEWAY}
        data = ["--data-dir", str(self._data_dir or folder / "data")]
        ready = ["--ready-file", str(folder / "ready.json"), "--remove-folder", str(folder)]
        started: list[subprocess.Popen[bytes]] = []  # a signal may come before `start` has returned
        try:
            gateway = start(
                [sys.executable, "-P", "-m", "gateway", "serve", "--sim", *self._options, *data, *ready],
                before=started.append,
                env={**_DEFAULTS, **environment},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                start_new_session=True,
            )
            with gateway.stdout or contextlib.nullcontext() as lines:
                line = lines.readline() if lines else b""
                yield gateway, json.loads(line) if line else None
        finally:
            self._ending = True
            for gateway in started:
                _end(gateway)

    def _variables(self, ready: Mapping[str, Any], folder: Path) -> dict[str, str]:
        url = str(ready["url"])
        return {
            "PAIRING_URL": url,
            "PAIRING_GATEWAY": url,  # the option --gateway of phones and clients
            "PAIRING_SIM_URL": f"{url}/sim/v1",
            SIM_TOKEN_VARIABLE: os.environ.get(SIM_TOKEN_VARIABLE, ""),
            "PAIRING_READY": str(folder / "ready.json"),
        }

    def _run_command(self, environment: dict[str, str]) -> int:
        try:
            child = start(self._command, env=environment, before=self._take)
        except OSError:
            raise self._not_run() from None
        try:
            code = child.wait()
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
            self._ending = True
            if child.poll() is None:
                child.kill()
                child.wait()
        return 128 - code if code < 0 else code

    def _take(self, child: subprocess.Popen[bytes]) -> None:
        self._child = child

    def _not_run(self) -> CommandNotRun:
        program = self._command[0]
        if Path(program).exists() and "/" in program:
            return CommandNotRun(NOT_EXECUTABLE, say("{program} is not a program that can be run.", program=program))
        return CommandNotRun(NOT_FOUND, say("The command {program} was not found.", program=program))


def _in_foreground() -> bool:
    """Whether ^C of a terminal reaches this process and its command."""
    try:
        terminal = os.open("/dev/tty", os.O_RDONLY | os.O_NOCTTY)
    except OSError:
        return False
    try:
        return os.tcgetpgrp(terminal) == os.getpgrp()
    except OSError:
        return False
    finally:
        os.close(terminal)


def _end(gateway: subprocess.Popen[bytes]) -> None:
    gateway.terminate()
    try:
        gateway.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        gateway.kill()
        gateway.wait()
    if gateway.stdout is not None:
        gateway.stdout.close()


def complain(sentence: str) -> None:
    """An error, as one line on standard error."""
    click.echo(f"{say('Error: ')}{sentence}", err=True)
