"""Redis Cluster and Sentinel: a client that follows the one primary that holds the gateway's keys.

All keys lie in one slot (docs/decisions/0005-one-slot.md), so a cluster is to the gateway what a Sentinel's set is:
one primary, which may be another one after a failover. Its address is asked for at each connect, and doubted at each
fault. Whatever another node refuses (MOVED, READONLY, CLUSTERDOWN, ...) has not been run: it is sent again, to the
primary of the moment, until the time-out is over.
"""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable
from typing import Any, Final, TypeVar

import redis
from redis.backoff import ExponentialBackoff
from redis.crc import key_slot
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
from redis.sentinel import Sentinel

from gateway.foundation.redis_address import Address, Deployment

T = TypeVar("T")

LOOK_SECONDS: Final = 0.5
"""Longest wait for one node that is asked where the primary is."""
SAME_ANSWER_SECONDS: Final = 0.03
_SHARE_OF_WAIT: Final = 0.7
# Refused, not run. MOVED is an AskError for redis-py.
_ELSEWHERE: Final = (AskError, ClusterDownError, MasterDownError, ReadOnlyError, TryAgainError)
_NOT_NOW: Final = ("NOREPLICAS", "non local key")


class NotReplicated(redis.TimeoutError):
    """A change was made, but too few replicas have said in time that they have it: nobody knows whether it stays."""


class Primary:
    """Where the primary is. One look at a time, whoever asks; an answer that failed is asked for again."""

    def __init__(self, look: Callable[[], Address]) -> None:
        self._look = look
        self._address: Address | None = None
        self._looked_at = 0.0
        self._doubted = True
        self._lock = threading.Lock()

    def address(self) -> Address:
        """Host and port. Raises ConnectionError where no node knows."""
        with self._lock:
            fresh = time.monotonic() - self._looked_at < SAME_ANSWER_SECONDS
            if self._address is None or (self._doubted and not fresh):
                self._address = self._look()
                self._looked_at = time.monotonic()
                self._doubted = False
            return self._address

    def doubt(self, address: Address) -> None:
        """What was found at ``address`` is no primary (any more)."""
        if address == self._address:
            self._doubted = True

    def is_still(self, address: Address) -> bool:
        """Whether the nodes name ``address`` now; True where none can be asked."""
        try:
            return self._look() == address
        except RedisError:
            return True


def find_primary(deployment: Deployment, key: str) -> Primary:
    """The primary that holds ``key``, by what the nodes or the Sentinels of ``deployment`` say."""
    return Primary(_sentinels(deployment) if deployment.service else _cluster(deployment, key))


def _cluster(deployment: Deployment, key: str) -> Callable[[], Address]:
    nodes = list(deployment.nodes)
    slot = key_slot(key.encode())

    def look() -> Address:
        for node in list(nodes):
            options: dict[str, Any] = {**deployment.login, **_quick(), "ssl": deployment.tls, "decode_responses": True}
            client = redis.Redis(*node, **options)
            try:
                ranges: Any = client.execute_command("CLUSTER SLOTS")  # type: ignore[no-untyped-call]
            except RedisError:
                nodes.remove(node)
                nodes.append(node)  # to be asked last
                continue
            finally:
                client.close()
            for first, last, *members in ranges:
                # A node that does not know its own name is where it was asked.
                known = [(str(member[0] or node[0]), int(member[1])) for member in members]
                nodes.extend(other for other in known if other not in nodes)
                if first <= slot <= last:
                    return known[0]
        raise redis.ConnectionError(f"No node of the cluster says who holds slot {slot}.")

    return look


def _sentinels(deployment: Deployment) -> Callable[[], Address]:
    # The class asks one Sentinel after the other, and believes none that holds its primary to be down.
    options = {**_quick(), "ssl": deployment.tls, "password": deployment.sentinel_password or None}
    watchers = Sentinel(list(deployment.nodes), sentinel_kwargs=options)  # type: ignore[no-untyped-call]

    def look() -> Address:
        host, port = watchers.discover_master(deployment.service)  # type: ignore[no-untyped-call]
        return str(host), int(port)

    return look


def _quick() -> dict[str, Any]:
    return {"socket_timeout": LOOK_SECONDS, "socket_connect_timeout": LOOK_SECONDS, "retry": Retry(_no_wait(), 0)}


def _no_wait() -> ExponentialBackoff:
    return ExponentialBackoff(cap=0, base=0)


class RetryWithin(Retry):
    """Tries again, with a growing pause, for as many seconds as one command may take."""

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
    """What makes a connection of redis-py one to the primary, whoever that is."""

    host: str
    port: int

    def __init__(self, *, primary: Primary, **options: Any) -> None:
        self._primary = primary
        super().__init__(**options)

    def _connect(self) -> socket.socket:
        self.host, self.port = self._primary.address()
        try:
            return super()._connect()  # type: ignore[misc,no-any-return]
        except OSError:
            self._primary.doubt((self.host, self.port))
            raise

    def on_connect_check_health(self, check_health: bool = True) -> None:
        super().on_connect_check_health(check_health=check_health)  # type: ignore[misc]
        self.send_command("ROLE", check_health=False)  # type: ignore[attr-defined]
        if self.read_response()[0] not in ("master", b"master"):
            raise self._elsewhere("it is a replica")

    def read_response(self, *arguments: Any, **options: Any) -> Any:
        try:
            return super().read_response(*arguments, **options)  # type: ignore[misc]
        except _ELSEWHERE as error:
            raise self._elsewhere(str(error)) from error
        except ResponseError as error:
            if any(word in str(error) for word in _NOT_NOW):
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
    """A client of the primary, whoever that is.

    With ``replicas`` above 0 a script's answer comes only after so many replicas have said that they have all that it
    saw and did. The WAIT travels with the script and costs no round trip of its own.
    """

    def __init__(
        self, primary: Primary, pool: redis.BlockingConnectionPool, *, replicas: int, timeout: float, key: str
    ) -> None:
        super().__init__(connection_pool=pool)
        self.primary = primary
        self._replicas = replicas
        self._wait_ms = round(_SHARE_OF_WAIT * timeout * 1000)
        self._mark = f"{key}acknowledged"

    def evalsha(self, *arguments: Any) -> Any:
        """Run a script by its SHA-1. Raises NotReplicated, beside what redis-py raises."""
        return self._replicated("EVALSHA", *arguments) if self._replicas else super().evalsha(*arguments)

    def eval(self, *arguments: Any) -> Any:
        """Run a script by its text. Raises NotReplicated, beside what redis-py raises."""
        return self._replicated("EVAL", *arguments) if self._replicas else super().eval(*arguments)

    def _replicated(self, *command: Any) -> Any:
        with self.pipeline(transaction=False) as pipe:
            pipe.execute_command(*command)  # type: ignore[no-untyped-call]
            # WAIT waits for this connection's own writes alone, and a repeated action writes nothing: what it saw, too,
            # must be with the replicas before it is told.
            pipe.set(self._mark, 1)
            pipe.wait(self._replicas, self._wait_ms)
            answer, _, acknowledged = pipe.execute(raise_on_error=False)
        if isinstance(answer, Exception):
            raise answer
        if isinstance(acknowledged, Exception):  # UNBLOCKED: it became a replica while it waited
            raise NotReplicated(str(acknowledged)) from acknowledged
        if acknowledged < self._replicas:
            raise NotReplicated(f"{acknowledged} of {self._replicas} replicas have acknowledged in time.")
        return answer

    def elsewhere(self) -> bool:
        """Whether the primary is another than the one connected to last: a silent subscription would not notice."""
        return not self.primary.is_still(self.primary.address())


def follow(
    deployment: Deployment, *, connections: int, timeout: float, retry: Retry, replicas: int, key: str, **options: Any
) -> FollowingRedis:
    """A client with a bounded pool for a cluster or a Sentinel's set; nothing is sent yet."""
    primary = find_primary(deployment, key)
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
    return FollowingRedis(primary, pool, replicas=replicas, timeout=timeout, key=key)
