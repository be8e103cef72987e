"""The gateways of tests: separate from one another, and gone with the process that started them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import requests

from scan_to_login.testing import LiveGateway
from scan_to_login.testing.live import GatewayFailed
from tests.integration.machine import alive
from tests.integration.wire import eventually

HOLDER = """
import signal
from scan_to_login.testing import LiveGateway
gateway = LiveGateway(workers=2).start()
print(gateway.pid, *gateway.ready["workers"], gateway.ready["redis"]["pid"], flush=True)
signal.pause()
"""
IN_A_THREAD = """
gateway = LiveGateway()
thread = threading.Thread(target=gateway.start)
thread.start()
thread.join()
with LiveGateway() as other:
    pass
print(gateway.stop())
"""
linux = pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")


def test_each_has_its_own_settings_and_data_and_ends_by_itself() -> None:
    with LiveGateway(environment={"PAIRING_TICKETS_PENDING_SECONDS": "77"}) as one, LiveGateway() as other:
        body = {"client": {"name": "n", "version": "1", "device": "d"}}
        lives = [requests.post(f"{it.url}/api/v1/tickets", json=body, timeout=10).json() for it in (one, other)]
        assert [life["expires_in"] for life in lives] == [77, 120]
        assert one.ready["redis"]["pid"] != other.ready["redis"]["pid"]
        assert one.data_dir != other.data_dir
        assert one.stop() == 0
        assert one.ended
        assert requests.get(f"{other.url}/readyz", timeout=10).ok


def test_a_killed_gateway_is_known_to_have_ended() -> None:
    with LiveGateway() as gateway:
        os.kill(gateway.pid, signal.SIGKILL)
        eventually(lambda: gateway.ended)
        assert gateway.stop() == -signal.SIGKILL


def test_a_gateway_that_cannot_start_gives_its_reason_and_the_next_one_starts() -> None:
    with pytest.raises(GatewayFailed, match="PAIRING_POLL_WAIT_SECONDS"):
        LiveGateway(environment={"PAIRING_POLL_WAIT_SECONDS": "soon"}).start()
    with LiveGateway() as gateway:
        assert "PAIRING_POLL_WAIT_SECONDS" not in gateway.log


def test_a_python_variable_starts_a_separate_python() -> None:
    with LiveGateway(environment={"PYTHONUTF8": "1"}) as gateway:
        assert requests.get(f"{gateway.url}/readyz", timeout=10).ok
        assert gateway.stop() == 0


@pytest.mark.slow
@linux
def test_with_a_run_of_tests_that_is_killed_all_its_processes_end() -> None:
    with subprocess.Popen([sys.executable, "-c", HOLDER], stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        pids = [int(pid) for pid in holder.stdout.readline().split()]
        assert len(pids) == 4
        assert all(alive(pid) for pid in pids)
        holder.kill()
    eventually(lambda: not any(alive(pid) for pid in pids), within=30)


@pytest.mark.slow
@linux
def test_the_thread_that_started_a_gateway_may_end() -> None:
    """The kernel counts a thread for a parent: a process that is to end with its parent ends with that thread."""
    code = f"import threading\nfrom scan_to_login.testing import LiveGateway\n{IN_A_THREAD}"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=120)
    assert (done.returncode, done.stdout) == (0, "0\n"), done.stderr


@linux
def test_gateways_do_not_share_an_epoll_instance() -> None:
    """Forked from one process, they would take each other's events if they had its epoll instance."""
    with LiveGateway() as one, LiveGateway() as other:
        instances = [epolls(gateway.pid) for gateway in (one, other)]
    assert all(instances)
    assert not set(instances[0]) & set(instances[1])


def epolls(pid: int) -> list[str]:
    """The descriptors and inodes that a process's epoll instances watch, from the kernel."""
    found = []
    for descriptor in Path(f"/proc/{pid}/fd").iterdir():
        if str(descriptor.readlink()) == "anon_inode:[eventpoll]":
            lines = Path(f"/proc/{pid}/fdinfo/{descriptor.name}").read_text().splitlines()
            found += sorted(line.partition("ino:")[2].split()[0] for line in lines if line.startswith("tfd:"))
    return found
