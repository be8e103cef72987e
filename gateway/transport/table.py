"""python-engineio's table of its sockets, with those that poll at hand: they alone have to be walked."""

from __future__ import annotations

from typing import Any

from engineio.socket import Socket


class SocketTable(dict[str, Any]):
    """By session id. ``polling`` holds python-engineio's own ones; the lean ones tell by themselves when they end."""

    def __init__(self) -> None:
        super().__init__()
        self.polling: dict[str, Socket] = {}

    def __setitem__(self, sid: str, socket: Any) -> None:
        super().__setitem__(sid, socket)
        if isinstance(socket, Socket):
            self.polling[sid] = socket
        else:
            self.polling.pop(sid, None)

    def __delitem__(self, sid: str) -> None:
        super().__delitem__(sid)
        self.polling.pop(sid, None)

    def pop(self, sid: str, *default: Any) -> Any:
        """Take one out."""
        self.polling.pop(sid, None)
        return super().pop(sid, *default)
