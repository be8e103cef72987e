"""Runs Lua files in Redis.

redis-py retries commands on its own, so a script may arrive twice after a lost connection. A script that changes
something must therefore carry an operation id.
"""

from __future__ import annotations

import hashlib
import re
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial
from importlib import resources
from typing import Any, Protocol

import redis
from redis.exceptions import (
    BusyLoadingError,
    ConnectionError,  # noqa: A004
    NoScriptError,
    OutOfMemoryError,
    ReadOnlyError,
    ResponseError,
    TimeoutError,  # noqa: A004
)

from gateway.foundation.errors import Refusal
from gateway.foundation.redis.primary import NotReplicated, TooFewReplicas
from gateway.foundation.telemetry.tally import REDIS_TIME
from scan_to_login.protocol import Code

_AWAY = (ConnectionError, TimeoutError, BusyLoadingError, OutOfMemoryError, ReadOnlyError)
# Commands that Redis refuses while it is short of something say so in these words.
_SHORTAGES = ("OOM", "MISCONF", "READONLY", "MASTERDOWN", "CLUSTERDOWN", "LOADING", "TRYAGAIN")


class _FaultsAs503:
    """A class and not a generator: every script runs within it."""

    def __enter__(self) -> None:
        """Nothing to prepare."""

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        if error is not None and (refusal := refusal_of(error)) is not None:
            raise refusal from error


_FAULTS_AS_503 = _FaultsAs503()


def refusal_of(error: BaseException) -> Refusal | None:
    """What a fault of Redis is to a caller, the pool's that has no free connection included; None for other errors."""
    if isinstance(error, NotReplicated | TooFewReplicas) or (
        isinstance(error, ResponseError) and "NOREPLICAS" in str(error)
    ):
        return Refusal(
            Code.NOT_ACKNOWLEDGED,
            "No replica of Redis acknowledges changes at the moment, or too few do: this one may not survive a "
            "failover. Repeat it shortly; that is safe.",
            retry_after=1,
        )
    if isinstance(error, _AWAY) or (
        isinstance(error, ResponseError) and any(word in str(error) for word in _SHORTAGES)
    ):
        return Refusal(
            Code.UNAVAILABLE, "The gateway cannot reach its Redis at the moment; try again shortly.", retry_after=1
        )
    return None


def redis_faults_as_503() -> _FaultsAs503:
    """Turn an error of Redis into ``unavailable``, and a missing acknowledgement into ``not_acknowledged``.

    So no answer claims a change that was not made (SECURITY.md I7).
    """
    return _FAULTS_AS_503


_HEADER_NAMES = re.compile(r"^--\s+(KEYS|ARGV)\[(\d+)\]\s+(\w+)", re.MULTILINE)
_PRELUDES = re.compile(r"^-- Preludes: (.+)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class LuaFile:
    """A Lua file with its header read: the names of its keys and arguments, in order.

    ``text`` is what Redis runs: the preludes that the header names, then the file. A ``repeatable`` one carries an
    operation id, so that it may be sent again.
    """

    name: str
    text: str
    sha: str
    keys: tuple[str, ...]
    arguments: tuple[str, ...]
    repeatable: bool


# Runs a script with its keys and the values of its arguments, and answers Redis's reply.
Evaluate = Callable[[LuaFile, Sequence[str], Sequence[Any]], Any]


def evaluator(client: redis.Redis) -> Evaluate:
    """How ``client`` runs scripts: its own way where it has one (``gateway.server.redis.client``)."""
    own: Evaluate | None = getattr(client, "evaluate", None)
    return own or partial(_evaluate, client)


def _evaluate(client: redis.Redis, file: LuaFile, keys: Sequence[str], values: Sequence[Any]) -> Any:
    try:
        return client.evalsha(file.sha, len(keys), *keys, *values)
    except NoScriptError:
        return client.eval(file.text, len(keys), *keys, *values)


def load_lua(package: str, name: str, rendered: Mapping[str, str] | None = None) -> LuaFile:
    """Read ``lua/{name}.lua`` of ``package``, with the preludes before it that its header names.

    ``-- Preludes: gateway.accounts/_session, _ticket`` names a file of another package and one of its own; ``none`` is
    no prelude. ``rendered`` are preludes that are made and not read, by name.
    Raises ValueError for a header that is out of order, or names no preludes.
    """
    text = _read_lua(package, name)
    named: dict[str, list[str]] = {"KEYS": [], "ARGV": []}
    for kind, position, argument in _HEADER_NAMES.findall(text):
        named[kind].append(argument)
        if len(named[kind]) != int(position):
            raise ValueError(f"{name}.lua: {kind}[{position}] is out of order")
    whole = "\n".join([*_preludes(package, name, text, rendered or {}), text])
    sha = hashlib.sha1(whole.encode(), usedforsecurity=False).hexdigest()
    arguments = tuple(named["ARGV"])
    return LuaFile(name, whole, sha, tuple(named["KEYS"]), arguments, "operation" in arguments)


def _preludes(package: str, name: str, text: str, rendered: Mapping[str, str]) -> list[str]:
    header = _PRELUDES.search(text)
    if header is None:
        raise ValueError(f"{name}.lua: the header names no preludes; `-- Preludes: none` where there are none")
    found = []
    for prelude in () if header[1] == "none" else header[1].split(", "):
        folder, _, file = prelude.rpartition("/")
        found.append(rendered[prelude] if prelude in rendered else _read_lua(folder or package, file))
    return found


class Posting(Protocol):
    """A client that can send without waiting (``gateway.server.redis.client``)."""

    def post(
        self, file: LuaFile, keys: Sequence[str], values: Sequence[Any], on_failure: Callable[[Exception], None]
    ) -> bool:
        """Run a script without waiting; False if there is no connection."""

    def when_connected(self, function: Callable[[], None]) -> None:
        """Call ``function`` once when there is a connection."""


class Scripts:
    """Runs Lua files by their SHA-1, and sends the text again if Redis has lost it (restart, failover)."""

    def __init__(self, client: redis.Redis, package: str, *, rendered: Mapping[str, str] | None = None) -> None:
        self._evaluate = evaluator(client)
        self.posting: Posting | None = client if hasattr(client, "post") else None  # type: ignore[assignment]
        _texts(package)
        self._package = package
        self._rendered = rendered
        self._files: dict[str, LuaFile] = {}
        self.on_run: list[Callable[[], None]] = []  # called after each script, one that has failed too

    def run(self, script: str, keys: Sequence[str], /, **arguments: str | float) -> Any:
        """Run ``lua/{script}.lua``; arguments are given by the names of its header.

        Raises Refusal ``unavailable`` when Redis cannot answer, ``not_acknowledged`` when its replicas cannot.
        """
        file = self._files.get(script) or self.file(script)
        values = _values(file, keys, arguments)
        began = time.perf_counter()
        try:
            with _FAULTS_AS_503:
                return self._evaluate(file, keys, values)
        finally:
            REDIS_TIME.add(time.perf_counter() - began)
            for listener in self.on_run:
                listener()

    def post(
        self, script: str, keys: Sequence[str], on_failure: Callable[[Exception], None], **arguments: str | float
    ) -> bool:
        """Run ``lua/{script}.lua`` without waiting, before any later script.

        Returns False if that is impossible now. If the script failed, or its outcome is unknown, ``on_failure`` is
        called with redis-py's error, and may wait.
        """

        def failed(error: Exception) -> None:
            if not isinstance(error, NoScriptError):
                return on_failure(error)
            try:
                self.run(script, keys, **arguments)
            except Refusal as refusal:
                on_failure(refusal)

        file = self.file(script)
        values = _values(file, keys, arguments)
        return self.posting is not None and self.posting.post(file, keys, values, failed)

    def file(self, name: str) -> LuaFile:
        """The named file, read once."""
        if name not in self._files:
            self._files[name] = load_lua(self._package, name, self._rendered)
        return self._files[name]


def _values(file: LuaFile, keys: Sequence[str], arguments: dict[str, str | float]) -> list[str | float]:
    values = [arguments[argument] for argument in file.arguments]
    if len(arguments) != len(values) or len(keys) != len(file.keys):
        raise TypeError(f"{file.name}.lua takes KEYS {file.keys} and ARGV {file.arguments}")
    return values


def _read_lua(package: str, name: str) -> str:
    return _texts(package)[name]


@cache
def _texts(package: str) -> dict[str, str]:
    """All Lua files of ``package``, read at once: later there may be no free descriptor."""
    folder = resources.files(package).joinpath("lua")
    return {
        file.name.removesuffix(".lua"): file.read_text("utf-8")
        for file in folder.iterdir()
        if file.name.endswith(".lua")
    }
