"""SIGTERM drains and SIGHUP replaces the workers one by one: no login is lost, and no wait is longer than needed."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable
from functools import partial

import pytest
import requests

from client_stub.client import Client
from client_stub.model import Connection
from scan_to_login.testing.live import LiveGateway
from tests.integration.scale.logins import Logins
from tests.integration.scale.servers import until

WISH = {"client": {"name": "test", "version": "1", "device": "here"}}


def _workers(gateway: LiveGateway) -> set[int]:
    return set(gateway.reread()["workers"])


@pytest.mark.slow
@pytest.mark.parametrize("transport", ["websocket", "poll"])
def test_replacing_all_workers_under_load_loses_no_login(serve: Callable[..., LiveGateway], transport: str) -> None:
    """SIGHUP to the parent, in the midst of logins."""
    gateway = serve(workers=2)
    before = _workers(gateway)
    logins = Logins(gateway.url, threads=2, phones=2, transport=transport)  # type: ignore[arg-type]
    logins.start()
    logins.wait_for(3)
    os.kill(gateway.pid, signal.SIGHUP)
    until("all workers are new", lambda: len(_workers(gateway) - before) == 2 and not _workers(gateway) & before, 90)
    replaced_at = time.monotonic()
    logins.wait_for(len(logins.finished) + 3)
    logins.stop()
    assert logins.lost == []
    assert logins.begun == len(logins.finished)
    assert logins.violations(healed_at=replaced_at) == []
    assert not any(_alive(pid) for pid in before)


@pytest.mark.slow
def test_a_worker_that_gets_sigterm_hands_over_at_once(serve: Callable[..., LiveGateway]) -> None:
    """Its waiting client moves, and gets the scan from the next worker; a new worker takes its place."""
    gateway = serve(workers=2)
    clients = [Client(gateway.url) for _ in range(6)]
    try:
        back = [threading.Event() for _ in clients]
        for client, event in zip(clients, back, strict=True):
            client.request_ticket()
            client.subscribe(partial(_set_when_back, event))
        for pid in _workers(gateway):
            os.kill(pid, signal.SIGTERM)
        assert all(event.wait(20) for event in back)
        for client in clients:
            client.cancel()
            assert client.wait_for("cancelled", 10).state == "cancelled"
    finally:
        for client in clients:
            client.close()


def test_a_long_poll_is_answered_when_its_worker_ends(serve: Callable[..., LiveGateway]) -> None:
    """With the present state, and not with a cut line; new tickets are refused meanwhile."""
    gateway = serve(poll_wait_seconds=60)
    ticket = requests.post(f"{gateway.url}/api/v1/tickets", json=WISH, timeout=5).json()
    answers: list[requests.Response] = []

    def poll() -> None:
        answers.append(
            requests.get(
                f"{gateway.url}/api/v1/tickets/{ticket['ticket_id']}",
                params={"since": 1, "wait": 60},
                headers={"Authorization": f"Ticket {ticket['claim_secret']}"},
                timeout=70,
            )
        )

    waiting = threading.Thread(target=poll)
    waiting.start()
    until("the poll waits", lambda: _watched(gateway) == 1)
    began = time.monotonic()
    assert gateway.stop() == 0
    waiting.join(5)
    assert (answers[0].status_code, answers[0].json()["state"]) == (200, "pending")
    assert "close" in answers[0].headers["Connection"]
    assert time.monotonic() - began < 8


def test_a_gateway_without_clients_ends_promptly(serve: Callable[..., LiveGateway]) -> None:
    """Far below the time that it may drain."""
    gateway = serve(drain_seconds=60)
    began = time.monotonic()
    assert gateway.stop() == 0
    assert time.monotonic() - began < 5


def _set_when_back(event: threading.Event, told: object) -> None:
    if told == Connection(alive=True):
        event.set()


def _watched(gateway: LiveGateway) -> float:
    text = requests.get(f"{gateway.url}/metrics", timeout=5).text
    return next(float(line.split()[1]) for line in text.splitlines() if line.startswith("pairing_watched_tickets "))


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
