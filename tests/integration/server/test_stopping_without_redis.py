"""The end of several workers while their Redis is gone, and what a killed supervisor has left behind."""

from __future__ import annotations

import os
import shutil
import signal
import sys
from pathlib import Path

import pytest

from tests.integration.machine import descendants
from tests.integration.server.conftest import Program, Start
from tests.integration.wire import eventually

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc"),
]

SOON = 25.0  # seconds; each worker that waits for a Redis which does not come takes as long by itself


def serve(run: Start, tmp_path: Path, data: str = "data") -> Program:
    """Several workers, with their data and their temporary files in folders of the test."""
    return run(
        "serve", "--port", "0", "--workers", "3", "--data-dir", str(tmp_path / data), TMPDIR=str(tmp_path / "tmp")
    )


@pytest.fixture(autouse=True)
def _temporary(tmp_path: Path) -> None:
    (tmp_path / "tmp").mkdir()


def workers_of(program: Program) -> set[int]:
    found = set()
    for pid in descendants(program.process.pid):
        try:
            words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
        except OSError:
            continue
        if b"worker" in words:
            found.add(pid)
    return found


def test_the_end_does_not_wait_for_workers_that_wait_for_redis(run: Start, tmp_path: Path) -> None:
    """A service manager tells all processes of a gateway to end at once: Redis and the workers too."""
    program = serve(run, tmp_path)
    ready = program.ready()
    shutil.rmtree(tmp_path / "data" / "redis")  # it cannot come back
    os.kill(ready["redis"]["pid"], signal.SIGKILL)  # type: ignore[index]
    before = set(ready["workers"])  # type: ignore[call-overload]
    for pid in before:
        os.kill(pid, signal.SIGTERM)
    eventually(lambda: workers_of(program) - before)  # a new one is waited for
    program.process.terminate()
    assert program.process.wait(SOON) == 0


def metrics(tmp_path: Path) -> set[Path]:
    return set((tmp_path / "tmp").glob("scan-to-login-metrics-*"))


def test_the_next_gateway_removes_the_folders_of_a_killed_one_and_no_others(run: Start, tmp_path: Path) -> None:
    living = serve(run, tmp_path, "living")
    living.ready()
    (kept,) = metrics(tmp_path)
    killed = serve(run, tmp_path, "killed")
    killed.ready()
    (left,) = metrics(tmp_path) - {kept}
    killed.process.kill()
    killed.process.wait()
    assert left.exists()
    following = serve(run, tmp_path, "following")
    following.ready()
    assert not left.exists()
    assert kept in metrics(tmp_path)
    for program in (living, following):
        program.process.terminate()
        assert program.ended() == 0
    assert metrics(tmp_path) == set()
