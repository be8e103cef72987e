"""The usual packets of Socket.IO answered in one step; all that is out of the ordinary stays python-socketio's.

Usual is a client that joins, ``40/pairing,``, and an event of one that has joined and wants to be answered:
``42/pairing,7["request_ticket",{…}]``. Who joins is always let in: what it may do, each event is asked.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from pydantic_core import from_json, to_json

from gateway.foundation.errors import Refusal
from gateway.foundation.telemetry.log_events import LogEvent
from gateway.foundation.telemetry.logs import log
from gateway.server.socketio.guard import connect_error
from scan_to_login.protocol import NAMESPACE, Code

_JOINS: Final = frozenset({f"0{NAMESPACE},", f"0{NAMESPACE},{{}}"})
_EVENT: Final = f"2{NAMESPACE},"
_LONGEST_NUMBER: Final = 15
_WELCOME: Final = f"40{NAMESPACE},".encode()
_ANSWER: Final = f"43{NAMESPACE},".encode()


class DirectEvents:
    """Calls the handlers that are registered with ``server``, a ``socketio.Server`` with the direct manager."""

    def __init__(self, server: Any) -> None:
        self._server = server

    def answered(self, eio_sid: str, packet: str, send: Callable[[bytes], None]) -> bool:
        """Handle a packet and ``send`` its acknowledgement; False where it is for python-socketio."""
        if packet in _JOINS:
            return self._joined(eio_sid, send)
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
            log.error(LogEvent.FAULT, socket_event=event, exc_info=error)
        else:
            send(_ANSWER + number.encode() + answer)
        return True

    def _joined(self, eio_sid: str, send: Callable[[bytes], None]) -> bool:
        manager = self._server.manager
        handler = self._server.handlers.get(NAMESPACE, {}).get("connect")
        if handler is None or manager.sid_from_eio_sid(eio_sid, NAMESPACE) is not None:
            return False
        sid = manager.pre_connect(eio_sid, NAMESPACE)
        try:
            handler(sid, self._server.environ[eio_sid], None)
        except Exception as error:  # noqa: BLE001 - the client is told, and may try again
            log.error(LogEvent.FAULT, socket_event="connect", exc_info=error)
            manager.disconnect(sid, NAMESPACE)
            send(f"44{NAMESPACE},".encode() + to_json(connect_error(Refusal(Code.INTERNAL_ERROR))))
        else:
            send(_WELCOME + to_json({"sid": sid}))
            manager.connect(sid, NAMESPACE)
        return True
