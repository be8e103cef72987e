"""From polling to a WebSocket: one at a time, with a deadline, without lost pushes (SECURITY.md 51, 52)."""

from __future__ import annotations

import contextlib
import sys

import pytest
import requests
import websocket

from scan_to_login.testing.live import LiveGateway
from tests.integration.machine import descriptors
from tests.integration.polling import Polling, acknowledged, answer_of, closed
from tests.integration.wire import CLIENT, Wire, eventually, together

linux = pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")


def test_a_polling_client_changes_to_a_websocket_and_keeps_its_tickets(steady: LiveGateway) -> None:
    client = Polling.joined(steady.url)
    issued = client.ticket()
    line = client.upgraded()
    assert client.get().status_code == 400
    assert client.request("POST", "4").status_code == 400
    Wire(steady.url).phone().scan(issued["ticket_id"])
    assert '"state":"scanned"' in line.recv()
    assert acknowledged(line, "request_ticket", {"client": CLIENT})["state"] == "pending"


def test_a_poll_that_waits_ends_when_the_websocket_takes_over(steady: LiveGateway) -> None:
    """Also where the client is in such a hurry that it polls once more."""
    client = Polling.joined(steady.url)
    line = client.websocket()
    poll = client.begun_poll()
    line.send("2probe")
    line.send("5")
    assert line.recv() == "3probe"
    assert answer_of(poll) == (200, "6")
    assert acknowledged(line, "request_ticket", {"client": CLIENT})["state"] == "pending"


def test_packets_not_polled_yet_come_over_the_websocket(steady: LiveGateway) -> None:
    client = Polling.joined(steady.url)
    client.post('42/pairing,7["nothing",{}]')
    line = client.upgraded()
    assert line.recv().startswith("43/pairing,7[")


def test_a_poll_that_waits_ends_when_the_websocket_is_tried(steady: LiveGateway) -> None:
    """The client sends no more until it has; and goes on polling where the WebSocket dies before it has taken over."""
    client = Polling.joined(steady.url)
    issued = client.ticket()
    poll = client.begun_poll()
    line = client.websocket()
    line.send("2probe")
    assert line.recv() == "3probe"
    assert answer_of(poll) == (200, "6")
    assert client.packets() == ["6"]
    Wire(steady.url).phone().scan(issued["ticket_id"])
    assert '"state":"scanned"' in client.packets()[0]
    line.shutdown()
    another = eventually(lambda: upgraded_or_none(client))
    assert acknowledged(another, "request_ticket", {"client": CLIENT})["state"] == "pending"


def upgraded_or_none(client: Polling) -> websocket.WebSocket | None:
    """The WebSocket that the session has changed to; None while the last one still stands in its way."""
    with contextlib.suppress(websocket.WebSocketBadStatusException):
        return client.upgraded()
    return None


def test_a_second_upgrade_is_refused_without_effect(steady: LiveGateway) -> None:
    """During the first and after it; the first gets the pushes (I4)."""
    client = Polling.joined(steady.url)
    issued = client.ticket()
    first = client.websocket()
    with pytest.raises(websocket.WebSocketBadStatusException):
        client.websocket()
    first.send("2probe")
    assert first.recv() == "3probe"
    with pytest.raises(websocket.WebSocketBadStatusException):
        client.websocket()
    first.send("5")
    with pytest.raises(websocket.WebSocketBadStatusException):
        client.websocket()
    Wire(steady.url).phone().scan(issued["ticket_id"])
    assert '"state":"scanned"' in first.recv()


def test_of_many_upgrades_at_once_one_succeeds_and_hears_the_outcome(steady: LiveGateway) -> None:
    """The others are refused or cut, and the winner gets its pushes."""
    client = Polling.joined(steady.url)
    issued = client.ticket()

    def upgrade() -> websocket.WebSocket | None:
        with contextlib.suppress(OSError, websocket.WebSocketException):
            return client.upgraded()
        return None

    won = [line for line in together([upgrade] * 10, threads=10) if line is not None]
    assert len(won) == 1
    Wire(steady.url).phone().scan(issued["ticket_id"])
    assert '"state":"scanned"' in won[0].recv()


@pytest.mark.parametrize("packet", ["5", "1", "2", "4hello", "40/pairing,", "", "2prob", "2probe2"])
def test_a_websocket_that_does_not_probe_is_closed_and_polling_goes_on(steady: LiveGateway, packet: str) -> None:
    client = Polling.joined(steady.url)
    line = client.websocket()
    line.send(packet)
    assert closed(line)
    assert client.ticket()["state"] == "pending"


def test_the_end_of_the_session_closes_the_websocket_that_was_about_to_take_it_over(steady: LiveGateway) -> None:
    client = Polling.joined(steady.url)
    line = client.websocket()
    client.post("1")
    assert closed(line)


@linux
def test_websockets_that_name_a_polling_session_and_say_nothing_are_closed(hasty: LiveGateway) -> None:
    """After the connect deadline, three sessions' of them; and the sessions go on polling."""
    clients = [Polling.joined(hasty.url) for _ in range(3)]
    before = descriptors(hasty.pid)
    silent = [client.websocket() for client in clients]
    silent[0].send("2probe")
    for line in silent:
        assert closed(line)
    eventually(lambda: descriptors(hasty.pid) <= before)
    for client in clients:
        assert client.ticket()["state"] == "pending"


def test_an_unknown_session_is_no_websocket(steady: LiveGateway) -> None:
    client = Polling(steady.url)
    client.handshake["sid"] = "AAAAAAAAAAAAAAAAAAAA"
    with pytest.raises(websocket.WebSocketBadStatusException) as refused:
        client.websocket()
    assert refused.value.status_code == requests.codes.bad_request
