"""Descriptors run out for a while: background loops fail, say so, and go on when there are some again."""

from __future__ import annotations

import os
import re
import resource
import signal
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager

import pytest
import requests

from scan_to_login.testing.live import LiveGateway
from tests.integration.wire import eventually

WISH = {"client": {"name": "c", "version": "1", "device": "d"}}
linux = pytest.mark.skipif(sys.platform != "linux", reason="sets another process's limit (prlimit)")


@contextmanager
def no_descriptors(pid: int) -> Iterator[None]:
    """The process can open nothing until the end."""
    before = resource.prlimit(pid, resource.RLIMIT_NOFILE)
    resource.prlimit(pid, resource.RLIMIT_NOFILE, (3, before[1]))
    try:
        yield
    finally:
        resource.prlimit(pid, resource.RLIMIT_NOFILE, before)


def failures(line: requests.Session, url: str, loop: str) -> float:
    """The number of failed rounds of a loop."""
    found = re.search(
        rf'pairing_background_failures_total\{{loop="{loop}"\}} ([0-9.]+)', line.get(f"{url}/metrics", timeout=10).text
    )
    return float(found[1]) if found else 0.0


def kept(gateway: LiveGateway) -> int:
    """Steps in the database."""
    with closing(sqlite3.connect(gateway.data_dir / "gateway.sqlite3", timeout=10)) as database:
        return int(database.execute("SELECT count(*) FROM audit_events").fetchone()[0])


@pytest.mark.slow
@linux
def test_a_private_redis_that_dies_while_descriptors_are_out_is_started_when_there_are_some() -> None:
    """And the audit log, which could not be moved meanwhile, is moved."""
    with LiveGateway() as gateway, requests.Session() as line:
        url = gateway.url
        assert line.get(f"{url}/readyz", timeout=10).ok
        before = kept(gateway)
        with no_descriptors(gateway.pid):
            assert line.post(f"{url}/api/v1/tickets", json=WISH, timeout=10).status_code == 201
            os.kill(gateway.ready["redis"]["pid"], signal.SIGKILL)
            eventually(lambda: failures(line, url, "redis-watcher") >= 3, within=30)
            eventually(lambda: failures(line, url, "trail") >= 1, within=30)
            answer = line.get(f"{url}/readyz", timeout=10)
            assert answer.status_code == 503
            assert line.get(f"{url}/healthz", timeout=10).ok
        eventually(lambda: line.get(f"{url}/readyz", timeout=10).ok, within=30)
        assert line.post(f"{url}/api/v1/tickets", json=WISH, timeout=10).status_code == 201
        eventually(lambda: kept(gateway) > before, within=30)
        assert gateway.log.count('"loop": "redis-watcher", "reason"') == 1
        assert gateway.log.count('"loop": "redis-watcher", "failures"') == 1
        assert "Traceback" not in gateway.log, gateway.log


@linux
@pytest.mark.slow
def test_a_supervisor_without_descriptors_keeps_the_workers_that_serve() -> None:
    """One worker dies and cannot be replaced: the other serves, and a new one is started when it can be."""
    with LiveGateway(workers=2) as gateway:
        first, second = gateway.ready["workers"]
        with no_descriptors(gateway.pid):
            os.kill(first, signal.SIGKILL)
            eventually(lambda: '"loop": "supervisor"' in gateway.log, within=30)
            assert not gateway.ended
            os.kill(second, 0)
        eventually(lambda: first not in gateway.reread()["workers"], within=60)
        assert second in gateway.ready["workers"]
        assert gateway.log.count('"loop": "supervisor", "reason"') == 1
