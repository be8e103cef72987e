"""Publications over the one connection, from a server that sends any RESP3 bytes."""

from __future__ import annotations

import pytest

from tests.unit.server.lines import eventlet
from tests.unit.server.resp3 import (
    PUSH,
    SOON,
    SUBSCRIBED,
    Client,
    Resp3Server,
    asked,
)

pytestmark = pytest.mark.usefixtures("redis_hub")


def test_the_refusal_of_a_subscription_is_no_other_calls_reply() -> None:
    """Redis refuses with an ordinary error. As the reply of the next call it would shift all later replies."""
    downs: list[str] = []

    def serve(client: Client, number: int) -> None:
        client.greet()
        if client.command()[0] == b"SUBSCRIBE" and number == 1:
            client.command()
            client.send(b"-NOPERM No permissions to access a channel\r\n+secret\r\n")
            client.command()
        client.send(SUBSCRIBED)
        while True:
            client.command()
            client.send(b"+own\r\n")

    with Resp3Server(serve) as server:
        up = eventlet.Event()
        server.channel.hear(["c"], lambda _text: None, lambda: up.send(None), downs.append)
        assert asked(server.channel, ("GET", "x"), repeatable=True) == ["own"]
        with eventlet.Timeout(SOON):
            up.wait()
    assert [why for why in downs if "No permissions" in why]


def test_messages_arrive_in_order_and_through_a_reconnection() -> None:
    told: list[str] = []
    published = eventlet.Event()

    def serve(client: Client, number: int) -> None:
        client.greet()
        assert client.command() == [b"SUBSCRIBE", b"c", b"d"]
        for channel, count in ((b"c", b"1"), (b"d", b"2")):
            client.send(b">3\r\n$9\r\nsubscribe\r\n$1\r\n" + channel + b"\r\n:" + count + b"\r\n")
        client.send(PUSH + b"$1\r\n%d\r\n" % number)
        if number == 1:
            client.close()
        else:
            published.send(None)
            client.command()

    with Resp3Server(serve) as server:
        server.channel.hear(["c", "d"], told.append, lambda: told.append("up"), lambda _why: told.append("down"))
        with eventlet.Timeout(SOON):
            published.wait()
            while len(told) < 5:
                eventlet.sleep(0)
    assert told == ["up", "1", "down", "up", "2"]


def test_a_bad_publication_does_not_end_the_hearing() -> None:
    heard: list[int] = []

    def serve(client: Client, _number: int) -> None:
        client.greet()
        client.command()
        client.send(
            SUBSCRIBED,
            *[PUSH + b"$1\r\n%s\r\n" % text for text in (b"1", b"x", b"3")],
        )
        client.command()

    with Resp3Server(serve) as server:
        server.channel.hear(["c"], lambda text: heard.append(int(text)), lambda: None, lambda _why: None)
        with eventlet.Timeout(SOON):
            while len(heard) < 2:
                eventlet.sleep(0)
    assert heard == [1, 3]
