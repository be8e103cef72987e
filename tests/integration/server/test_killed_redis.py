"""The private Redis is killed while the disk is slow, or cannot write: acknowledged changes are there again."""

from __future__ import annotations

import ctypes
import os
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
import redis

from gateway.server.redis import disk
from gateway.server.redis.private import PrivateRedis
from tests.integration.wire import eventually

CHANGES = 200
WRITING_SECONDS = 1.5  # longer than the second after which Redis, left to itself, calls fsync
_SEIZE, _INTERRUPT = 0x4206, 0x4207  # ptrace(2)
_WALL = 0x40000000  # waitpid(2): a thread's state too


@contextmanager
def private_redis(folder: Path) -> Iterator[tuple[PrivateRedis, redis.Redis]]:
    """A private Redis on ``folder``, looked after as a gateway does it, and a client of it."""
    server = PrivateRedis(folder)
    server.start()
    server.supervise(lambda: None)
    try:
        with closing(redis.Redis.from_url(server.url, decode_responses=True)) as client:
            yield server, client
    finally:
        server.stop()


def ptrace(request: int, thread: int) -> None:
    """One call of ptrace(2). Skips where this machine does not let a process be traced."""
    call = ctypes.CDLL(None, use_errno=True).ptrace
    call.argtypes, call.restype = [ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p], ctypes.c_long
    if call(request, thread, None, None) != 0:
        pytest.skip(f"no thread may be held here: ptrace(2) says {os.strerror(ctypes.get_errno())}")


@contextmanager
def disk_that_never_answers(pid: int) -> Iterator[None]:
    """The thread in which Redis calls fsync stands still, as on a very slow disk; at the end Redis is killed."""
    names = {path.read_text().strip(): int(path.parent.name) for path in Path(f"/proc/{pid}/task").glob("*/comm")}
    thread = names["bio_aof"]
    ptrace(_SEIZE, thread)
    try:
        ptrace(_INTERRUPT, thread)
        os.waitpid(thread, _WALL)
        yield
    finally:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(thread, _WALL)  # its end too: until then Redis would stay a zombie


@pytest.mark.skipif(sys.platform != "linux", reason="holds one thread of Redis by ptrace(2)")
def test_a_kill_loses_no_acknowledged_change_however_slow_the_disk(tmp_path: Path) -> None:
    with private_redis(tmp_path / "redis") as (server, client):
        with disk_that_never_answers(server.pid):
            for number in range(CHANGES):
                client.set(f"change-{number}", "acknowledged")
                time.sleep(WRITING_SECONDS / CHANGES)
        assert eventually(lambda: _keys(client)) == CHANGES


def _keys(client: redis.Redis) -> int:
    """The number of its keys, once it answers."""
    try:
        return int(client.dbsize())
    except redis.RedisError:
        return 0


def test_written_data_reach_the_disk_soon_and_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A power cut loses about a second; without changes the disk is left alone."""
    real, synchronized = disk._synchronize, []

    def recorded(descriptor: int) -> None:
        size = os.fstat(descriptor).st_size
        real(descriptor)
        synchronized.append(size)

    monkeypatch.setattr(disk, "_synchronize", recorded)
    monkeypatch.setattr(disk, "EVERY_SECONDS", 0.01)
    with private_redis(tmp_path / "redis") as (_, client):
        for number in range(3):
            client.set(f"change-{number}", "written")
            (file,) = (tmp_path / "redis" / "appendonlydir").glob("*.incr.*")
            written = file.stat().st_size
            eventually(lambda written=written: synchronized and synchronized[-1] == written)
    assert len(set(synchronized)) == len(synchronized), "the disk was asked for what it had"


def test_a_failing_disk_is_logged_and_tried_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """The error is logged and counted like that of any background loop; the thread goes on."""
    (tmp_path / "redis").mkdir()
    failing, told = True, ""

    def failed(descriptor: int) -> None:
        if failing:
            raise OSError(5, "Input/output error")
        os.fsync(descriptor)

    def read() -> str:
        nonlocal told
        captured = capfd.readouterr()
        told += captured.out + captured.err
        return told

    monkeypatch.setattr(disk, "_synchronize", failed)
    monkeypatch.setattr(disk, "EVERY_SECONDS", 0.01)
    monkeypatch.setattr(disk, "REPORT_SECONDS", 0.01)
    with private_redis(tmp_path / "redis") as (_, client):
        client.set("change", "written")
        eventually(lambda: "redis-disk" in read() and "Input/output error" in told)
        failing = False
        eventually(lambda: "loop_recovered" in read())
