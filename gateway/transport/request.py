"""A request as the parser tells it, and the environ of a WSGI app that is made of it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from urllib.parse import unquote_to_bytes

from gateway.foundation.wsgi import Environ


class Refused(Exception):  # noqa: N818 - a request's fault
    """A request that is answered by ``line`` alone, without the app."""

    def __init__(self, line: str) -> None:
        super().__init__(line)
        self.line = line


class Request:
    """Method, target and version; ``fields`` are its headers by their names in an environ."""

    __slots__ = ("fields", "method", "target", "version")

    def __init__(self, method: str, target: bytes, version: str, headers: Sequence[tuple[bytes, bytes]]) -> None:
        """Raises Refused for a target that is none."""
        self.method = method
        self.target = target if target.startswith(b"/") else _path_of(target)
        self.version = version
        self.fields: dict[str, str] = {}
        fields = self.fields
        for name, value in headers:
            key, text = _key(name), value.decode("latin-1")
            # An underscore would be taken for a dash: a way past a proxy that sets the header with the dash.
            if key is None:
                continue
            fields[key] = f"{fields[key]},{text}" if key in fields else text

    @property
    def plain_path(self) -> str:
        """The target where it is a path and no more, in ASCII and as it stands, of HTTP/1.1; else empty."""
        target = self.target
        if b"%" in target or b"?" in target or not target.isascii() or self.version != "1.1":
            return ""
        return target.decode()

    def environ(self, base: Environ, address: str) -> Environ:
        """For a WSGI app (PEP 3333), but for the body; ``base`` is the server's share."""
        path, _, query = self.target.partition(b"?")
        raw_path = path.decode("latin-1")
        return {
            **base,
            "REQUEST_METHOD": self.method,
            "SERVER_PROTOCOL": f"HTTP/{self.version}",
            "PATH_INFO": unquote_to_bytes(path).decode("latin-1") if b"%" in path else raw_path,
            "RAW_PATH_INFO": raw_path,
            "QUERY_STRING": query.decode("latin-1"),
            "REMOTE_ADDR": address,
            **self.fields,
        }


@lru_cache(maxsize=256)  # there are few, and anybody may send others
def _key(name: bytes) -> str | None:
    """Where an environ has a header; None for a name with an underscore."""
    if b"_" in name:
        return None
    key = name.decode("latin-1").upper().replace("-", "_")
    return key if key in ("CONTENT_LENGTH", "CONTENT_TYPE") else f"HTTP_{key}"


def _path_of(target: bytes) -> bytes:
    """The path of a target in absolute form (RFC 9112 section 3.2.2)."""
    if b"://" not in target:
        raise Refused("400 Bad Request")
    path = target.partition(b"://")[2].partition(b"/")[2]
    return b"/" + path
