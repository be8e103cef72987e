"""The gateway without one of its levers, for ``bench.instructions``; imports nothing before eventlet has patched it.

python -m bench.lever_off plain serve ...        what follows the lever's name are the gateway's arguments
"""

from __future__ import annotations

import runpy
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from gateway.foundation.clock import Clock


def _none() -> None:
    """The gateway as it is."""


def _plain() -> None:
    from gateway.foundation.draining import Draining

    Draining.watch_plain = lambda _self, _answers: None  # type: ignore[method-assign,assignment,return-value]


def _fast_path() -> None:
    from gateway.http.fast_path import FastPath

    made = FastPath.__init__

    def without_routes(self: FastPath, _rooms: object, clock: Clock, *, body_bytes: int) -> None:
        made(self, (), clock, body_bytes=body_bytes)

    FastPath.__init__ = without_routes  # type: ignore[method-assign,assignment]


def _direct_events() -> None:
    from gateway.server.socketio.direct_events import DirectEvents

    DirectEvents.answered = lambda *_: False  # type: ignore[method-assign]


def _direct_emit() -> None:
    from socketio import Manager

    from gateway.server.socketio.manager import DirectManager

    def emit(self: Any, *arguments: Any, **options: Any) -> None:
        self.rooms = self._by_sid
        Manager.emit(self, *arguments, **options)

    DirectManager.emit = emit  # type: ignore[method-assign]


def _one_connection() -> None:
    from gateway.server.redis import client as own

    own.channelled = lambda client, url, timeout: client  # noqa: ARG005


def _greenlet_pool() -> None:
    from gateway.server import greenlet_pool

    greenlet_pool._MOST_IDLE = 0


# Each takes one lever away, in the process that is measured.
LEVERS: dict[str, tuple[str, Callable[[], None]]] = {
    "none": ("as it is", _none),
    "plain": ("plain requests answered before there is an environ (decision 11)", _plain),
    "fast_path": ("fast routes beside Flask, plain requests among them", _fast_path),
    "direct_events": ("the usual Socket.IO packets beside python-socketio", _direct_events),
    "direct_emit": ("a push straight to its socket", _direct_emit),
    "one_connection": ("scripts over one connection to Redis", _one_connection),
    "greenlet_pool": ("greenlets used again", _greenlet_pool),
}


def serve(lever: str, arguments: list[str]) -> None:
    """Be the gateway without ``lever``."""
    import eventlet
    import prometheus_client  # noqa: F401 - before the patch, as in gateway.__main__

    eventlet.monkey_patch()
    LEVERS[lever][1]()
    sys.argv[:] = ["gateway", *arguments]
    runpy.run_module("gateway", run_name="__main__")


if __name__ == "__main__":
    serve(sys.argv[1], sys.argv[2:])
