"""A cut line heals itself: the waiting client learns the outcome within 3 s of the fault's end."""

from __future__ import annotations

import contextlib
import os
import queue
import signal
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from app_simulator.phone import Phone
from client_stub.client import Client
from client_stub.model import Connection
from client_stub.ticket_watcher import Signal
from scan_to_login.protocol import Stage, TicketState
from scan_to_login.testing.live import LiveGateway

pytestmark = pytest.mark.slow

LEARNT_SECONDS = 3.0
MakeLine = Callable[[str], Any]


@pytest.fixture
def line(gateway_url: str, make_line: MakeLine) -> Any:
    return make_line(gateway_url)


@pytest.fixture
def cut_client(line: Any, transport: str) -> Iterator[Client]:
    """A client behind a proxy that the test can cut."""
    with Client(line.url, transport=transport) as client:  # type: ignore[arg-type]
        yield client
    assert [thread.name for thread in threading.enumerate() if thread.name.startswith("client-stub")] == []


def listen(client: Client) -> queue.SimpleQueue[Signal]:
    signals: queue.SimpleQueue[Signal] = queue.SimpleQueue()
    client.subscribe(signals.put)
    return signals


def wait_for_connection(signals: queue.SimpleQueue[Signal], alive: bool) -> None:
    while signals.get(timeout=20) != Connection(alive):
        pass


def test_changes_during_a_lost_connection_are_learnt_afterwards(cut_client: Client, line: Any, phone: Phone) -> None:
    ticket = cut_client.request_ticket()
    signals = listen(cut_client)
    line.down()
    wait_for_connection(signals, alive=False)
    phone.confirm(phone.scan(ticket.qr))
    line.up()
    began = time.monotonic()
    cut_client.wait_for("confirmed", timeout=10)
    assert time.monotonic() - began < LEARNT_SECONDS
    wait_for_connection(signals, alive=True)
    cut_client.claim()
    assert cut_client.verify_unit("A", "Unit-2019").stage is Stage.UNIT_VERIFIED


def test_a_fault_of_many_seconds_is_not_waited_out_in_longer_and_longer_steps(
    cut_client: Client, line: Any, phone: Phone
) -> None:
    ticket = cut_client.request_ticket()
    signals = listen(cut_client)
    line.down()
    wait_for_connection(signals, alive=False)
    phone.reject(phone.scan(ticket.qr))
    line.wait_for_refusals(7)  # a back-off that doubled without a cap would be at 3 s by now
    line.up()
    began = time.monotonic()
    assert cut_client.wait_for("rejected", timeout=10).state is TicketState.REJECTED
    assert time.monotonic() - began < LEARNT_SECONDS


def test_each_of_many_cuts_heals(cut_client: Client, line: Any, phone: Phone) -> None:
    for _ in range(5):
        ticket = cut_client.request_ticket()
        line.cut()
        phone.scan(ticket.qr)
        assert cut_client.wait_for("scanned", timeout=10).ticket_id == ticket.ticket_id


def test_a_lost_answer_to_the_claim_is_asked_for_again(cut_client: Client, line: Any, phone: Phone) -> None:
    ticket = cut_client.request_ticket()
    phone.confirm(phone.scan(ticket.qr))
    cut_client.wait_for("confirmed", timeout=10)
    line.lose_answer_to(b"/claim")
    login = cut_client.claim()
    assert line.lost.is_set()
    assert login.access_token == cut_client.access_token
    assert cut_client.verify_unit("A", "Unit-2019").stage is Stage.UNIT_VERIFIED


def test_a_lost_answer_to_the_first_request_is_asked_for_again(line: Any, phone: Phone) -> None:
    with Client(line.url, transport="poll") as client:
        line.lose_answer_to(b"POST /api/v1/tickets")
        ticket = client.request_ticket()
        assert line.lost.is_set()
        phone.scan(ticket.qr)
        client.wait_for("scanned", timeout=10)


def test_closing_in_the_middle_of_a_fault_leaves_nothing_behind(cut_client: Client, line: Any) -> None:
    cut_client.request_ticket()
    signals = listen(cut_client)
    line.down()
    wait_for_connection(signals, alive=False)
    began = time.monotonic()
    cut_client.close()
    assert time.monotonic() - began < LEARNT_SECONDS


def test_workers_killed_after_the_scan_cost_no_login() -> None:
    with LiveGateway(workers=2) as gateway, contextlib.ExitStack() as stack:
        phone = stack.enter_context(Phone(gateway.url))
        phone.login("agent", "Demo-2019")
        clients = [stack.enter_context(Client(gateway.url, transport=way)) for way in ("websocket", "poll")]
        pages = [phone.scan(client.request_ticket().qr) for client in clients]
        for client in clients:
            client.wait_for("scanned", timeout=10)
        signals = listen(clients[0])
        for worker in gateway.ready["workers"]:  # whichever holds the lines, it is among them
            os.kill(worker, signal.SIGKILL)
        wait_for_connection(signals, alive=False)
        wait_for_connection(signals, alive=True)
        for client, page in zip(clients, pages, strict=True):
            phone.confirm(page)
            client.wait_for("confirmed", timeout=10)
            client.claim()
            assert client.verify_unit("A", "Unit-2019").stage is Stage.UNIT_VERIFIED


def test_redis_killed_while_waiting_costs_no_login() -> None:
    with LiveGateway() as gateway, contextlib.ExitStack() as stack:
        phone = stack.enter_context(Phone(gateway.url))
        phone.login("agent", "Demo-2019")
        clients = [stack.enter_context(Client(gateway.url, transport=way)) for way in ("websocket", "poll")]
        pages = [phone.scan(client.request_ticket().qr) for client in clients]
        for client in clients:
            client.wait_for("scanned", timeout=10)
        os.kill(gateway.ready["redis"]["pid"], signal.SIGKILL)
        for client, page in zip(clients, pages, strict=True):
            phone.confirm(page)
            client.wait_for("confirmed", timeout=10)
            client.claim()
            assert client.verify_unit("A", "Unit-2019").stage is Stage.UNIT_VERIFIED
