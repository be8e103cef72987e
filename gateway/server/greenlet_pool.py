"""Reusable greenlets: code that the hub calls, and that may have to wait, runs in one of them."""

from __future__ import annotations

import contextvars
from collections.abc import Callable
from typing import Any

import greenlet
from eventlet.hubs import get_hub

# A greenlet's first frame costs a mapping of memory, and its end the unmapping: those that are done are used again.
_idle: list[Any] = []
_MOST_IDLE = 64


def run_now(function: Callable[..., Any], *arguments: Any) -> None:
    """Run ``function``, which may wait and must not raise, in a greenlet and a context of its own.

    From the hub it begins at once. From another greenlet the hub begins it in its next turn: when ``function`` ends or
    waits, control goes to the hub, and the caller would never run again.
    """
    hub = get_hub()
    begin = (_idle.pop() if _idle else _new_runner(hub.greenlet)).switch
    if greenlet.getcurrent() is hub.greenlet:
        begin([function, arguments])
    else:
        hub.schedule_call_global(0, begin, [function, arguments])


def _new_runner(hub: Any) -> Any:
    """A greenlet that runs one function after another, each in its own context, as a new greenlet would."""

    def run(call: list[Any]) -> None:
        own = greenlet.getcurrent()
        while True:
            function, arguments = call
            call.clear()  # a greenlet keeps a reference to its first arguments
            contextvars.Context().run(function, *arguments)
            del function, arguments
            if len(_idle) >= _MOST_IDLE:
                return
            _idle.append(own)
            call = get_hub().greenlet.switch()

    return greenlet.greenlet(run, hub)
