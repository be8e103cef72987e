"""Engine.IO 4, case by case as its protocol's own suite lists them: by polling and by WebSocket. Binary is refused."""

from __future__ import annotations

import json

import pytest
import requests
import websocket

from scan_to_login.testing.live import LiveGateway
from tests.integration.polling import SEPARATOR, Polling, answer_of
from tests.integration.wire import TIMEOUT, Socket

HANDSHAKE = {"sid", "upgrades", "pingInterval", "pingTimeout", "maxPayload"}
NOTHING = '42/pairing,{}["nothing",{{}}]'  # an event that is answered by every gateway: there is none of that name


def address(url: str, query: str) -> str:
    """Of a request of Engine.IO."""
    return f"{url}/socket.io/?{query}"


def test_a_handshake_by_polling_opens_a_session(steady: LiveGateway) -> None:
    client = Polling(steady.url)
    assert set(client.handshake) == HANDSHAKE
    assert client.handshake["upgrades"] == ["websocket"]
    assert (client.handshake["pingInterval"], client.handshake["pingTimeout"]) == (25_000, 20_000)
    assert client.handshake["maxPayload"] == 65_536
    assert client.opened.headers["content-type"].startswith("text/plain")
    assert client.opened.headers["cache-control"] == "no-store"


def test_a_handshake_by_websocket_opens_a_session(steady: LiveGateway) -> None:
    line = websocket.create_connection(
        address(steady.url.replace("http", "ws", 1), "EIO=4&transport=websocket"), timeout=TIMEOUT
    )
    opened = str(line.recv())
    line.shutdown()
    assert opened[0] == "0"
    assert set(json.loads(opened[1:])) == HANDSHAKE
    assert json.loads(opened[1:])["upgrades"] == []


WRONG = {
    "no protocol": ("GET", "transport={}"),
    "another protocol": ("GET", "EIO=abc&transport={}"),
    "an older protocol": ("GET", "EIO=3&transport={}"),
    "two protocols": ("GET", "EIO=3&EIO=4&transport={}"),
    "no transport": ("GET", "EIO=4"),
    "another transport": ("GET", "EIO=4&transport=abc"),
    "an unknown session": ("GET", "EIO=4&transport={}&sid=abc"),
    "jsonp": ("GET", "EIO=4&transport=polling&j=0"),
    "post": ("POST", "EIO=4&transport={}"),
    "put": ("PUT", "EIO=4&transport={}"),
    "delete": ("DELETE", "EIO=4&transport={}"),
    "post to an unknown session": ("POST", "EIO=4&transport={}&sid=abc"),
}


@pytest.mark.parametrize(("method", "query"), WRONG.values(), ids=WRONG)
@pytest.mark.parametrize("transport", ["polling", "websocket"])
def test_wrong_parameters_are_400_with_the_reason(steady: LiveGateway, method: str, query: str, transport: str) -> None:
    answer = requests.request(method, address(steady.url, query.format(transport)), timeout=TIMEOUT)
    assert answer.status_code == 400
    assert set(answer.json()) == {"code", "message"}
    if method == "GET":
        with pytest.raises(websocket.WebSocketBadStatusException) as refused:
            websocket.create_connection(
                address(steady.url.replace("http", "ws", 1), query.format(transport)), timeout=TIMEOUT
            )
        assert refused.value.status_code == 400


@pytest.mark.parametrize("count", [1, 3, 16, 64])
def test_packets_are_taken_and_brought_in_their_order(steady: LiveGateway, count: int) -> None:
    """One, several, and as many as a client may queue in one request."""
    client = Polling.joined(steady.url)
    client.post(*[NOTHING.format(number) for number in range(1, count + 1)])
    brought: list[str] = []
    while len(brought) < count:
        brought += client.packets()
    assert [packet.partition("[")[0] for packet in brought] == [f"43/pairing,{n}" for n in range(1, count + 1)]


BODIES = [
    "abc", "", "5", f"5{SEPARATOR}1", "6", "2", "2probe", "0{}", "7", "x", f"4{SEPARATOR}", f"{SEPARATOR}4",
    "bAQIDBA==",
    f'{NOTHING.format(1)}{SEPARATOR}bAQIDBA==', '451-/pairing,["x",{"_placeholder":true,"num":0}]', SEPARATOR * 65,
    "3probe", "11", b"\xff\xfe", b"4\xff", "4" * 65_600, "d=4", "²", "4abc", "42{}",
]  # fmt: skip


@pytest.mark.parametrize("body", BODIES, ids=lambda body: repr(body[:16]))
def test_a_post_that_is_no_payload_is_400_and_ends_the_session(steady: LiveGateway, body: str | bytes) -> None:
    """The application is not told half of it: whole or not at all."""
    client = Polling.joined(steady.url)
    refused = client.request("POST", body)
    assert refused.status_code in (400, 413)
    assert refused.text
    assert client.get().status_code == 400


@pytest.mark.parametrize("packet", ["abc", "", "7", "2", "5", "6", "0{}", "4abc", "42/pairing,{}"])
def test_an_invalid_packet_by_websocket_ends_the_connection(steady: LiveGateway, packet: str) -> None:
    with Socket(steady.url) as client:
        client.send(packet)
        assert client.ended()


def test_the_clients_end_by_polling_answers_the_poll_that_waits(steady: LiveGateway) -> None:
    """With nothing to do."""
    client = Polling.joined(steady.url)
    poll = client.begun_poll()
    client.post("1")
    assert answer_of(poll) == (200, "6")
    assert client.get().status_code == 400


def test_two_polls_at_a_time_end_the_session(steady: LiveGateway) -> None:
    """The first gets the end, the second a refusal: the order of their messages would be unknown."""
    client = Polling.joined(steady.url)
    poll = client.begun_poll()
    assert client.get().status_code == 400
    assert answer_of(poll) == (200, "1")
    assert client.get().status_code == 400


def test_a_poll_that_is_given_up_ends_the_session(steady: LiveGateway) -> None:
    """The messages of its answer are lost: the client begins again, and resumes its tickets."""
    client = Polling.joined(steady.url)
    client.begun_poll().close()
    with Socket(steady.url) as bystander:
        assert bystander.request()["state"] == "pending"
    assert client.get().status_code == 400


def test_the_clients_end_by_websocket(steady: LiveGateway) -> None:
    with Socket(steady.url) as client:
        client.send("1")
        assert client.ended()


def test_the_unread_backlog_of_a_polling_client_is_bounded(steady: LiveGateway) -> None:
    """It asks and asks, and never polls: the session ends before its answers fill the memory."""
    client = Polling.joined(steady.url)
    event = NOTHING.format(1)
    for _ in range(40):
        if client.request("POST", SEPARATOR.join([event] * 64)).status_code != 200:
            break
    else:
        raise AssertionError("the session goes on")
    assert client.get().status_code == 400


def test_the_methods_of_a_session_are_get_and_post(steady: LiveGateway) -> None:
    client = Polling.joined(steady.url)
    for method in ("PUT", "DELETE", "PATCH"):
        assert client.request(method, "4").status_code == 400
    assert client.request("OPTIONS").status_code == 200
    assert client.ticket()["state"] == "pending"
