"""The gateway's command as a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

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
        """What it wrote to standard error."""
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
        """End it, whatever it is doing."""
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        if self.process.stdout is not None:
            self.process.stdout.close()


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
