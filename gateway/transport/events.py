"""The usual packets of Socket.IO answered in one step; all that is out of the ordinary stays python-socketio's.

Usual is an event of a client that has joined, and wants to be answered: ``42/pairing,7["request_ticket",{…}]``.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from pydantic_core import from_json, to_json

from gateway.foundation.logs import log
from gateway.protocol import NAMESPACE

_EVENT: Final = f"2{NAMESPACE},"
_LONGEST_NUMBER: Final = 15
_ANSWER: Final = f"43{NAMESPACE},".encode()


class DirectEvents:
    """Calls the handlers that are registered with ``server``, a ``socketio.Server`` with the direct manager."""

    def __init__(self, server: Any) -> None:
        self._server = server

    def answered(self, eio_sid: str, packet: str, send: Callable[[bytes], None]) -> bool:
        """Handle a packet and ``send`` its acknowledgement; False where it is for python-socketio."""
        if not packet.startswith(_EVENT):
            return False
        begin = packet.find("[", len(_EVENT))
        number = packet[len(_EVENT) : begin]
        if begin < 0 or len(number) > _LONGEST_NUMBER or not (number.isascii() and number.isdigit()):
            return False
        manager = self._server.manager
        sid = manager.sid_from_eio_sid(eio_sid, NAMESPACE)
        if sid is None or not manager.is_connected(sid, NAMESPACE):
            return False
        try:
            event, *arguments = from_json(packet[begin:])
        except ValueError:
            return False
        if not isinstance(event, str) or event in self._server.reserved_events:
            return False
        handler = self._server.handlers.get(NAMESPACE, {}).get(event)
        if handler is None:
            return False
        try:
            answer = to_json([handler(sid, *arguments)])
        except Exception as error:  # noqa: BLE001 - the connection goes on, as it does with python-socketio
            log.error("fault", socket_event=event, exc_info=error)
        else:
            send(_ANSWER + number.encode() + answer)
        return True
