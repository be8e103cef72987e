"""One Redis connection for all of a worker's scripts and publications (RESP3).

Commands of one turn of the hub are written together, replies come in order, publications between them.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any

import eventlet
import greenlet
import hiredis
from eventlet.green import socket
from eventlet.hubs import get_hub
from redis.connection import parse_url
from redis.exceptions import ConnectionError, RedisError, TimeoutError  # noqa: A004

from gateway.foundation.background import Loop
from gateway.foundation.telemetry.log_events import LogEvent
from gateway.foundation.telemetry.logs import log
from gateway.server.connection import Connection
from gateway.server.greenlet_pool import run_now
from gateway.server.redis.replies import Call, OutOfStep, Replies
from gateway.server.redis.subscription import Subscription
from gateway.server.redis.watch import NEVER, SILENCE_SECONDS, Watch

FIRST_BACK_OFF_SECONDS = 0.02
LONGEST_BACK_OFF_SECONDS = 0.5
# A connection that was lost sooner is not made again at once.
STEADY_SECONDS = 0.25
# Commands that Redis has not read yet: a connection's usual limit is meant for one client.
MOST_UNSENT = 67_108_864


class Channel:
    """The connection: made when it is first needed, and made again, sooner first and then later, when it is lost."""

    def __init__(self, url: str, timeout: float) -> None:
        self._options: dict[str, Any] = parse_url(url)  # type: ignore[no-untyped-call]
        # At a Unix socket the kernel tells the end of the process at its other end.
        self._silence = NEVER if "path" in self._options else SILENCE_SECONDS
        self._timeout = timeout
        self._wire: Connection | None = None
        self._socket: Any = None
        self._ready = self._closed = False
        self.scripts: set[str] = set()  # SHA-1 of those that the present connection has sent as text
        self._replies, self._watch = self._new_replies()
        self._out: list[bytes] = []
        self._flushing = False
        self._keeper: Loop | None = None
        self._arrived: Any = None
        self._when_connected: list[Callable[[], None]] = []
        self._subscription: Subscription | None = None

    def call(self, *command: Any, repeatable: bool = False) -> Any:
        """Send one command and wait for its reply. Raises redis-py's errors.

        Only if ``repeatable`` it is sent again where its reply was lost, for it may have been carried out; and where
        Redis replies that it cannot serve yet (it loads its data), after a pause.
        """
        deadline = time.monotonic() + self._timeout
        data = hiredis.pack_command(command)
        while True:
            self._await_connection(deadline)
            self._write(data)
            caller = greenlet.getcurrent()
            call = Call(caller, deadline)
            self._expect(call)
            hub = get_hub()
            try:
                # To its parent any greenlet may go straight; the hub's own way is for those that began elsewhere.
                reply = hub.greenlet.switch() if caller.parent is hub.greenlet else hub.switch()
            finally:
                call.waiter = None
            if repeatable and isinstance(reply, ConnectionError | TimeoutError) and time.monotonic() < deadline:
                if self._ready:  # it is Redis's own reply: asked again at once, it would be the same
                    eventlet.sleep(FIRST_BACK_OFF_SECONDS)
                continue
            if isinstance(reply, Exception):
                raise reply
            return reply

    def post(self, *command: Any, on_failure: Callable[[RedisError], None]) -> bool:
        """Send one command and do not wait; False, and nothing is sent, where there is no connection now.

        What is called afterwards is carried out after it. ``on_failure`` is called, in a greenlet of its own, with an
        error that is the reply, or that the reply was lost by.
        """
        if not self._ready:
            return False
        self._write(hiredis.pack_command(command))
        self._expect(Call(None, time.monotonic() + self._timeout, on_failure))
        return True

    def when_connected(self, function: Callable[[], None]) -> None:
        """Call ``function`` once, in a greenlet of its own and before waiting calls, when there is a connection."""
        if self._ready:
            run_now(function)
        else:
            self._when_connected.append(function)
            self._keep()

    def hear(
        self, channels: Sequence[str], on_message: Callable[[str], None],
        on_up: Callable[[], None], on_down: Callable[[str], None],
    ) -> None:  # fmt: skip
        """Hear channels from now on, through every reconnection.

        ``on_up`` is called each time that they are heard, ``on_down`` when not; all in a greenlet, one after the other.
        """
        self._subscription = Subscription(channels, on_message, on_up, on_down)
        if self._ready:
            self._subscribe(self._subscription)
        else:
            self._keep()

    def close(self) -> None:
        """Let go of the connection for good: who waits, and who calls later, gets a ConnectionError."""
        self._closed = True
        keeper, self._keeper = self._keeper, None
        subscription, self._subscription = self._subscription, None
        if subscription is not None:
            subscription.end()
        if keeper is not None:
            keeper.stop()
        self._lose(ConnectionError("closed"))
        self._wake_waiting()

    # -- the connection's life

    def _await_connection(self, deadline: float) -> None:
        while not self._ready:
            if self._closed:
                raise ConnectionError("closed")
            self._keep()
            if self._arrived is None:
                self._arrived = eventlet.Event()
            with eventlet.Timeout(max(0.0, deadline - time.monotonic()), False):
                self._arrived.wait()
                continue
            raise ConnectionError("Redis cannot be reached.")

    def _wake_waiting(self) -> None:
        """There is a connection, or there will be none."""
        arrived, self._arrived = self._arrived, None
        if arrived is not None:
            arrived.send(None)

    def _keep(self) -> None:
        if self._keeper is None and not self._closed:
            self._keeper = Loop(
                "redis-channel", self._hold, spawn=eventlet.spawn,
                first_pause=FIRST_BACK_OFF_SECONDS, longest_pause=LONGEST_BACK_OFF_SECONDS,
            )  # fmt: skip
            self._keeper.start()

    def _hold(self) -> None:
        """Connect, and return once that connection is lost. Raises what keeps it from connecting."""
        keeper = self._keeper
        if keeper is None:
            return  # closed meanwhile
        try:
            self._connect()
        except (Exception, eventlet.Timeout) as error:
            lost = ConnectionError(f"Redis cannot be reached: {error}")
            self._lose(lost)
            if isinstance(error, OSError | RedisError | eventlet.Timeout):
                raise lost from error
            raise
        if keeper is not self._keeper:
            self._lose(ConnectionError("closed"))
            return
        began = time.monotonic()
        keeper.well()
        while self._wire is not None:
            keeper.sleep(None)
        if time.monotonic() - began < STEADY_SECONDS:
            keeper.wait(STEADY_SECONDS)

    def _connect(self) -> None:
        options = self._options
        with eventlet.Timeout(self._timeout):
            if "path" in options:
                sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
                sock.connect(options["path"])
            else:
                sock = socket.create_connection((options.get("host", "localhost"), int(options.get("port", 6379))))
                sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._replies, self._watch = self._new_replies()
            self.scripts = set()
            self._socket = sock  # let go of, it would close the line
            sock.fd.setblocking(False)
            self._wire = Connection(
                sock.fd, self._received, lambda: self._lose(ConnectionError("Redis closed the line."))
            )
            self._wire.most_unread = MOST_UNSENT
            self._greet(options)
        self._ready = True
        self._watch.begin()
        if self._subscription is not None:
            self._subscribe(self._subscription)
        functions, self._when_connected = self._when_connected, []
        for function in functions:
            run_now(function)
        self._wake_waiting()

    def _greet(self, options: dict[str, Any]) -> None:
        hello: list[Any] = ["HELLO", 3]
        if options.get("password"):
            hello += ["AUTH", options.get("username") or "default", options["password"]]
        for command in (hello, ["SELECT", options.get("db", 0)]):
            self._write(hiredis.pack_command(tuple(command)))
            call = Call(greenlet.getcurrent(), time.monotonic() + self._timeout)
            self._replies.expect(call)
            try:
                reply = get_hub().switch()
            finally:
                call.waiter = None  # where the time is over, it waits for something else by then
            if isinstance(reply, Exception):
                raise reply

    def _lose(self, error: RedisError) -> None:
        """The connection is over: every waiting call gets ``error``."""
        wire, self._wire = self._wire, None
        was_ready, self._ready = self._ready, False
        self._watch.end()
        self._out.clear()
        self._replies.end(error)
        if was_ready and self._subscription is not None:
            self._subscription.down(str(error))
        if wire is not None:
            wire.cut()
        if self._keeper is not None:
            self._keeper.wake()

    # -- bytes out, bytes in

    def _write(self, data: bytes) -> None:
        self._out.append(data)
        if not self._flushing:
            self._flushing = True
            get_hub().schedule_call_global(0, self._flush)

    def _flush(self) -> None:
        self._flushing = False
        if self._wire is not None and self._out:
            data = b"".join(self._out)
            self._out.clear()
            self._wire.write(data)

    def _received(self, data: bytes) -> None:
        self._watch.heard_at = time.monotonic()
        try:
            self._replies.feed(data)
        except (OutOfStep, hiredis.HiredisError) as error:
            log.warning(LogEvent.REDIS_OUT_OF_STEP, error=str(error))
            self._lose(ConnectionError(f"Redis answered out of turn: {error}"))

    def _new_replies(self) -> tuple[Replies, Watch]:
        replies = Replies(self._published, self._subscribed)
        return replies, Watch(replies, self._silence, self._ask, self._time_out)

    def _expect(self, call: Call) -> None:
        self._replies.expect(call)
        if call.deadline < self._watch.at:
            self._watch.by(call.deadline)

    def _ask(self) -> None:
        self._write(hiredis.pack_command(("PING",)))
        self._expect(Call(None, time.monotonic() + self._timeout))

    def _time_out(self) -> None:
        self._lose(TimeoutError("Redis has not answered in time."))

    # -- publications

    def _subscribe(self, subscription: Subscription) -> None:
        command: tuple[Any, ...] = ("SUBSCRIBE", *subscription.channels)
        self._write(hiredis.pack_command(command))
        self._expect(Call(None, time.monotonic() + self._timeout, to_confirm=len(subscription.channels)))

    def _published(self, text: str) -> None:
        if self._subscription is not None:
            self._subscription.message(text)

    def _subscribed(self) -> None:
        if self._subscription is not None:
            self._subscription.up()
