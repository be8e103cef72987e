"""Redis Cluster and Sentinel: a client that follows the primary of the gateway's keys.

All keys are in one slot (docs/decisions/0005-one-slot.md), so a cluster looks like a Sentinel service: one primary,
which a failover may change. The client asks for its address at each connect, and again after each error. A command that
another node refused (MOVED, READONLY, CLUSTERDOWN, ...) was not executed: the client sends it again, to the present
primary, until the time-out.
"""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Callable
from typing import Any, Final, Literal, TypeVar

import redis
from redis.backoff import ExponentialBackoff
from redis.exceptions import (
    AskError,
    ClusterDownError,
    MasterDownError,
    ReadOnlyError,
    RedisError,
    ResponseError,
    TryAgainError,
)
from redis.retry import Retry

from gateway.foundation.redis.address import Address, Deployment
from gateway.foundation.redis.nodes import Nodes, nodes_of

T = TypeVar("T")

ALL: Final = "all"
"""As many acknowledgements as there are replicas that may be promoted."""
UNANSWERED_SECONDS: Final = 1.0
"""Where no node answers, connections stay as they are, and the nodes are asked again after so long."""
COUNTED_SECONDS: Final = 1.0
SAME_ANSWER_SECONDS: Final = 0.03
_SHARE_OF_WAIT: Final = 0.7
# Refused, not run. MOVED is an AskError for redis-py.
_ELSEWHERE: Final = (AskError, ClusterDownError, MasterDownError, ReadOnlyError, TryAgainError)
_NOT_NOW: Final = "non local key"


class NotReplicated(redis.TimeoutError):
    """A change was made, but too few replicas acknowledged it in time: a failover may lose it."""


class TooFewReplicas(redis.ConnectionError):
    """The primary has refused a change: too few replicas are connected to it (``min-replicas-to-write``)."""


class Primary:
    """The address of the primary. One query at a time for all callers; a failed query is repeated."""

    def __init__(self, look: Callable[[], Address]) -> None:
        self._look = look
        self._address: Address | None = None
        self._looked_at = 0.0
        self._unanswered_at = float("-inf")
        self._doubted = True
        self._lock = threading.Lock()

    def address(self) -> Address:
        """Host and port. Raises ConnectionError if no node knows."""
        with self._lock:
            fresh = time.monotonic() - self._looked_at < SAME_ANSWER_SECONDS
            if self._address is None or (self._doubted and not fresh):
                self._address = self._look()
                self._looked_at = time.monotonic()
                self._doubted = False
            return self._address

    def doubt(self, address: Address | None = None) -> None:
        """Note that ``address`` (default: the present one) may no longer be the primary."""
        if address is None or address == self._address:
            self._doubted = True

    def has_left(self, address: Address) -> bool:
        """Whether the primary is known to have left ``address``; asks again only after a doubt."""
        if self._doubted and time.monotonic() - self._unanswered_at > UNANSWERED_SECONDS:
            try:
                return self.address() != address
            except RedisError:
                self._unanswered_at = time.monotonic()
        return self._address not in (None, address)

    def is_still(self, address: Address) -> bool:
        """Whether the nodes name ``address`` now; True if no node answers."""
        try:
            return self._look() == address
        except RedisError:
            return True


class RetryWithin(Retry):
    """Retries with a growing pause, until one command's time-out has passed."""

    def __init__(self, seconds: float) -> None:
        super().__init__(ExponentialBackoff(cap=0.2, base=0.02), -1)
        self._seconds = seconds

    def call_with_retry(
        self,
        do: Callable[[], T],
        fail: Callable[..., Any],
        is_retryable: Callable[[Exception], bool] | None = None,
        with_failure_count: bool = False,
    ) -> T:
        """As in redis-py; the last error is raised once the time is over."""
        give_up = time.monotonic() + self._seconds
        failures = 0
        while True:
            try:
                return do()
            except self._supported_errors as error:
                if is_retryable and not is_retryable(error):
                    raise
                failures += 1
                fail(*((error, failures) if with_failure_count else (error,)))
                pause = self._backoff.compute(failures)
                if time.monotonic() + pause >= give_up:
                    raise
                time.sleep(pause)

    __hash__ = Retry.__hash__


class _Following:
    """Makes a connection of redis-py connect to the present primary."""

    host: str
    port: int
    _sock: Any

    def __init__(self, *, primary: Primary, **options: Any) -> None:
        self._primary = primary
        super().__init__(redis_connect_func=_Following._joined, **options)  # type: ignore[call-arg]

    def connect(self) -> None:
        """As in redis-py; a connection to a primary that has left is not used again."""
        if self._sock is not None and self._primary.has_left((self.host, self.port)):
            self.disconnect()  # type: ignore[attr-defined]
        super().connect()  # type: ignore[misc]

    def _connect(self) -> socket.socket:
        self.host, self.port = self._primary.address()
        try:
            return super()._connect()  # type: ignore[misc,no-any-return]
        except OSError:
            self._primary.doubt((self.host, self.port))
            raise

    def _joined(self) -> None:
        """Called in place of ``on_connect``."""
        self.on_connect()  # type: ignore[attr-defined]
        self.send_command("ROLE", check_health=False)  # type: ignore[attr-defined]
        if self.read_response()[0] not in ("master", b"master"):
            raise self._elsewhere("it is a replica")

    def read_response(self, *arguments: Any, **options: Any) -> Any:
        try:
            return super().read_response(*arguments, **options)  # type: ignore[misc]
        except _ELSEWHERE as error:
            raise self._elsewhere(str(error)) from error
        except ResponseError as error:
            if "NOREPLICAS" in str(error):
                self._primary.doubt((self.host, self.port))
                self.disconnect()  # type: ignore[attr-defined]
                raise TooFewReplicas(str(error)) from error
            if _NOT_NOW in str(error):
                raise self._elsewhere(str(error)) from error
            raise
        except (redis.ConnectionError, redis.TimeoutError):
            self._primary.doubt((self.host, self.port))
            raise

    def _elsewhere(self, why: str) -> redis.ConnectionError:
        self._primary.doubt((self.host, self.port))
        self.disconnect()  # type: ignore[attr-defined]
        return redis.ConnectionError(f"{self.host}:{self.port} is not the primary, or not ready: {why}")


class FollowingConnection(_Following, redis.Connection):
    """A connection to the primary."""


class FollowingTlsConnection(_Following, redis.SSLConnection):
    """The same over TLS."""


class FollowingRedis(redis.Redis):
    """A client of the present primary.

    With ``replicas`` above 0 a script's answer comes only after that many replicas have acknowledged everything it read
    and wrote; with ``all``, after every replica that may be promoted. The WAIT travels with the script and costs no
    round trip of its own.
    """

    def __init__(
        self, nodes: Nodes, pool: redis.BlockingConnectionPool, primary: Primary, *, replicas: int | Literal["all"],
        timeout: float, key: str,
    ) -> None:  # fmt: skip
        super().__init__(connection_pool=pool)
        self.primary = primary
        self.nodes = nodes
        self._replicas = replicas
        self._counted = 1
        self._counted_at = float("-inf")
        self._wait_ms = round(_SHARE_OF_WAIT * timeout * 1000)
        self._mark = f"{key}acknowledged"

    def evalsha(self, *arguments: Any) -> Any:
        """Run a script by its SHA-1. Raises NotReplicated, beside what redis-py raises."""
        return self._replicated("EVALSHA", *arguments) if self._replicas else super().evalsha(*arguments)

    def eval(self, *arguments: Any) -> Any:
        """Run a script by its text. Raises NotReplicated, beside what redis-py raises."""
        return self._replicated("EVAL", *arguments) if self._replicas else super().eval(*arguments)

    def _replicated(self, *command: Any) -> Any:
        needed = self._needed()
        with self.pipeline(transaction=False) as pipe:
            pipe.execute_command(*command)  # type: ignore[no-untyped-call]
            # WAIT waits for this connection's own writes alone, and a repeated action writes nothing: what it saw, too,
            # must be with the replicas before it is told.
            pipe.set(self._mark, 1)
            pipe.wait(needed, self._wait_ms)
            answer, _, acknowledged = pipe.execute(raise_on_error=False)
        if isinstance(answer, Exception):
            raise answer
        if isinstance(acknowledged, Exception):  # UNBLOCKED: it became a replica while it waited
            self.primary.doubt()
            raise NotReplicated(str(acknowledged)) from acknowledged
        if acknowledged < needed:
            # A primary that is cut off from its replicas answers as ever, while another one is promoted.
            self.primary.doubt()
            raise NotReplicated(f"{acknowledged} of {needed} replicas have acknowledged in time.")
        return answer

    def _needed(self) -> int:
        if self._replicas != ALL:
            return self._replicas
        if time.monotonic() - self._counted_at > COUNTED_SECONDS:
            self._counted_at = time.monotonic()
            # Where no node answers, as many as before: fewer would break the promise.
            with contextlib.suppress(RedisError):
                self._counted = max(1, len(self.nodes.replicas()))
        return self._counted

    def elsewhere(self) -> bool:
        """Whether the primary has changed since the last connect, which a silent subscription would not notice."""
        return not self.primary.is_still(self.primary.address())


def follow(
    deployment: Deployment, *, connections: int, timeout: float, retry: Retry, replicas: int | Literal["all"],
    key: str, **options: Any,
) -> FollowingRedis:  # fmt: skip
    """A client with a bounded pool for a cluster or a Sentinel service; it sends nothing yet."""
    nodes = nodes_of(deployment, key)
    primary = Primary(nodes.primary)
    pool = redis.BlockingConnectionPool(  # type: ignore[no-untyped-call]
        connection_class=FollowingTlsConnection if deployment.tls else FollowingConnection,
        primary=primary,
        max_connections=connections,
        timeout=timeout,
        retry=retry,
        db=deployment.db,
        **deployment.login,
        **options,
    )
    return FollowingRedis(nodes, pool, primary, replicas=replicas, timeout=timeout, key=key)
