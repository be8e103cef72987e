"""The one connection to Redis, against a server that sends RESP3 bytes as it pleases: every call gets its own reply.

However the bytes are cut.
"""

from __future__ import annotations

from typing import Any

import hiredis
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from redis.exceptions import ConnectionError, NoScriptError, ResponseError  # noqa: A004

from gateway.server.redis import multiplexed
from gateway.server.redis.private import PrivateRedis
from tests.unit.server.lines import eventlet
from tests.unit.server.resp3 import (
    PUSH,
    SOON,
    SUBSCRIBED,
    Client,
    Resp3Server,
    asked,
    connected,
    pieces_of,
    replies_to,
    replying,
    same,
)

pytestmark = pytest.mark.usefixtures("redis_hub")

# Bytes of a reply, and the value of the call.
REPLIES: dict[str, tuple[bytes, Any]] = {
    "text": (b"+OK\r\n", "OK"),
    "a number": (b":-7\r\n", -7),
    "bytes": (b"$5\r\nhe\r\no\r\n", "he\r\no"),
    "no bytes": (b"$0\r\n\r\n", ""),
    "Chinese": ("$6\r\n税务\r\n".encode(), "税务"),
    "no UTF-8": (b"$2\r\n\xff\xfe\r\n", "\ufffd\ufffd"),
    "null": (b"_\r\n", None),
    "RESP2's null": (b"$-1\r\n", None),
    "true": (b"#t\r\n", True),
    "false": (b"#f\r\n", False),
    "a fraction": (b",1.5\r\n", 1.5),
    "an empty list": (b"*0\r\n", []),
    "nested": (b"*3\r\n*2\r\n$2\r\nok\r\n_\r\n%1\r\n+a\r\n*1\r\n#f\r\n:3\r\n", [["ok", None], {"a": [False]}, 3]),
}
ERRORS: dict[str, tuple[bytes, type[Exception], str]] = {
    "an error": (b"-ERR no such thing\r\n", ResponseError, "no such thing"),
    "a script that is lost": (b"-NOSCRIPT No matching script\r\n", NoScriptError, "No matching script"),
    "loading": (b"-LOADING Redis is loading the dataset in memory\r\n", ConnectionError, "loading"),
}
ALL = b"".join(reply for reply, _ in REPLIES.values())


EXPECTED = [value for _, value in REPLIES.values()]


def test_replies_of_every_type_come_in_order_whole_and_byte_by_byte() -> None:
    for pieces in ([ALL], [ALL[at : at + 1] for at in range(len(ALL))]):
        told = replies_to(*pieces, count=len(REPLIES))
        assert all(map(same, told, EXPECTED)), told


def test_cut_at_every_offset_they_are_the_same() -> None:
    def serve(client: Client, _number: int) -> None:
        client.greet()
        for at in range(1, len(ALL)):
            for _ in REPLIES:
                client.command()
            client.send(*pieces_of(ALL, at))
        client.command()

    with Resp3Server(serve) as server:
        for at in range(1, len(ALL)):
            told = asked(server.channel, *(("GET", number) for number in range(len(REPLIES))))
            assert all(map(same, told, EXPECTED)), (ALL[:at], told)


@pytest.mark.parametrize(("reply", "kind", "text"), ERRORS.values(), ids=ERRORS)
def test_an_error_is_raised_where_it_belongs(reply: bytes, kind: type[Exception], text: str) -> None:
    before, told, after = replies_to(b"+a\r\n" + reply + b"+c\r\n", count=3)
    assert (before, after) == ("a", "c")
    assert isinstance(told, kind)
    assert text in str(told)


reply = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4),
    max_leaves=8,
)


def written(value: Any) -> bytes:
    """A value as Redis writes it."""
    if value is None:
        return b"_\r\n"
    if isinstance(value, bool):
        return b"#t\r\n" if value else b"#f\r\n"
    if isinstance(value, int):
        return b":%d\r\n" % value
    if isinstance(value, str):
        return b"$%d\r\n%s\r\n" % (len(value.encode()), value.encode())
    return b"*%d\r\n" % len(value) + b"".join(map(written, value))


@settings(deadline=None, max_examples=50)
@given(st.lists(reply, min_size=1, max_size=6), st.lists(st.text(max_size=5), max_size=3), st.data())
def test_replies_and_pushes_however_they_are_mixed_and_cut(
    values: list[Any], news: list[str], data: st.DataObject
) -> None:
    mixed = data.draw(
        st.permutations([*[(written(value), None) for value in values], *[(None, text) for text in news]])
    )
    # Replies keep their order: only where the pushes stand is drawn.
    ordered = iter(values)
    stream = b"".join(PUSH + written(text) if one is None else written(next(ordered)) for one, text in mixed)
    told_news = [text for one, text in mixed if one is None]
    offsets = data.draw(st.lists(st.integers(0, len(stream)), max_size=8))
    heard: list[str] = []

    def serve(client: Client, _number: int) -> None:
        client.greet()
        client.command()
        client.send(SUBSCRIBED)
        for _ in values:
            client.command()
        client.send(*pieces_of(stream, *offsets))
        client.command()

    with Resp3Server(serve) as server:
        up = eventlet.Event()
        server.channel.hear(["c"], heard.append, lambda: up.send(None), lambda _why: None)
        with eventlet.Timeout(SOON):
            up.wait()
        assert all(map(same, asked(server.channel, *(("GET", at) for at in range(len(values)))), values))
        with eventlet.Timeout(SOON):
            while len(heard) < len(told_news):
                eventlet.sleep(0)
    assert heard == told_news


@pytest.mark.parametrize(
    "push",
    [b">0\r\n", b">1\r\n$7\r\nmessage\r\n", b">2\r\n:1\r\n*0\r\n", b">2\r\n$10\r\ninvalidate\r\n_\r\n"],
    ids=["empty", "without its text", "of numbers", "of another kind"],
)
def test_a_push_that_means_nothing_here_changes_nothing(push: bytes) -> None:
    assert replies_to(push + b"+a\r\n" + push + b"+b\r\n", count=2) == ["a", "b"]


def test_a_caller_that_fails_on_its_reply_harms_no_other(capfd: pytest.CaptureFixture[str]) -> None:
    with Resp3Server(replying(b"-ERR bad\r\n+good\r\n", commands=2)) as server:
        connected(server.channel)
        dying = eventlet.spawn(server.channel.call, "GET", "x")
        assert asked(server.channel, ("GET", "y")) == ["good"]
        with pytest.raises(ResponseError):
            dying.wait()
        assert server.connections == 1
    capfd.readouterr()


def test_no_caller_gets_the_reply_of_one_that_gave_up() -> None:
    def serve(client: Client, _number: int) -> None:
        client.greet()
        client.command()
        client.command()
        client.send(b"+of the first\r\n+of the second\r\n")
        client.command()

    with Resp3Server(serve) as server:
        connected(server.channel)

        def give_up() -> None:
            with eventlet.Timeout(0.05, False):
                server.channel.call("GET", "x")

        eventlet.spawn(give_up).wait()
        assert asked(server.channel, ("GET", "y")) == ["of the second"]


def test_bytes_that_redis_reads_slowly_are_not_lost() -> None:
    """Megabytes of commands while it does not read: they are carried out when it does, in their order."""
    waiting_calls, text = 40, "x" * 200_000
    go = eventlet.Event()

    def serve(client: Client, _number: int) -> None:
        client.greet()
        go.wait()
        for number in range(waiting_calls):
            assert client.command()[1] == b"%d" % number
            client.send(b":%d\r\n" % number)
        client.command()

    with Resp3Server(serve) as server:
        connected(server.channel)
        calls = []
        for number in range(waiting_calls):
            calls.append(eventlet.spawn(asked, server.channel, ("SET", number, text)))
            eventlet.sleep(0)
        go.send(None)
        with eventlet.Timeout(SOON):
            assert [each.wait() for each in calls] == [[number] for number in range(waiting_calls)]
        assert server.connections == 1


def test_a_posted_command_reports_its_failure_alone() -> None:
    failures: list[str] = []
    with Resp3Server(replying(b"+fine\r\n-ERR bad\r\n+own\r\n", commands=3)) as server:
        assert not server.channel.post("SET", "x", on_failure=lambda error: failures.append(str(error)))
        connected(server.channel)
        for _ in range(2):
            assert server.channel.post("SET", "x", on_failure=lambda error: failures.append(str(error)))
        assert asked(server.channel, ("GET", "x")) == ["own"]
        with eventlet.Timeout(SOON):
            while not failures:
                eventlet.sleep(0)
    assert failures == ["bad"]


def test_commands_reach_the_server_as_hiredis_packs_them() -> None:
    sent = ("SET", "税务", b"\x00\r\n", 7)
    arrived: list[list[bytes]] = []

    def serve(client: Client, _number: int) -> None:
        client.greet()
        arrived.append(client.command())
        client.send(b"+OK\r\n")
        client.command()

    with Resp3Server(serve) as server:
        assert asked(server.channel, sent) == ["OK"]
    reader = hiredis.Reader()
    reader.feed(hiredis.pack_command(sent))
    assert arrived == [reader.gets()]


def test_against_the_real_server(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Scripts, errors, nested replies and publications between them, over Redis's own connection."""
    server = PrivateRedis(tmp_path_factory.mktemp("redis"))
    server.start()
    channel = multiplexed.Channel(server.url, SOON)
    try:
        heard: list[str] = []
        up = eventlet.Event()
        channel.hear(["news"], heard.append, lambda: up.send(None), lambda _why: None)
        with eventlet.Timeout(SOON):
            up.wait()
        told = asked(
            channel,
            ("EVAL", "return {1, {'a', false}, redis.call('PUBLISH', 'news', ARGV[1])}", 0, "税务"),
            ("EVAL", "redis.setresp(3) return {false, true}", 0),
            ("EVALSHA", "0" * 40, 0),
            ("HSET", "h", "a", 1),
            ("HGETALL", "h"),
            ("GET", "nothing"),
            *(("ECHO", str(number)) for number in range(200)),
        )
        assert told[0] == [1, ["a", None], 1]
        assert told[1] == [False, True]
        assert isinstance(told[2], NoScriptError)
        assert told[3:] == [1, {"a": "1"}, None, *map(str, range(200))]
        with eventlet.Timeout(SOON):
            while not heard:
                eventlet.sleep(0)
        assert heard == ["税务"]
    finally:
        channel.close()
        server.stop()
