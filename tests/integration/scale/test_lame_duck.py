"""SIGTERM behind a proxy: readiness says so first, and the listener closes later (SECURITY.md 48)."""

from __future__ import annotations

import os
import signal
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
import requests

from gateway.server.redis.private import PrivateRedis
from scan_to_login.testing.live import LiveGateway
from tests.integration.scale.proxies import Haproxy, Nginx, find_haproxy, find_nginx
from tests.integration.scale.servers import free_ports, until

CALLERS = 8
CALLS = 100  # of each, at the least
WISH = {"client": {"name": "test", "version": "1", "device": "here"}}


@pytest.fixture
def machines(tmp_path: Path) -> Iterator[Callable[..., list[LiveGateway]]]:
    """Two gateways as on two machines, on the ports named: one Redis, one database, one server key."""
    with ExitStack() as running:

        def start(ports: list[int], workers: int) -> list[LiveGateway]:
            redis = PrivateRedis(tmp_path / "redis")
            redis.start()
            running.callback(redis.stop)
            environment = {
                "PAIRING_REDIS_URL": redis.url,
                "PAIRING_DATABASE_URL": f"sqlite:///{tmp_path / 'shared.sqlite3'}",
                "PAIRING_SERVER_KEY": "one key for both, of thirty-two bytes and more",
                "PAIRING_TRUSTED_PROXIES": "1",
                "PAIRING_LAME_DUCK_SECONDS": "5",
                "PAIRING_TICKETS_PER_ADDRESS": "0",
            }
            gateways = [LiveGateway(port=port, workers=workers, sim=False, environment=environment) for port in ports]
            for gateway in gateways:
                running.enter_context(gateway)
            return gateways

        yield start


@pytest.mark.slow
@pytest.mark.parametrize(
    ("proxy", "workers"),
    [
        pytest.param(Haproxy, 1, marks=pytest.mark.skipif(find_haproxy() is None, reason="haproxy is not installed")),
        pytest.param(Haproxy, 2, marks=pytest.mark.skipif(find_haproxy() is None, reason="haproxy is not installed")),
        pytest.param(Nginx, 1, marks=pytest.mark.skipif(find_nginx() is None, reason="nginx is not installed")),
    ],
)
def test_no_call_through_a_proxy_fails_while_a_machine_leaves(
    machines: Callable[..., list[LiveGateway]], tmp_path: Path, proxy: type[Haproxy | Nginx], workers: int
) -> None:
    """Calls go on until the machine has gone, and for a while after; every one is answered by one or the other."""
    ports = free_ports(2)
    leaving = machines(ports, workers)[0]
    front = proxy(tmp_path, ports)
    seen: Counter[int] = Counter()
    called = threading.Semaphore(0)
    gone = threading.Event()

    def call() -> None:
        with requests.Session() as session:
            done = 0
            while done < CALLS or not gone.is_set():
                seen[session.post(f"{front.url}/api/v1/tickets", json=WISH, timeout=30).status_code] += 1
                done += 1
                called.release()

    callers = [threading.Thread(target=call) for _ in range(CALLERS)]
    try:
        for caller in callers:
            caller.start()
        for _ in range(CALLERS * CALLS // 4):
            called.acquire()
        os.kill(leaving.pid, signal.SIGTERM)
        until("the machine has gone", lambda: leaving.ended, 60)
        for _ in range(CALLERS * CALLS // 4):
            called.acquire()
    finally:
        gone.set()
        for caller in callers:
            caller.join()
        front.stop()
    assert set(seen) == {201}, seen
    assert seen.total() >= CALLERS * CALLS


@pytest.mark.slow
@pytest.mark.parametrize("workers", [1, 2])
def test_readiness_says_503_first_and_all_else_is_served_until_the_listener_closes(workers: int) -> None:
    """A second signal ends the wait."""
    with LiveGateway(workers=workers, environment={"PAIRING_LAME_DUCK_SECONDS": "300"}) as gateway:
        os.kill(gateway.pid, signal.SIGTERM)
        until("it says so", lambda: requests.get(f"{gateway.url}/readyz", timeout=10).status_code == 503)
        answer = requests.get(f"{gateway.url}/readyz", timeout=10)
        assert answer.json()["missing"] == ["draining"]
        made = requests.post(f"{gateway.url}/api/v1/tickets", json=WISH, timeout=10)
        assert (made.status_code, made.headers["Connection"]) == (201, "close")
        assert requests.get(f"{gateway.url}/healthz", timeout=10).ok
        assert gateway.stop() == 0


@pytest.mark.slow
def test_control_c_does_not_wait() -> None:
    with LiveGateway(environment={"PAIRING_LAME_DUCK_SECONDS": "300"}) as gateway:
        assert gateway.stop(signal.SIGINT) == 0
