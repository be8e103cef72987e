"""`serve --stop-with-stdin` ends with the program that started it, even when that program is killed."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.integration.machine import await_end

pytestmark = pytest.mark.slow

ENVIRONMENT = {
    **{name: value for name, value in os.environ.items() if not name.startswith(("PAIRING_", "REDIS_URL"))},
    "PAIRING_LAME_DUCK_SECONDS": "0",
}


def command(folder: Path, *options: str) -> list[str]:
    data = ["--data-dir", str(folder / "data")]
    return [sys.executable, "-m", "gateway", "serve", "--port", "0", *data, "--stop-with-stdin", *options]


@pytest.mark.parametrize("workers", ["1", "2"])
def test_it_stops_in_order_when_its_standard_input_is_closed(tmp_path: Path, workers: str) -> None:
    with subprocess.Popen(
        command(tmp_path, "--workers", workers), stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=ENVIRONMENT
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        ready = json.loads(process.stdout.readline())
        process.stdin.write(b"what is written to it is ignored\n")
        process.stdin.close()
        assert process.wait(30) == 0
    await_end(ready["redis"]["pid"], *ready["workers"])


def test_it_ends_with_a_program_that_is_killed(tmp_path: Path) -> None:
    starter = f"""
import subprocess, sys, time
process = subprocess.Popen({command(tmp_path)!r}, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
sys.stdout.buffer.write(process.stdout.readline())
sys.stdout.flush()
process.wait()
"""
    with subprocess.Popen([sys.executable, "-c", starter], stdout=subprocess.PIPE, env=ENVIRONMENT) as program:
        assert program.stdout is not None
        ready = json.loads(program.stdout.readline())
        program.send_signal(signal.SIGKILL)
    await_end(ready["pid"], ready["redis"]["pid"])
