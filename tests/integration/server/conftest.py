"""The gateway's command as a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import pytest

GATEWAY = (sys.executable, "-m", "gateway")


class Program:
    """``gateway serve`` with its own standard output and error."""

    def __init__(self, folder: Path, *arguments: str, command: Sequence[str], **environment: str) -> None:
        self.folder = folder
        self._errors = folder / "stderr"
        inherited = {key: value for key, value in os.environ.items() if not key.startswith(("PAIRING_", "REDIS_URL"))}
        with self._errors.open("w") as errors:
            self.process = subprocess.Popen(
                [*command, *arguments],
                stdout=subprocess.PIPE,
                stderr=errors,
                stdin=subprocess.DEVNULL,
                text=True,
                env={**inherited, "PAIRING_LAME_DUCK_SECONDS": "0", **environment},
            )

    @property
    def errors(self) -> str:
        """Its standard error."""
        return self._errors.read_text()

    def ready(self) -> dict[str, object]:
        """Its ready line."""
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        assert line, self.errors
        return dict(json.loads(line))

    def ended(self) -> int:
        """Its exit code."""
        code = self.process.wait(90)
        assert "Traceback" not in self.errors, self.errors
        assert "Exception ignored" not in self.errors, self.errors
        return code

    def close(self) -> None:
        """End it in any state."""
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        if self.process.stdout is not None:
            self.process.stdout.close()


# Starting Python and importing the gateway takes longer than all that is tried with it: it is done once, and each case
# is a fork of it, with an exit code and an output of its own.
FORGE = """
import json, os, sys
import eventlet
eventlet.monkey_patch()
import gateway.__main__, gateway.cli, gateway.commands.processes
for line in open(0, closefd=False):
    case = json.loads(line)
    child = os.fork()
    if child == 0:
        for number, name in ((1, "output"), (2, "errors")):
            os.dup2(os.open(case[name], os.O_WRONLY | os.O_CREAT, 0o600), number)
        os.environ.update(case["environment"])
        sys.argv = ["gateway", *case["arguments"]]
        gateway.__main__.main()
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    print(code, flush=True)
os._exit(0)
"""


class Done(NamedTuple):
    """The exit code and the output of a command."""

    code: int
    output: str
    errors: str


class Forge:
    """A program that has loaded the gateway and forks on request: for commands that end by themselves."""

    def __init__(self, program: subprocess.Popen[str], folder: Path) -> None:
        self._program = program
        self._folder = folder
        self._count = 0

    def run(self, *arguments: str, **environment: str) -> Done:
        """Run ``gateway`` with these arguments until it ends."""
        self._count += 1
        files = {name: self._folder / f"{self._count}-{name}" for name in ("output", "errors")}
        case = {"arguments": arguments, "environment": environment, **{name: str(file) for name, file in files.items()}}
        assert self._program.stdin is not None
        assert self._program.stdout is not None
        print(json.dumps(case), file=self._program.stdin, flush=True)
        code = int(self._program.stdout.readline())
        return Done(code, files["output"].read_text(), files["errors"].read_text())


@pytest.fixture(scope="module")
def forge(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Forge]:
    """One for all cases of a file."""
    inherited = {key: value for key, value in os.environ.items() if not key.startswith(("PAIRING_", "REDIS_URL"))}
    command = [sys.executable, "-W", "ignore", "-c", FORGE]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=inherited) as program:
        yield Forge(program, tmp_path_factory.mktemp("forge"))
        assert program.stdin is not None
        program.stdin.close()


Start = Callable[..., Program]


@pytest.fixture
def run(tmp_path: Path) -> Iterator[Start]:
    programs: list[Program] = []

    def start(*arguments: str, command: Sequence[str] = GATEWAY, **environment: str) -> Program:
        folder = tmp_path / str(len(programs))
        folder.mkdir()
        programs.append(Program(folder, *arguments, command=command, **environment))
        return programs[-1]

    yield start
    for program in programs:
        program.close()
