"""``app-simulator`` within the test's own process: all but a process's start is as outside, at a tenth of its cost."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence

import pytest

from app_simulator import cli


def run(arguments: Sequence[str], environment: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    """Run one command with nothing else in its environment, and no terminal to ask at."""
    out, errors = (io.TextIOWrapper(io.BytesIO(), "utf-8") for _ in range(2))
    with pytest.MonkeyPatch.context() as patch, open(os.devnull, encoding="utf-8") as nothing:  # noqa: PTH123
        for name in set(os.environ) - set(environment):
            patch.delenv(name)
        for name, value in environment.items():
            patch.setenv(name, value)
        for name, stream in (("stdin", nothing), ("stdout", out), ("stderr", errors)):
            patch.setattr(sys, name, stream)
        code = cli.run(arguments)
    return subprocess.CompletedProcess(list(arguments), code, _written(out), _written(errors))


def _written(stream: io.TextIOWrapper) -> str:
    stream.flush()
    kept = stream.buffer
    assert isinstance(kept, io.BytesIO)
    return kept.getvalue().decode()
