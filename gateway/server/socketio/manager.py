"""Who is connected, for python-socketio: found both ways in one step, since nobody here is in a room of others.

The stock manager keeps a room for each client and walks them all when one leaves: 14 s for 10,000.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from bidict import ValueDuplicationError
from pydantic_core import to_json
from socketio import Manager

from gateway.server.socketio.engine_socket import EngineSocket


class DirectManager(Manager):  # type: ignore[misc]
    """Clients by namespace; the one room that a client is in is its own."""

    def __init__(self) -> None:
        super().__init__()
        self._by_sid: dict[str, dict[str, str]] = {}
        self._by_eio_sid: dict[str, dict[str, str]] = {}

    def get_namespaces(self) -> list[str]:
        """The namespaces that somebody is in."""
        return [namespace for namespace, clients in self._by_sid.items() if clients]

    def get_participants(self, namespace: str, room: str | None) -> Iterator[tuple[str, str]]:
        """The client that the room is of; all of them for None."""
        clients = self._by_sid.get(namespace, {})
        if room is None:
            yield from list(clients.items())
        elif room in clients:
            yield room, clients[room]

    def emit(
        self, event: str, data: Any, namespace: str, room: str | None = None, *arguments: Any, to: str | None = None,
        callback: Any = None, **options: Any,
    ) -> None:  # fmt: skip
        """Send to one client, encoded once and straight to its socket; or to all."""
        eio_sid = self._by_sid.get(namespace, {}).get(to or room or "")
        socket = self.server.eio.sockets.get(eio_sid)
        if isinstance(socket, EngineSocket) and callback is None and isinstance(data, dict):
            socket.send_encoded(f"42{namespace},".encode() + to_json([event, data]))
            return
        self.rooms = self._by_sid  # what the stock method looks into before it asks for participants
        super().emit(event, data, namespace, room, *arguments, to=to, callback=callback, **options)

    def is_pre_connected(self, sid: str, namespace: str) -> bool:
        """Whether the client waits to be accepted."""
        return sid in self.pending_connect.get(namespace, ()) and sid in self._by_sid.get(namespace, {})

    def is_connected(self, sid: str, namespace: str) -> bool:
        """Whether the client is accepted, and not about to leave."""
        if sid in self.pending_connect.get(namespace, ()) or sid in self.pending_disconnect.get(namespace, ()):
            return False
        return sid in self._by_sid.get(namespace, {})

    def sid_from_eio_sid(self, eio_sid: str, namespace: str) -> str | None:
        """The client's id in a namespace."""
        return self._by_eio_sid.get(namespace, {}).get(eio_sid)

    def eio_sid_from_sid(self, sid: str, namespace: str) -> str | None:
        """The connection's id."""
        return self._by_sid.get(namespace, {}).get(sid)

    def pre_disconnect(self, sid: str, namespace: str) -> str | None:
        """The client is about to leave."""
        self.pending_disconnect.setdefault(namespace, []).append(sid)
        return self.eio_sid_from_sid(sid, namespace)

    def basic_disconnect(self, sid: str, namespace: str, **_options: Any) -> None:
        """The client has left."""
        eio_sid = self._by_sid.get(namespace, {}).pop(sid, None)
        if eio_sid is not None:
            self._by_eio_sid[namespace].pop(eio_sid, None)
        self.callbacks.pop(sid, None)
        for pending in (self.pending_connect, self.pending_disconnect):
            if sid in pending.get(namespace, ()):
                pending[namespace].remove(sid)

    def is_sid_room(self, namespace: str, room: str) -> bool:
        """Whether the room is a client's own."""
        return room in self._by_sid.get(namespace, {})

    def basic_enter_room(self, sid: str, namespace: str, room: str | None, eio_sid: str | None = None) -> None:
        """Register a client; raises ValueError for a room of several, which there are none of."""
        if room not in (None, sid):
            raise ValueError("this manager knows no rooms")
        if room is None and eio_sid is not None:
            if eio_sid in self._by_eio_sid.get(namespace, {}):
                raise ValueDuplicationError(f"{eio_sid} is in {namespace}")
            self._by_sid.setdefault(namespace, {})[sid] = eio_sid
            self._by_eio_sid.setdefault(namespace, {})[eio_sid] = sid

    def get_rooms(self, sid: str, namespace: str) -> list[str]:
        """The rooms that a client is in: its own."""
        return [sid] if self.is_sid_room(namespace, sid) else []
