"""Socket.IO 5, case by case as its protocol's own suite lists them: on a polling session and on a WebSocket."""

from __future__ import annotations

import json
from typing import Protocol

import pytest

from scan_to_login.testing.live import LiveGateway
from tests.integration.polling import Polling, closed
from tests.integration.wire import CLIENT, Socket, at_most


class Client(Protocol):
    """A session of Engine.IO that has joined nothing yet."""

    def send(self, packet: str) -> None:
        """Send one packet."""

    def receive(self) -> str:
        """The next packet."""

    def ended(self) -> bool:
        """Whether the gateway ends it."""


class ByPolling:
    """By polling."""

    def __init__(self, url: str) -> None:
        self._polling = Polling(url)
        self._brought: list[str] = []
        self._over = False

    def send(self, packet: str) -> None:
        self._over = self._polling.request("POST", packet).status_code != 200

    def receive(self) -> str:
        while not self._brought:
            self._brought = [packet for packet in self._polling.packets() if packet != "6"]
        return self._brought.pop(0)

    def ended(self) -> bool:
        if self._over:
            return True
        told = self._polling.get()
        return told.status_code == 400 or told.text == "1"


class ByWebSocket:
    """By WebSocket, from the beginning."""

    def __init__(self, url: str) -> None:
        self._socket = Socket(url, join=False)
        Polling.lines.append(self._socket.connection)

    def send(self, packet: str) -> None:
        self._socket.send(packet)

    def receive(self) -> str:
        return str(self._socket.connection.recv())

    def ended(self) -> bool:
        return self._socket.ended()


class Upgraded(ByWebSocket):
    """By polling, changed to a WebSocket."""

    def __init__(self, url: str) -> None:
        self._line = Polling(url).upgraded()

    def send(self, packet: str) -> None:
        self._line.send(packet)

    def receive(self) -> str:
        return str(self._line.recv())

    def ended(self) -> bool:
        return closed(self._line)


@pytest.fixture(params=[ByPolling, ByWebSocket, Upgraded])
def client(request: pytest.FixtureRequest, steady: LiveGateway) -> Client:
    made: Client = request.param(steady.url)
    return made


def joined(client: Client) -> str:
    """Join the namespace of pairing; its id there."""
    client.send("40/pairing,")
    answer = client.receive()
    assert answer.startswith("40/pairing,")
    welcome = json.loads(answer.removeprefix("40/pairing,"))
    assert set(welcome) == {"sid"}
    return str(welcome["sid"])


def test_the_namespace_of_pairing_is_joined(client: Client) -> None:
    assert joined(client)


@pytest.mark.parametrize("packet", ["40/pairing", '40/pairing,{"token":"123"}', "40/pairing?a=b,", "40/pairing,{}"])
def test_it_is_joined_with_a_payload_and_however_it_is_spelt(client: Client, packet: str) -> None:
    client.send(packet)
    assert client.receive().startswith('40/pairing,{"sid":')


@pytest.mark.parametrize("packet", ["40", "40{}", '40{"token":"123"}', "40/,"])
def test_the_root_namespace_is_refused_in_a_sentence(client: Client, packet: str) -> None:
    """With the code beside it, as every refusal; then the right one is joined over the same connection."""
    client.send(packet)
    answer = client.receive()
    assert answer.startswith("44")
    refused = json.loads(answer[answer.index("{") :])
    assert "/pairing" in refused["message"]
    assert refused["data"] == {"code": "not_found", "detail": refused["message"]}
    assert joined(client)


def test_an_unknown_namespace_gets_the_protocols_refusal(client: Client) -> None:
    client.send("40/random")
    assert client.receive() == '44/random,{"message":"Invalid namespace"}'
    assert joined(client)


def test_an_event_is_acknowledged_under_its_number(client: Client) -> None:
    joined(client)
    client.send(f"42/pairing,456{json.dumps(['request_ticket', {'client': CLIENT}])}")
    answer = client.receive()
    assert answer.startswith("43/pairing,456[")
    assert json.loads(answer.removeprefix("43/pairing,456"))[0]["state"] == "pending"


def test_leaving_a_namespace_does_not_end_the_connection(client: Client) -> None:
    """It joins again over the same one, as another socket."""
    first = joined(client)
    client.send("41/pairing,")
    assert joined(client) != first


def test_leaving_a_namespace_that_it_is_not_in_changes_nothing(client: Client) -> None:
    client.send("41/other,")
    client.send("41")
    assert joined(client)


@pytest.mark.parametrize("packet", [
    "4abc", "42/pairing,{}", '42/pairing,abc["x"]', "49", "47", "42/pairing,[]", "42/pairing,[1]", "44/pairing,{}",
    '42/pairing,' + "1" * 101 + '["x"]', '451-/pairing,["x",{"_placeholder":true,"num":0}]',
])  # fmt: skip
def test_an_invalid_packet_ends_the_connection(client: Client, packet: str) -> None:
    """Binary ones among them: this gateway's events have none."""
    joined(client)
    client.send(packet)
    assert client.ended()


@pytest.mark.parametrize("kind", [ByPolling, ByWebSocket, Upgraded])
@pytest.mark.parametrize("last", ["", "40", "40/other,", "40/pairing,\n41/pairing,"], ids=repr)
def test_a_client_without_a_namespace_is_dropped(hasty: LiveGateway, kind: type[Client], last: str) -> None:
    """A client that never joined, one that was refused, and one that has left: after the connect deadline."""
    client: Client = kind(hasty.url)  # type: ignore[call-arg]
    with at_most(20):
        for packet in filter(None, last.split("\n")):
            client.send(packet)
            if packet.startswith("40"):
                client.receive()
        assert client.ended()
