"""The service of `deploy/systemd`: a manager that listens as systemd does, and what systemd says of the unit."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from scan_to_login.testing.live import LiveGateway
from tests.integration.wire import Wire

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="systemd is Linux's"),
]
ROOT = Path(__file__).parents[3]
UNIT = ROOT / "deploy" / "systemd" / "scan-to-login-gateway.service"
WATCHDOG_SECONDS = 2.0
PATIENCE_SECONDS = 90.0  # for what has to come, on a busy machine


class Manager:
    """The socket that a service's manager would hold; ``address`` is a path, or begins with @."""

    def __init__(self, address: str) -> None:
        self.environment = {"NOTIFY_SOCKET": address, "WATCHDOG_USEC": str(round(WATCHDOG_SECONDS * 1_000_000))}
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind(f"\0{address[1:]}" if address.startswith("@") else address)

    def until(self, line: str) -> list[str]:
        """The lines of the next message that has this one."""
        end = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < end:
            self._socket.settimeout(max(0.1, end - time.monotonic()))
            lines = self._socket.recv(4096).decode().split("\n")
            if line in lines:
                return lines
        raise AssertionError(f"no {line}")

    def until_silent(self) -> None:
        """Wait until nothing has come for the watchdog's time: systemd would end the service now."""
        end = time.monotonic() + PATIENCE_SECONDS
        self._socket.settimeout(WATCHDOG_SECONDS)
        while time.monotonic() < end:
            try:
                assert self._socket.recv(4096) == b"WATCHDOG=1"
            except TimeoutError:
                return
        raise AssertionError("the watchdog is still told that all is well")

    def close(self) -> None:
        """Hear no more."""
        self._socket.close()


@pytest.fixture(params=["path", "abstract"])
def manager(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Manager]:
    path = str(tmp_path / "notify")
    listening = Manager(path if request.param == "path" else f"@scan-to-login-test-{os.getpid()}-{time.monotonic_ns()}")
    yield listening
    listening.close()


def test_a_gateway_tells_its_manager_of_start_reload_and_end_and_that_its_workers_answer(tmp_path: Path) -> None:
    manager = Manager(str(tmp_path / "notify"))
    with LiveGateway(workers=2, environment=manager.environment) as gateway:
        assert manager.until("READY=1")[1].startswith("STATUS=2 workers at port ")
        manager.until("WATCHDOG=1")

        old = gateway.ready["workers"]
        os.kill(gateway.pid, signal.SIGHUP)
        began = manager.until("RELOADING=1")[1]
        assert 0 < int(began.removeprefix("MONOTONIC_USEC=")) <= time.monotonic_ns() // 1000
        manager.until("READY=1")
        new = gateway.reread()["workers"]
        assert not set(old) & set(new)

        manager.until("WATCHDOG=1")
        os.kill(new[1], signal.SIGSTOP)
        try:
            manager.until_silent()
        finally:
            os.kill(new[1], signal.SIGCONT)
        manager.until("WATCHDOG=1")

        os.kill(gateway.pid, signal.SIGTERM)
        manager.until("STOPPING=1")
    manager.close()


def test_one_worker_speaks_to_either_kind_of_socket_and_its_children_do_not(manager: Manager) -> None:
    with LiveGateway(environment=manager.environment) as gateway:
        manager.until("READY=1")
        manager.until("WATCHDOG=1")
        redis = Path(f"/proc/{gateway.ready['redis']['pid']}/environ").read_bytes()
        assert b"NOTIFY_SOCKET" not in redis
        os.kill(gateway.pid, signal.SIGTERM)
        manager.until("STOPPING=1")


def test_a_manager_that_has_gone_ends_no_gateway(tmp_path: Path) -> None:
    manager = Manager(str(tmp_path / "notify"))
    manager.close()
    with LiveGateway(environment=manager.environment) as gateway:
        assert Wire(gateway.url).call("GET", "/healthz").status == 200


def analyzed(*arguments: Any) -> str:
    """What `systemd-analyze` says; it finds nothing wrong."""
    if shutil.which("systemd-analyze") is None:
        pytest.skip("systemd-analyze is missing: apt-get install systemd")
    command = ["systemd-analyze", *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_systemd_finds_nothing_wrong_with_the_unit(tmp_path: Path) -> None:
    """The program alone is another: it is not installed below /opt here."""
    unit = tmp_path / UNIT.name
    text, count = re.subn("/opt/scan-to-login/bin/gateway", sys.executable, UNIT.read_text("utf-8"))
    assert count == 1
    unit.write_text(text, "utf-8")
    assert analyzed("verify", "--man=no", unit) == ""


def test_the_unit_is_as_closed_as_the_documentation_says() -> None:
    told = analyzed("security", "--offline=true", "--no-pager", UNIT)
    found = re.search(r"Overall exposure level for \S+: (\d+\.\d)", told)
    assert found is not None
    for page in ("deployment.md", "deployment.zh-CN.md"):
        documented = re.search(r"systemd-analyze security[^\d]*(\d+\.\d)", (ROOT / "docs" / page).read_text("utf-8"))
        assert documented is not None
        assert float(found[1]) <= float(documented[1]) + 0.5  # versions of systemd weigh differently


# PR_SET_MDWE (prctl(2), Linux 6.3): what MemoryDenyWriteExecute= does, for a process and all its children.
CLOSED = """
import ctypes, os, sys
if ctypes.CDLL(None).prctl(65, 1, 0, 0, 0) != 0:
    sys.exit(77)
os.execv(sys.executable, [sys.executable, "-m", "gateway", *sys.argv[1:]])
"""


def test_a_gateway_and_its_redis_run_without_memory_that_is_writable_and_executable(tmp_path: Path) -> None:
    command = [sys.executable, "-c", CLOSED, "serve", "--port", "0", "--workers", "2", "--data-dir", str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as gateway:
        assert gateway.stdout is not None
        line = gateway.stdout.readline()
        gateway.terminate()
        code = gateway.wait(PATIENCE_SECONDS)
        if code == 77:
            pytest.skip("this kernel has no PR_SET_MDWE (Linux 6.3)")
        assert gateway.stderr is not None
        assert line, gateway.stderr.read()
        assert code == 0
