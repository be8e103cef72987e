"""A private Redis on a full disk: the gateway reports it, and recovers by itself."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
import redis
import requests

from scan_to_login.testing.live import LiveGateway
from tests.integration.server.test_damaged_redis import KEYS, file, running
from tests.integration.wire import Wire, eventually

pytestmark = pytest.mark.slow


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of its own of 24 MiB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", str(folder)], capture_output=True, text=True, check=False
    )
    if mounted.returncode != 0:
        pytest.skip(f"no file system may be mounted here: {mounted.stderr.strip()}")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def fill(path: Path) -> None:
    """Write until there is no room."""
    with path.open("wb", buffering=0) as full, suppress(OSError):
        while full.write(bytes(4096)):
            pass


def test_a_full_disk_is_reported_and_the_gateway_recovers(small_disk: Path) -> None:
    """While it is full, writes are 503 and `/readyz` says so; killed meanwhile, Redis is back once there is room."""
    filler = small_disk / "filler"
    with LiveGateway(data_dir=small_disk / "data") as gateway:
        wire = Wire(gateway.url)
        ticket = wire.ticket()
        fill(filler)

        def refused() -> bool:
            return (
                wire.call("POST", "/tickets", json={"client": {"name": "c", "version": "1", "device": "d"}}).status
                == 503
            )

        eventually(refused, within=60)
        assert requests.get(f"{gateway.url}/healthz", timeout=10).ok
        answer = requests.get(f"{gateway.url}/readyz", timeout=10)
        assert answer.status_code == 503
        assert {"redis", "redis_write"} & set(answer.json()["missing"])
        killed = gateway.reread()["redis"]["pid"]
        os.kill(killed, signal.SIGKILL)
        eventually(lambda: f'"exit": {-signal.SIGKILL}' in gateway.log, within=20)
        filler.unlink()
        eventually(lambda: gateway.reread()["redis"]["pid"] != killed, within=60)
        eventually(lambda: requests.get(f"{gateway.url}/readyz", timeout=10).ok, within=60)
        assert ticket.poll().body["state"] == "pending"
        assert wire.ticket().issued["state"] == "pending"


@pytest.mark.slow
def test_a_disk_that_was_full_once_costs_nothing_that_was_written_later(small_disk: Path) -> None:
    """After a rewrite Redis leaves a hole where a write was short, and goes on behind it: nothing there is lost."""
    folder, filler, value = small_disk / "redis", small_disk / "filler", "v" * 1000
    with running(folder) as client:
        client.set("first", value)
        client.bgrewriteaof()
        eventually(lambda: next((folder / "appendonlydir").glob("*.2.base.*"), None))
        eventually(lambda: client.info("persistence")["aof_rewrite_in_progress"] == 0)
        client.set("begun", value)  # a page of the new file, in which there is room for a part of the next change
        fill(filler)
        with suppress(redis.RedisError):
            client.mset({f"filling-{number}": value for number in range(10)})
        with pytest.raises(redis.RedisError, match="MISCONF"):
            client.set("refused", value)
        filler.unlink()
        eventually(lambda: client.info("persistence")["aof_last_write_status"] == "ok")
        for number in range(KEYS):
            client.set(f"later-{number}", value)
        pid = client.info("server")["process_id"]
        os.kill(pid, signal.SIGKILL)
    assert b"\0" in file(folder, "incr").read_bytes(), "no write was short"
    with running(folder) as client:
        assert sum(client.exists(f"later-{number}") for number in range(KEYS)) == KEYS
