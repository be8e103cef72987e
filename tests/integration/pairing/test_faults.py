"""Faults of other processes at the worst moment: acknowledged changes stay, and clients learn them in time."""

from __future__ import annotations

import os
import shutil
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import redis
import requests
import websocket

from gateway.server.redis.private import PrivateRedis
from scan_to_login.testing.live import LiveGateway
from tests.integration.machine import alive, owner_of
from tests.integration.pairing.conftest import assert_clean
from tests.integration.wire import CLIENT, Answer, Socket, Ticket, Wire, at_most, eventually

LEARNS_WITHIN = 3.0  # seconds after the fault's end (SECURITY.md I4)
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="finds the worker of a connection in /proc"),
]


@pytest.fixture(scope="module")
def pair_process() -> Iterator[LiveGateway]:
    with LiveGateway(workers=2) as running:
        yield running
        assert_clean(running)


@pytest.fixture
def pair(pair_process: LiveGateway) -> LiveGateway:
    """Two workers of this file's own: they are killed here, and come back by themselves."""
    eventually(lambda: settled(pair_process), within=60)
    return pair_process


def settled(pair: LiveGateway, without: int | None = None) -> bool:
    """True if every worker of the ready file runs, and this one is not among them."""
    workers = pair.reread()["workers"]
    return without not in workers and all(alive(pid) for pid in workers)


def acknowledged(call: Callable[[], Answer]) -> Answer:
    """Repeat a call until a worker that is not stopped has answered it."""

    def once() -> Answer | None:
        answer = call()
        return None if answer.status == 503 else answer

    return eventually(once, within=15)


def state_in(answer: Answer) -> tuple[str, ...]:
    """The ticket's state in an answer; nothing where it is a refusal."""
    return (answer.body["state"],) if answer.status == 200 else ()


def split(pair: LiveGateway, socket: Socket) -> tuple[int, int]:
    """The worker that holds this socket, and another."""
    workers = pair.reread()["workers"]
    holder = owner_of(socket.port, workers)
    return holder, next(pid for pid in workers if pid != holder)


def test_redis_killed_between_confirm_and_push(pair: LiveGateway) -> None:
    """The publication is lost with it: after its return the state is read again and pushed."""
    wire = Wire(pair.url)
    with Socket(pair.url) as socket:
        issued = socket.request()
        phone = wire.phone()
        acknowledged(lambda: phone.scan(issued["ticket_id"]))
        socket.until("scanned")
        holder, _ = split(pair, socket)
        killed = pair.ready["redis"]["pid"]
        code = phone.otp(lasting=True)
        os.kill(holder, signal.SIGSTOP)
        try:
            # Its subscription is cut first, so that no client gets the publication.
            with redis.Redis.from_url(pair.ready["redis"]["url"]) as client:
                client.client_kill_filter(_type="pubsub")
            confirmed = acknowledged(lambda: phone.confirm(issued["ticket_id"], code, timeout=1))
            assert confirmed.body["state"] == "confirmed"
            os.kill(killed, signal.SIGKILL)
        finally:
            os.kill(holder, signal.SIGCONT)
        with at_most(LEARNS_WITHIN + 2):
            assert socket.until("confirmed")["version"] == 3
        eventually(lambda: pair.reread()["redis"]["pid"] != killed)
        claim = acknowledged(
            lambda: wire.call("POST", f"/tickets/{issued['ticket_id']}/claim", f"Ticket {issued['claim_secret']}")
        )
        assert claim.status == 200


def test_the_worker_killed_between_confirm_and_push_while_the_client_resumes_on_another(pair: LiveGateway) -> None:
    """The client reconnects and learns the state; a new worker replaces the dead one."""
    wire = Wire(pair.url)
    with Socket(pair.url) as socket:
        issued = socket.request()
        phone = wire.phone()
        acknowledged(lambda: phone.scan(issued["ticket_id"]))
        socket.until("scanned")
        holder, survivor = split(pair, socket)
        code = phone.otp(lasting=True)
        os.kill(holder, signal.SIGSTOP)
        confirmed = acknowledged(lambda: phone.confirm(issued["ticket_id"], code, timeout=1))
        assert (confirmed.status, confirmed.body.get("state")) == (200, "confirmed"), confirmed.body
        os.kill(holder, signal.SIGKILL)
        with pytest.raises((OSError, websocket.WebSocketException)):
            socket.event()
        fault_over: list[float] = []

        def resumed() -> str | None:
            if not fault_over and settled(pair, without=holder):
                fault_over.append(time.monotonic())
            try:
                with Socket(pair.url, timeout=2) as again:
                    assert owner_of(again.port, [survivor, *pair.reread()["workers"]]) != holder
                    return str(again.resume(issued)["state"])
            except (OSError, websocket.WebSocketException):
                return None  # it waits in the dead one's queue, which is its successor's: that one still starts

        assert eventually(resumed, within=60) == "confirmed"
        assert not fault_over or time.monotonic() - fault_over[0] < LEARNS_WITHIN + 2
        claim = acknowledged(
            lambda: wire.call("POST", f"/tickets/{issued['ticket_id']}/claim", f"Ticket {issued['claim_secret']}")
        )
        assert claim.status == 200


def test_the_worker_killed_between_claim_and_reply(pair: LiveGateway) -> None:
    """The reply is lost: the same request with the same key gets the session that was made."""
    wire = Wire(pair.url)
    ticket, phone = wire.ticket(), wire.phone()
    phone.approve(ticket.id)
    first = ticket.claim(key="once")
    assert first.status == 200
    os.kill(pair.reread()["workers"][0], signal.SIGKILL)
    again = acknowledged(lambda: ticket.claim(key="once"))
    assert again.body["access_token"] == first.body["access_token"]
    assert acknowledged(lambda: ticket.claim(key="another")).code == "ticket_spent"


def test_redis_and_a_worker_killed_together(pair: LiveGateway) -> None:
    """Both are started again, neither waits for the other for ever, and nothing is lost, however soon after it."""
    wire = Wire(pair.url)
    ticket = wire.ticket()
    before = pair.reread()
    os.kill(before["redis"]["pid"], signal.SIGKILL)
    os.kill(before["workers"][0], signal.SIGKILL)

    def back() -> bool:
        now = pair.reread()
        return now["redis"]["pid"] != before["redis"]["pid"] and before["workers"][0] not in now["workers"]

    eventually(back, within=60)
    answer = acknowledged(lambda: ticket.poll(since=0))
    assert (answer.status, *state_in(answer)) == (200, "pending"), answer.text


class Outside:
    """A Redis that the gateway is only told of, and that can be stopped and started."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.server = PrivateRedis(folder)

    def start(self) -> None:
        """Start it with its kept data."""
        self.server.start()

    def stop(self) -> None:
        """Stop it."""
        self.server.stop()

    def lose_everything(self) -> None:
        """Start it with nothing kept."""
        shutil.rmtree(self.folder / "appendonlydir")
        self.start()


@pytest.fixture(scope="module")
def outside(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Outside]:
    redis_server = Outside(tmp_path_factory.mktemp("outside"))
    redis_server.start()
    yield redis_server
    redis_server.stop()


@pytest.fixture(scope="module")
def guest(outside: Outside) -> Iterator[LiveGateway]:
    """A gateway with a Redis that it does not start."""
    with LiveGateway(environment={"REDIS_URL": outside.server.url}) as running:
        yield running
        assert_clean(running)


def test_the_ready_line_says_that_redis_is_external(guest: LiveGateway, outside: Outside) -> None:
    """Its pid is null."""
    assert guest.ready["redis"] == {"url": outside.server.url, "pid": None}


def test_redis_down_is_503_with_nothing_half_done_and_heals_by_itself(guest: LiveGateway, outside: Outside) -> None:
    """Each call says when to come back; the waiting client hears of what happens after; its line stays."""
    wire = Wire(guest.url)
    with Socket(guest.url) as socket:
        issued, phone, ticket = socket.request(), wire.phone(), wire.ticket()
        outside.stop()
        for answer in (
            wire.call("POST", "/tickets", json={"client": CLIENT}),
            phone.scan(issued["ticket_id"]),
            ticket.claim(),
            ticket.cancel(),
            ticket.poll(since=1, wait=5),
            wire.call("GET", "/app/session", phone.token),
        ):
            assert (answer.status, answer.code) == (503, "unavailable")
            assert int(answer.headers["retry-after"]) >= 1
        assert socket.call("request_ticket", {"client": CLIENT})["error"]["code"] == "unavailable"
        assert requests.get(f"{guest.url}/healthz", timeout=5).status_code == 200
        eventually(lambda: requests.get(f"{guest.url}/readyz", timeout=5).status_code == 503)
        outside.start()
        with at_most(LEARNS_WITHIN + 2):
            eventually(lambda: requests.get(f"{guest.url}/readyz", timeout=5).ok)
        page = acknowledged(lambda: phone.scan(issued["ticket_id"]))
        assert (page.body["state"], page.body["version"]) == ("scanned", 2)
        assert socket.until("scanned")["version"] == 2
        assert acknowledged(ticket.poll).body["version"] == 1
    refused = guest.control.call("GET", "/journal", query={"status": 503})["entries"]
    assert len(refused) >= 6, "the journal lost what happened while Redis was away"


def test_a_worker_catches_up_after_a_lost_subscription(guest: LiveGateway, outside: Outside) -> None:
    """A poll that waits through the outage gets its answer, and the socket its push."""
    wire = Wire(guest.url)
    with Socket(guest.url) as socket:
        issued, phone = socket.request(), wire.phone()
        phone.scan(issued["ticket_id"])
        assert socket.event()["state"] == "scanned"
        outside.stop()
        outside.start()
        acknowledged(lambda: phone.confirm(issued["ticket_id"]))
        with at_most(LEARNS_WITHIN + 2):
            assert socket.until("confirmed")["version"] == 3


def test_after_redis_restarts_empty_the_waiting_client_learns_that_its_ticket_is_lost(
    guest: LiveGateway, outside: Outside
) -> None:
    """Expired, because of `ticket_lost`; a new ticket can be had on the same line."""
    wire = Wire(guest.url)
    with Socket(guest.url) as socket:
        issued, ticket = socket.request(), wire.ticket()
        polled: list[Answer] = []
        poll = threading.Thread(target=lambda: polled.append(ticket.poll(since=1, wait=20, timeout=30)))
        poll.start()
        outside.stop()
        outside.lose_everything()
        with at_most(LEARNS_WITHIN + 2):
            lost = socket.until("expired")
        assert (lost["ticket_id"], lost["reason"]) == (issued["ticket_id"], "ticket_lost")
        assert acknowledged(lambda: wire.call("POST", "/tickets", json={"client": CLIENT})).status == 201
        assert socket.request()["state"] == "pending"
        assert (
            socket.call("resume_ticket", {n: issued[n] for n in ("ticket_id", "claim_secret")})["error"]["code"]
            == "ticket_not_found"
        )
        poll.join(30)
        assert polled[0].code in ("ticket_not_found", "unavailable")


def test_a_redis_that_is_full_is_503_and_tickets_are_read_all_the_same(guest: LiveGateway, outside: Outside) -> None:
    """Out of memory: nothing is half done; with room again, all goes on."""
    wire = Wire(guest.url)
    ticket = acknowledged_ticket(wire)
    with redis.Redis.from_url(outside.server.url) as client:
        client.config_set("maxmemory", "1")
        try:
            answer = wire.call("POST", "/tickets", json={"client": CLIENT})
            assert (answer.status, answer.code) == (503, "unavailable")
        finally:
            client.config_set("maxmemory", "0")
    assert ticket.poll().body["state"] == "pending"
    assert wire.ticket().issued["state"] == "pending"


def acknowledged_ticket(wire: Wire) -> Ticket:
    """A ticket, once Redis answers again."""
    found: Ticket = eventually(wire.ticket)
    return found
