"""The one connection to Redis, against a server that sends RESP3 bytes as it pleases: every call gets its own reply.

However the bytes are cut, and wherever the connection is.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from typing import Any

import hiredis
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from redis.exceptions import ConnectionError, NoScriptError, ResponseError, TimeoutError  # noqa: A004

from gateway.foundation import background
from gateway.server.redis import multiplexed
from gateway.server.redis.private import PrivateRedis
from tests.unit.server.lines import eventlet
from tests.unit.server.resp3 import SOON, Client, Resp3Server, asked, connected

PUSH = b">3\r\n$7\r\nmessage\r\n$1\r\nc\r\n"
# Bytes of a reply, and what the call gets.
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


@pytest.fixture(autouse=True)
def hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """One of this module's own; and the keeper's pauses are the hub's, as in a gateway that serves, but shorter."""
    eventlet.hubs.use_hub()
    monkeypatch.setattr(multiplexed, "_TURN_SECONDS", 0.01)
    monkeypatch.setattr(background, "threading", eventlet.import_patched("threading"))
    yield
    eventlet.hubs.use_hub()


def replying(*pieces: bytes, commands: int) -> Callable[[Client, int], None]:
    """A server that waits for so many commands, and then sends the pieces."""

    def serve(client: Client, _number: int) -> None:
        client.greet()
        for _ in range(commands):
            client.command()
        client.send(*pieces)
        client.command()

    return serve


def same(left: Any, right: Any) -> bool:
    """Equal, with errors compared by kind and text."""
    return (type(left), str(left)) == (type(right), str(right))


def pieces_of(data: bytes, *offsets: int) -> list[bytes]:
    """``data`` cut there."""
    ends = [0, *sorted(offsets), len(data)]
    return [data[start:end] for start, end in itertools.pairwise(ends) if end > start]


def replies_to(*pieces: bytes, count: int = len(REPLIES)) -> list[Any]:
    """What ``count`` calls get, made at once."""
    with Resp3Server(replying(*pieces, commands=count)) as server:
        return asked(server.channel, *(("GET", number) for number in range(count)))


EXPECTED = [value for _, value in REPLIES.values()]


def test_replies_of_every_type_come_in_order_whole_and_byte_by_byte() -> None:
    for pieces in ([ALL], [ALL[at : at + 1] for at in range(len(ALL))]):
        told = replies_to(*pieces)
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
        client.send(b">3\r\n$9\r\nsubscribe\r\n$1\r\nc\r\n:1\r\n")
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


def test_a_connection_cut_at_every_offset_gives_each_call_its_reply_or_an_error() -> None:
    """None gets another's; what comes after the cut is served by a new connection."""
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


def test_what_may_be_repeated_is_sent_again_and_nothing_else() -> None:
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


def test_while_redis_loads_its_data_what_may_be_repeated_waits_and_the_rest_is_told() -> None:
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


def test_a_redis_that_greets_nobody_is_tried_again() -> None:
    def serve(client: Client, number: int) -> None:
        if number < 2:
            client.command()  # and not a word
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
    [b"+nobody's\r\n", b"HTTP/1.1 400 Bad Request\r\n", b"*1\r\n@\r\n", b">3\r\n$9\r\nsubscribe\r\n$1\r\nc\r\n:1\r\n"],
    ids=["a reply for nobody", "no RESP", "an unknown type within", "a confirmation that nobody asked for"],
)
def test_after_what_nobody_can_place_a_new_connection_is_made(nonsense: bytes) -> None:
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


@pytest.mark.parametrize(
    "push",
    [b">0\r\n", b">1\r\n$7\r\nmessage\r\n", b">2\r\n:1\r\n*0\r\n", b">2\r\n$10\r\ninvalidate\r\n_\r\n"],
    ids=["empty", "without its text", "of numbers", "of another kind"],
)
def test_a_push_that_means_nothing_here_changes_nothing(push: bytes) -> None:
    assert replies_to(push + b"+a\r\n" + push + b"+b\r\n", count=2) == ["a", "b"]


def test_a_subscription_that_is_refused_is_nobody_elses_reply() -> None:
    """Redis refuses with an ordinary error: taken for the next call's reply, each would get another's from then on."""
    downs: list[str] = []

    def serve(client: Client, number: int) -> None:
        client.greet()
        if client.command()[0] == b"SUBSCRIBE" and number == 1:
            client.command()
            client.send(b"-NOPERM No permissions to access a channel\r\n+secret\r\n")
            client.command()
        client.send(b">3\r\n$9\r\nsubscribe\r\n$1\r\nc\r\n:1\r\n")
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


def test_messages_are_told_in_order_and_through_a_reconnection() -> None:
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
            b">3\r\n$9\r\nsubscribe\r\n$1\r\nc\r\n:1\r\n",
            *[PUSH + b"$1\r\n%s\r\n" % text for text in (b"1", b"x", b"3")],
        )
        client.command()

    with Resp3Server(serve) as server:
        server.channel.hear(["c"], lambda text: heard.append(int(text)), lambda: None, lambda _why: None)
        with eventlet.Timeout(SOON):
            while len(heard) < 2:
                eventlet.sleep(0)
    assert heard == [1, 3]


def test_a_caller_that_dies_of_its_reply_takes_nobody_with_it(capfd: pytest.CaptureFixture[str]) -> None:
    with Resp3Server(replying(b"-ERR bad\r\n+good\r\n", commands=2)) as server:
        connected(server.channel)
        dying = eventlet.spawn(server.channel.call, "GET", "x")
        assert asked(server.channel, ("GET", "y")) == ["good"]
        with pytest.raises(ResponseError):
            dying.wait()
        assert server.connections == 1
    capfd.readouterr()


def test_a_caller_that_gives_up_leaves_its_reply_to_nobody() -> None:
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


def test_closed_by_who_gets_the_first_reply_the_others_are_told() -> None:
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


def test_what_redis_reads_slowly_is_not_lost() -> None:
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


def test_a_posted_command_tells_its_failure_and_nothing_else() -> None:
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
