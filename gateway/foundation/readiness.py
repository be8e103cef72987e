"""Whether this worker can serve: named checks, each with its own time limit.

A check is a callable that returns an empty text, or a sentence about the problem. An exception counts as such a
sentence.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Collection, Sequence
from typing import Final, Protocol, Self

import redis

from gateway.foundation import background
from gateway.foundation.background import reason_of
from gateway.foundation.draining import Draining
from gateway.foundation.errors import Refusal
from gateway.foundation.keys import Keys
from gateway.foundation.redis.scripts import Scripts

CHECK_SECONDS: Final = 3.0
# A shorter failure of a background loop is transient.
LASTING_SECONDS: Final = 10.0


class _Look:
    """One run of a check; all simultaneous callers wait for the same run."""

    def __init__(self) -> None:
        self.began = time.monotonic()
        self.done = threading.Event()
        self.wrong = ""


class Check:
    """``look`` under a name, with a limit of ``seconds``. One run at a time: a part that hangs costs one thread."""

    def __init__(self, name: str, look: Callable[[], str], *, seconds: float = CHECK_SECONDS) -> None:
        self.name = name
        self._look = look
        self._seconds = seconds
        self._under_way: _Look | None = None

    def begin(self) -> _Look:
        """Start a run, unless one is in progress."""
        look = self._under_way
        if look is None:
            self._under_way = look = _Look()
            threading.Thread(target=self._run, args=(look,), name=f"ready-{self.name}", daemon=True).start()
        return look

    def wrong(self, look: _Look) -> str:
        """The problem, as a sentence; empty if there is none. Waits until the limit."""
        if look.done.wait(max(0.0, look.began + self._seconds - time.monotonic())):
            return look.wrong
        return f"It has not answered within {self._seconds:g} seconds."

    def _run(self, look: _Look) -> None:
        try:
            look.wrong = self._look()
        except Exception as error:  # noqa: BLE001 - whatever it is, this part is not ready
            look.wrong = error.detail if isinstance(error, Refusal) and error.detail else reason_of(error)
        finally:
            self._under_way = None
            look.done.set()


class Listening(Protocol):
    """An object that receives publications."""

    @property
    def listening(self) -> bool:
        """Whether it hears them now."""


class Answering(Protocol):
    """A database."""

    def probe(self) -> str:
        """Why it cannot serve now, as a sentence; empty where it can."""


class Readiness:
    """All checks of a worker; ``purposes`` names the checks of each purpose."""

    def __init__(self, checks: Sequence[Check], purposes: dict[str, Collection[str]]) -> None:
        self._checks = checks
        self._purposes = purposes

    @classmethod
    def of_worker(
        cls, client: redis.Redis, keys: Keys, draining: Draining, push: Listening, database: Answering
    ) -> Self:
        """``login`` needs every part. ``scan`` leaves out those without which tickets go on up to the confirm."""
        scripts = Scripts(client, "gateway.foundation")

        def write() -> str:
            scripts.run("mark_ready", [keys.readiness])
            return ""

        scan = [
            Check("redis", lambda: "" if client.ping() else "Redis does not answer."),
            Check("redis_write", write),
            Check("push", lambda: "" if push.listening else "It has no subscription: waiting clients hear of nothing."),
            Check("draining", lambda: "This worker is about to end." if draining.announced else ""),
        ]
        others = [
            Check("database", database.probe),
            Check("background", lambda: "; ".join(background.failing(LASTING_SECONDS))),
        ]
        return cls([*scan, *others], {"scan": [one.name for one in scan], "login": [o.name for o in (*scan, *others)]})

    def parts(self, purpose: str) -> dict[str, str]:
        """The problem of each part that ``purpose`` needs, empty without a problem. Checks all parts at once."""
        looks = [(check, check.begin()) for check in self._checks if check.name in self._purposes[purpose]]
        return {check.name: check.wrong(look) for check, look in looks}
