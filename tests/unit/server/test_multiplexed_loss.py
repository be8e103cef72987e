"""The one connection to Redis is lost at every point: each call gets its own reply or an error, once."""

from __future__ import annotations

import pytest
from redis.exceptions import ConnectionError, TimeoutError  # noqa: A004

from tests.unit.server.lines import eventlet
from tests.unit.server.resp3 import (
    SOON,
    SUBSCRIBED,
    Client,
    Resp3Server,
    asked,
    connected,
    replying,
)

pytestmark = pytest.mark.usefixtures("redis_hub")


def test_a_connection_cut_at_every_offset_gives_each_call_its_reply_or_an_error() -> None:
    """No call gets another's reply; a new connection serves the calls after the cut."""
    stream = b"$1\r\na\r\n:2\r\n*1\r\n_\r\n"
    whole = ["a", 2, [None]]
    complete = [len(b"$1\r\na\r\n"), len(b"$1\r\na\r\n:2\r\n"), len(stream)]

    def serve(client: Client, number: int) -> None:
        client.greet()
        if number % 2:
            for _ in whole:
                client.command()
            client.send(stream[: number // 2])
            client.close()
        else:
            assert client.command() == [b"AFTER"]
            client.send(b"+after\r\n")
            client.close()  # at once, for the next round

    with Resp3Server(serve) as server:
        for at in range(len(stream)):
            told = asked(server.channel, ("A",), ("B",), ("C",))
            for value, end, got in zip(whole, complete, told, strict=True):
                if end <= at:
                    assert got == value, (at, told)
                else:
                    assert isinstance(got, ConnectionError), (at, told)
            assert asked(server.channel, ("AFTER",), repeatable=True) == ["after"]
            with eventlet.Timeout(SOON):
                while server.channel._ready:
                    eventlet.sleep(0)


def test_only_repeatable_commands_are_sent_again() -> None:
    """The reply is lost after the command has arrived: it may have been carried out."""
    arrived: list[tuple[int, bytes]] = []

    def serve(client: Client, number: int) -> None:
        client.greet()
        while True:
            words = client.command()
            arrived.append((number, words[1]))
            if number == 1 and len(arrived) == 2:
                client.close()
                return
            if number > 1:
                client.send(b"+done\r\n")

    with Resp3Server(serve) as server:
        connected(server.channel)
        waiting = [
            eventlet.spawn(asked, server.channel, ("EVALSHA", name), repeatable=repeatable)
            for name, repeatable in (("named", True), ("unnamed", False))
        ]
        with eventlet.Timeout(SOON):
            (named,), (unnamed,) = (each.wait() for each in waiting)
    assert named == "done"
    assert isinstance(unnamed, ConnectionError)
    assert arrived == [(1, b"named"), (1, b"unnamed"), (2, b"named")]


def test_while_redis_loads_its_data_repeatable_commands_wait_and_others_fail() -> None:
    arrived: list[bytes] = []

    def serve(client: Client, _number: int) -> None:
        client.greet()
        while True:
            arrived.append(client.command()[1])
            loading = arrived.count(b"named") < 4
            client.send(b"-LOADING Redis is loading the dataset in memory\r\n" if loading else b"+done\r\n")

    with Resp3Server(serve) as server:
        (told,) = asked(server.channel, ("EVALSHA", "unnamed"))
        assert isinstance(told, ConnectionError)
        assert asked(server.channel, ("EVALSHA", "named"), repeatable=True) == ["done"]
    assert arrived == [b"unnamed", *[b"named"] * 4]


def test_a_redis_that_stays_silent_is_a_timeout_and_the_next_connection_serves() -> None:
    """The first call's time is over; the second may be repeated, and has time left."""

    def serve(client: Client, number: int) -> None:
        client.greet()
        while True:
            client.command()
            if number > 1:
                client.send(b"+done\r\n")

    with Resp3Server(serve, timeout=1.0) as server:
        first = eventlet.spawn(asked, server.channel, ("EVALSHA", "unnamed"))
        while not server.connections:
            eventlet.sleep(0)
        eventlet.sleep(0.5)  # the second call's deadline is that much later
        second = eventlet.spawn(asked, server.channel, ("EVALSHA", "named"), repeatable=True)
        with eventlet.Timeout(SOON):
            assert isinstance(first.wait()[0], TimeoutError)
            assert second.wait() == ["done"]


def test_a_redis_that_does_not_answer_hello_is_tried_again() -> None:
    def serve(client: Client, number: int) -> None:
        if number < 2:
            client.command()  # without an answer
        else:
            client.greet()
            while True:
                client.command()
                client.send(b"+done\r\n")

    with Resp3Server(serve, timeout=0.3) as server:
        (told,) = asked(server.channel, ("GET", "x"))
        assert isinstance(told, ConnectionError)
        for _ in range(20):
            if asked(server.channel, ("GET", "x"), repeatable=True) == ["done"]:
                break
        assert asked(server.channel, ("GET", "x"), repeatable=True) == ["done"]


@pytest.mark.parametrize(
    "nonsense",
    [b"+nobody's\r\n", b"HTTP/1.1 400 Bad Request\r\n", b"*1\r\n@\r\n", SUBSCRIBED],
    ids=["a reply for nobody", "no RESP", "an unknown type within", "a confirmation that nobody asked for"],
)
def test_an_unexpected_reply_leads_to_a_new_connection(nonsense: bytes) -> None:
    def serve(client: Client, number: int) -> None:
        client.greet()
        while True:
            client.command()
            client.send(b"+first\r\n" + nonsense if number == 1 else b"+second\r\n")

    with Resp3Server(serve) as server:
        assert asked(server.channel, ("GET", "x")) == ["first"]
        with eventlet.Timeout(SOON):
            while server.channel._ready:
                eventlet.sleep(0)
        assert asked(server.channel, ("GET", "x")) == ["second"]


def test_if_the_first_caller_closes_the_connection_the_others_get_an_error() -> None:
    with Resp3Server(replying(b"+a\r\n+b\r\n", commands=2)) as server:
        connected(server.channel)

        def close() -> None:
            server.channel.call("GET", "x")
            server.channel.close()

        closing = eventlet.spawn(close)
        (told,) = asked(server.channel, ("GET", "y"), repeatable=True)
        closing.wait()
        assert isinstance(told, ConnectionError)
        assert str(told) == "closed"


def test_once_closed_it_connects_no_more() -> None:
    def serve(client: Client, _number: int) -> None:
        client.greet()
        client.command()
        client.command()

    with Resp3Server(serve) as server:
        waiting = eventlet.spawn(asked, server.channel, ("GET", "x"), repeatable=True)
        while not server.channel._ready:
            eventlet.sleep(0)
        server.channel.close()
        with eventlet.Timeout(SOON):
            (told,) = waiting.wait()
        assert isinstance(told, ConnectionError)
        (later,) = asked(server.channel, ("GET", "x"), repeatable=True)
        assert isinstance(later, ConnectionError)
        assert server.connections == 1
