"""The kinds of connection on which an actor's client waits: its own two, and Engine.IO's that begin by polling."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, ClassVar, Final, Literal

from client_stub.client import Client
from client_stub.connection.push import PushChannel
from client_stub.connection.websocket_connection import WebSocketConnection
from scan_to_login.sockets import InterruptibleAdapter

TransportName = Literal["websocket", "REST poll", "Socket.IO by polling", "Socket.IO upgraded"]


class PollingConnection(WebSocketConnection):
    """Socket.IO by polling alone. The session lives in one process of the gateway, and ends with it."""

    transports: ClassVar = ("polling",)

    def __init__(self, gateway_url: str, **options: Any) -> None:
        super().__init__(gateway_url, **options)
        self._calls = InterruptibleAdapter()
        for scheme in ("http://", "https://"):
            self._http.mount(scheme, self._calls)

    def cut(self) -> None:
        """End the polls under way too."""
        self._calls.interrupt()
        super().cut()


class UpgradedConnection(PollingConnection):
    """Socket.IO that begins by polling and changes to a WebSocket; where that fails it stays by polling."""

    transports: ClassVar = ("polling", "websocket")


class SocketIoClient(Client):
    """The client on connections of another kind."""

    def __init__(self, gateway_url: str, *, verify: bool | str, connection: type[WebSocketConnection]) -> None:
        super().__init__(gateway_url, verify=verify)
        self._channel = PushChannel(self.gateway_url, self._watcher, verify=verify, connection=connection)


TRANSPORTS: Final[Mapping[TransportName, Callable[..., Client]]] = {
    "websocket": partial(Client, transport="websocket"),
    "REST poll": partial(Client, transport="poll"),
    "Socket.IO by polling": partial(SocketIoClient, connection=PollingConnection),
    "Socket.IO upgraded": partial(SocketIoClient, connection=UpgradedConnection),
}
