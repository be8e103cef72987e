"""The forkserver of gateways ends when the program that it served is gone, however that ended, and serves Node too."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="Gateways are forked on Linux alone."),
]
LIMIT_SECONDS = 60


@contextlib.contextmanager
def started() -> Iterator[socket.socket]:
    """The line to a forkserver, which must have ended in order once the line is closed."""
    line, theirs = socket.socketpair()
    with line, theirs:
        forkserver = subprocess.Popen(
            [sys.executable, "-P", "-m", "gateway", "forkserver", str(theirs.fileno())],
            stdin=subprocess.DEVNULL,
            pass_fds=[theirs.fileno()],
        )
        theirs.close()
        try:
            yield line
            line.shutdown(socket.SHUT_RDWR)
            assert forkserver.wait(LIMIT_SECONDS) == 0
        finally:
            forkserver.kill()
            forkserver.wait()


def request(folder: Path, *arguments: str, **more: Any) -> tuple[bytes, bytes]:
    """The length of a request, and the request."""
    asked = {"arguments": arguments, "environment": dict(os.environ), "folder": str(folder), **more}
    data = json.dumps(asked).encode()
    return len(data).to_bytes(4, "big"), data


@pytest.mark.parametrize("gone", ["before its answer", "before the gateway's end"])
def test_a_forkserver_ends_with_the_test_run_that_was_killed(gone: str, tmp_path: Path) -> None:
    """The killed run reads neither the process id nor the exit status: both pipes are broken when they are written."""
    with started() as line, (tmp_path / "output").open("wb") as output:
        report, report_end = os.pipe()
        length, data = request(tmp_path, "--version")
        if gone == "before its answer":
            os.close(report)
        socket.send_fds(line, [length], [output.fileno(), output.fileno(), report_end])
        line.sendall(data)
        os.close(report_end)
        if gone != "before its answer":
            assert int(os.read(report, 32).split()[0]) > 0
            os.close(report)


def test_a_forked_process_connects_where_no_descriptors_can_be_sent(tmp_path: Path) -> None:
    with started() as line, socket.create_server(("127.0.0.1", 0)) as server:
        line.settimeout(LIMIT_SECONDS)
        server.settimeout(LIMIT_SECONDS)
        asked = request(tmp_path, "--version", port=server.getsockname()[1], tokens=["output", "errors"])
        line.sendall(b"".join(asked))
        said = []
        for _ in range(2):
            connection, _ = server.accept()
            with connection, connection.makefile("rb") as stream:
                said.append(stream.read())
        (output, errors), code = said, line.recv(64)
        pid, exit_code = map(int, code.split())
        assert output.startswith(b"output%10d" % pid)
        assert b"version" in output
        assert errors == b"errors%10d" % pid
        assert exit_code == 0


def test_a_forked_process_ends_where_nobody_awaits_its_connection(tmp_path: Path) -> None:
    with started() as line:
        with socket.create_server(("127.0.0.1", 0)) as closed:
            port = closed.getsockname()[1]
        serve = ["serve", "--port", "0", "--stop-with-stdin", "--data-dir", str(tmp_path / "data")]
        asked = request(
            tmp_path, *serve, "--remove-folder", str(tmp_path / "data"), port=port, tokens=["output", "errors"]
        )
        line.settimeout(LIMIT_SECONDS)
        line.sendall(b"".join(asked))
        assert int(line.recv(64).split()[1]) in {0, 128 + signal.SIGTERM}  # it ended in order, serving already or not
        assert not (tmp_path / "data").exists()
