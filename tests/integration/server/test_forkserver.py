"""The forkserver of gateways ends when the test run that it served is gone, however that run ended."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="Gateways are forked on Linux alone."),
]
LIMIT_SECONDS = 60


@pytest.mark.parametrize("gone", ["before its answer", "before the gateway's end"])
def test_a_forkserver_ends_with_the_test_run_that_was_killed(gone: str, tmp_path: Path) -> None:
    """The killed run reads neither the process id nor the exit status: both pipes are broken when they are written."""
    line, theirs = socket.socketpair()
    with line, theirs:
        forkserver = subprocess.Popen(
            [sys.executable, "-P", "-m", "gateway", "forkserver", str(theirs.fileno())],
            stdin=subprocess.DEVNULL,
            pass_fds=[theirs.fileno()],
        )
        theirs.close()
        report, report_end = os.pipe()
        asked = {"arguments": ["--version"], "environment": dict(os.environ), "folder": str(tmp_path)}
        data = json.dumps(asked).encode()
        with (tmp_path / "output").open("wb") as output:
            if gone == "before its answer":
                os.close(report)
            files = [output.fileno(), output.fileno(), report_end]
            socket.send_fds(line, [len(data).to_bytes(4, "big")], files)
            line.sendall(data)
        os.close(report_end)
        if gone != "before its answer":
            assert int(os.read(report, 32).split()[0]) > 0
            os.close(report)
        line.shutdown(socket.SHUT_RDWR)
    try:
        assert forkserver.wait(LIMIT_SECONDS) == 0
    finally:
        forkserver.kill()
        forkserver.wait()
