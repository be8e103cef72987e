"""Sockets that do not behave: refused or closed, with memory and descriptors flat (SECURITY.md 21, 22)."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import struct
import sys
from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
import requests
import websocket

from gateway.config import Settings
from scan_to_login.testing.live import LiveGateway
from tests.integration.machine import descriptors, memory_kib
from tests.integration.wire import CLIENT, Socket, Wire, at_most, eventually, together

linux = pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ([], "malformed_request"),
        ([None], "malformed_request"),
        ([1], "malformed_request"),
        (["text"], "malformed_request"),
        ([[]], "malformed_request"),
        ([{"client": CLIENT}, {}], "malformed_request"),
        ([{}], "invalid_request"),
        ([{"client": []}], "invalid_request"),
        ([{"client": {**CLIENT, "name": 7}}], "invalid_request"),
        ([{"client": {**CLIENT, "name": "\ud800"}}], "invalid_request"),
        ([{"client": {**CLIENT, "name": "\x00"}}], "invalid_request"),
        ([{"client": CLIENT, "more": 1}], "invalid_request"),
        ([{"client": CLIENT, "replaces": {"ticket_id": "x"}}], "invalid_request"),
        ([{"client": CLIENT, "\ud800": 1}], "invalid_request"),
    ],
    ids=repr,
)
def test_an_event_that_does_not_fit_is_refused_in_its_acknowledgement(
    wire: Wire, arguments: list[object], code: str
) -> None:
    """Never silence; and the socket is as good as before."""
    with Socket(wire.url) as client:
        refused = client.call("request_ticket", *arguments)["error"]
        assert refused["code"] == code
        assert refused["detail"]
        assert client.request()["state"] == "pending"


def test_an_unknown_event_is_refused_with_the_known_ones(wire: Wire) -> None:
    with Socket(wire.url) as client:
        refused = client.call("confirm_ticket", {})["error"]
        assert refused["code"] == "not_found"
        assert "request_ticket" in refused["detail"]
        assert client.call("\ud800\x00", {})["error"]["code"] == "not_found"


@pytest.mark.parametrize("arguments", [[], [{}], ["text"], [[]]], ids=repr)
def test_the_name_of_the_librarys_catch_all_is_an_unknown_event_like_any_other(
    wire: Wire, arguments: list[object]
) -> None:
    with Socket(wire.url) as client:
        refused = client.call("*", *arguments)["error"]
        assert refused["code"] == "not_found"
        assert "'*'" in refused["detail"]


@pytest.mark.parametrize("event", ["connect", "disconnect"])
def test_a_client_cannot_pass_itself_off_as_the_transport(wire: Wire, event: str) -> None:
    """An event named like those of the library reaches no handler: neither address nor limit can be forged."""
    with Socket(wire.url) as client:
        for _ in range(20):
            client.request()
        client.send(f"42/pairing,{json.dumps([event, {'REMOTE_ADDR': '6.6.6.6'}])}")
        assert client.call("request_ticket", {"client": CLIENT})["error"]["code"] == "too_many_tickets"


def test_joining_twice_changes_nothing(wire: Wire) -> None:
    with Socket(wire.url) as client:
        for _ in range(20):
            client.request()
        client.send("40/pairing,")
        assert client.call("request_ticket", {"client": CLIENT})["error"]["code"] == "too_many_tickets"


def test_an_event_without_an_acknowledgement_is_done_all_the_same(wire: Wire) -> None:
    with Socket(wire.url) as client:
        issued = client.request()
        client.send(
            f"42/pairing,{json.dumps(['cancel_ticket', {n: issued[n] for n in ('ticket_id', 'claim_secret')}])}"
        )
        assert client.event()["state"] == "cancelled"


MALFORMED = [
    "4", "47", "49", "42", "42/pairing,", "42/pairing,[]", "42/pairing,{}", "42/pairing,[1]", "42/pairing,[null]",
    '42/pairing,[["a"]]', "42/pairing,nonsense", '42/pairing,99999999999999999999["request_ticket"]', "44/pairing,{}",
    "43/pairing,1[]", '42/other,["request_ticket"]', "4" + "2" * 5000, "42/pairing," + "[" * 30_000,
    '42/pairing,["connect"]', "40/pairing,", "42/" + "a" * 5000 + ',["x"]',
]  # fmt: skip


@pytest.mark.parametrize("packet", MALFORMED, ids=lambda packet: packet[:24])
def test_an_unreadable_packet_affects_no_other_client(wire: Wire, packet: str) -> None:
    """Some are passed over, after a few the line is cut; another socket's ticket does not notice."""
    with Socket(wire.url) as bystander, Socket(wire.url) as client:
        for _ in range(5):
            try:
                client.send(packet)
            except (OSError, websocket.WebSocketException):
                break
        assert bystander.request()["state"] == "pending"


@pytest.mark.parametrize(
    "packet", ["42/pairing,[]", "42/pairing,{}", "42/pairing,nonsense", "49", "4abc", "44/pairing,"]
)
def test_an_invalid_packet_ends_the_connection(wire: Wire, packet: str) -> None:
    """At once, as Socket.IO's protocol has it."""
    with Socket(wire.url) as client:
        client.send(packet)
        assert client.ended()


@pytest.mark.parametrize("packet", ['42/pairing,["connect"]', "40/pairing,", '42/other,["request_ticket"]'])
def test_a_few_packets_out_of_place_end_the_connection(wire: Wire, packet: str) -> None:
    with Socket(wire.url) as client:
        for _ in range(3):
            client.send(packet)
        assert client.ended()


@pytest.mark.parametrize("packet", ["", "9", "x", "7", "4[" + "[" * 60_000, "b4AAAA", "5", "0{}"])
def test_an_invalid_engine_io_packet_leaves_no_socket_behind(wire: Wire, packet: str) -> None:
    """Closed or passed over, and the gateway goes on."""
    with Socket(wire.url) as client:
        client.connection.send(packet)
        client.connection.settimeout(0.2)
        with contextlib.suppress(OSError, websocket.WebSocketException):
            client.connection.recv()
    assert wire.call("GET", "/healthz").status == 200


@pytest.mark.parametrize("packet", ['451-/pairing,["request_ticket",{"_placeholder":true,"num":0}]',
                                    '4599999-/pairing,["x"]', "461-/pairing,1[]"])  # fmt: skip
def test_a_binary_event_ends_the_connection(wire: Wire, packet: str) -> None:
    with Socket(wire.url) as client:
        client.send(packet)
        assert client.ended()


def test_a_binary_frame_ends_the_connection(wire: Wire) -> None:
    with Socket(wire.url) as client:
        client.connection.send_binary(b"\x00" * 100)
        assert client.ended()


def test_a_frame_over_64_kib_ends_the_connection(wire: Wire) -> None:
    with Socket(wire.url) as client:
        try:
            client.send("42/pairing," + " " * 65_536)
        except (OSError, websocket.WebSocketException):
            return
        assert client.ended()


def frame(payload: bytes, opcode: int, *, final: bool) -> bytes:
    """A masked WebSocket frame (RFC 6455 section 5.2) with a mask of zeros."""
    length = len(payload)
    size = struct.pack("!B", 128 | length) if length < 126 else struct.pack("!BH", 128 | 126, length)
    return struct.pack("!B", (128 if final else 0) | opcode) + size + bytes(4) + payload


@linux
@pytest.mark.parametrize("piece", [b"x" * 32_000, b""], ids=["large", "empty"])
def test_endless_fragments_end_the_connection_before_memory_grows(
    wire: Wire, mistreated: LiveGateway, piece: bytes
) -> None:
    """A message that never ends: 1009, told by the running total and not by the single frame."""
    before = memory_kib(mistreated.pid)
    with Socket(wire.url) as client:
        line = client.connection.sock
        line.sendall(frame(b"4", 1, final=False))
        with contextlib.suppress(OSError):
            for _ in range(4000):
                line.sendall(frame(piece, 0, final=False))
                if not piece:
                    line.sendall(frame(b"", 9, final=True))
        assert client.ended()
    assert memory_kib(mistreated.pid) - before < 20_000


def test_a_message_in_a_few_fragments_is_read(wire: Wire) -> None:
    """Fragments are no crime."""
    with Socket(wire.url) as client:
        packet = f"42/pairing,1{json.dumps(['request_ticket', {'client': CLIENT}])}".encode()
        line = client.connection.sock
        line.sendall(frame(packet[:20], 1, final=False) + frame(packet[20:50], 0, final=False))
        line.sendall(frame(b"", 9, final=True) + frame(packet[50:], 0, final=True))
        assert client.connection.recv().startswith("43/pairing,1[")


def test_a_socket_that_never_joins_is_closed(wire: Wire) -> None:
    """After the seconds of the setting: ten by default, two here. A socket that joined stays."""
    with Socket(wire.url) as joined, Socket(wire.url, join=False) as stranger, Socket(wire.url, join=False) as other:
        other.send("40/other,")
        with at_most(8):
            assert stranger.ended()
            assert other.ended()
        assert joined.request()["state"] == "pending"


@linux
def test_polling_sockets_that_never_come_back_are_let_go(wire: Wire, mistreated: LiveGateway) -> None:
    """A hundred handshakes by HTTP, malformed posts among them: no descriptor and no answer is left hanging."""
    before = descriptors(mistreated.pid)
    address = f"{wire.url}/socket.io/?EIO=4&transport=polling"

    def visit() -> None:
        opened = requests.get(address, timeout=10, headers={"Connection": "close"})
        sid = json.loads(opened.text[1:])["sid"]
        for body in (b"\xff\xfe", b"9", b"4" * 10, b"\x1e" * 40, b"451-[]"):
            requests.post(f"{address}&sid={sid}", data=body, timeout=10, headers={"Connection": "close"})

    with at_most(30):
        together([visit] * 60, threads=20)
    eventually(lambda: descriptors(mistreated.pid) <= before + 5)


@pytest.mark.slow
def test_1024_half_sent_requests_block_no_other_client(wire: Wire, mistreated: LiveGateway) -> None:
    """The gateway closes them after five seconds; until then it serves all others (STACK.md 2)."""
    parts = urlsplit(wire.url)  # over TLS these are no handshake: cut at once
    half: list[socket.socket] = []
    try:
        for number in range(1024):
            half.append(socket.create_connection((str(parts.hostname), parts.port), timeout=5))
            half[-1].sendall(b"POST /api/v1/tickets HTTP/1.1\r\nHost: x\r\nContent-Le" if number % 2 else b"G")
        with at_most(4):
            assert wire.call("GET", "/healthz").status == 200
            with Socket(wire.url) as client:
                assert client.request()["state"] == "pending"
        for line in half:
            line.settimeout(30)
        assert half[0].recv(4096) is not None
        assert half[-1].recv(4096) is not None
    finally:
        for line in half:
            line.close()


@linux
@pytest.mark.slow
def test_afterwards_no_resource_stays_open(wire: Wire, mistreated: LiveGateway) -> None:
    """Three hundred clients that come, request and vanish: descriptors and memory are back where they were."""

    def come_and_go() -> None:
        with Socket(wire.url) as client:
            client.request()
            os.close(client.connection.sock.detach())

    def round_of(count: int) -> Callable[[], None]:
        return lambda: [together([come_and_go] * count, threads=20), None][1]

    round_of(100)()
    eventually(lambda: descriptors(mistreated.pid) < 100)
    before, open_before = memory_kib(mistreated.pid), descriptors(mistreated.pid)
    round_of(300)()
    # Of three hundred none; the pool of connections to Redis may have grown meanwhile.
    eventually(lambda: descriptors(mistreated.pid) <= open_before + Settings.model_fields["redis_connections"].default)
    assert memory_kib(mistreated.pid) - before < 15_000
