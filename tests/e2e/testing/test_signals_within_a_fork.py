"""A signal that comes while a gateway's process is being forked is not lost, and leaves nothing behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.integration.machine import alive
from tests.integration.wire import eventually

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="looks at processes, and the forkserver is Linux's"),
]

# Python runs such a function in the middle of a fork, and ignores its exceptions: as of what a signal raises there.
PROGRAM = """
import os, signal, sys
from scan_to_login.testing import LiveGateway
from scan_to_login.testing.forkserver_client import FORKSERVER
gateway = LiveGateway(environment={"PYTHONHASHSEED": "1"} if sys.argv[1] == "process" else {})
sent = []
def send():
    if not sent:
        sent.append(os.kill(os.getpid(), int(sys.argv[2])))
os.register_at_fork(before=send)
try:
    gateway.start()
except KeyboardInterrupt:
    print(FORKSERVER._process.pid if sys.argv[1] == "forkserver" else gateway._process.pid)
    sys.exit(7)
print("the signal was lost")
"""


@pytest.mark.parametrize("way", ["process", "forkserver"])
def test_a_signal_within_a_fork_is_not_lost(way: str, tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, way, str(int(signal.SIGINT))],
        env={**os.environ, "TMPDIR": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert (done.returncode, done.stderr) == (7, ""), done.stdout + done.stderr
    eventually(lambda: not alive(int(done.stdout)))
    assert list(tmp_path.iterdir()) == []
