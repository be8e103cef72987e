"""Applies faults to a push: lose it, delay it, send it twice, or let the next one overtake it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from gateway.control.faults.faults import FaultKind, Fired

# A push that waits for the next one is sent after this time at the latest.
_OVERTAKEN_WITHIN_MS: Final = 1000.0


@dataclass(frozen=True, slots=True)
class Push:
    """An event for one socket."""

    event: str
    data: dict[str, Any]
    to: str
    namespace: str


class FaultyPushes:
    """Sends pushes with the faults that have fired."""

    def __init__(self, send: Callable[[Push], None], cut: Callable[[str, str], None]) -> None:
        self._send = send
        self._cut = cut
        self._held: dict[str, list[Push]] = {}

    def send(self, push: Push, fired: list[Fired]) -> None:
        """Send ``push``. A cut or a loss comes before any delay."""
        kinds = {fault.fault.kind: fault for fault in fired}
        if FaultKind.SOCKET_CUT in kinds:
            self._held.pop(push.to, None)
            self._cut(push.to, push.namespace)
        elif FaultKind.PUSH_DROP in kinds:
            return
        elif delay := kinds.get(FaultKind.PUSH_DELAY):
            self._later(delay.milliseconds, lambda: self._send(push))
        elif order := kinds.get(FaultKind.PUSH_REORDER):
            self._held.setdefault(push.to, []).append(push)
            self._later(order.milliseconds or _OVERTAKEN_WITHIN_MS, lambda: self._release(push.to))
        else:
            for _ in range(2 if FaultKind.PUSH_DUPLICATE in kinds else 1):
                self._send(push)
            self._release(push.to)

    def _release(self, sid: str) -> None:
        for push in self._held.pop(sid, ()):
            self._send(push)

    def _later(self, milliseconds: float, act: Callable[[], None]) -> None:
        timer = threading.Timer(milliseconds / 1000, act)
        timer.daemon = True
        timer.start()
