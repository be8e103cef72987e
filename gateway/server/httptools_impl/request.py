"""A parsed request, and the environ for a WSGI app."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from urllib.parse import unquote_to_bytes

from gateway.foundation.wsgi import Environ
from gateway.server.httptools_impl.refusals import BAD, Refused

_LONGEST_METHOD, _LONGEST_LINE = 32, 16_384  # bytes
# A name, an IPv4 or a bracketed IPv6 address, and a port (RFC 3986 section 3.2.2). No comma: it joins two Hosts.
_HOST = re.compile(r"(?:\[[0-9A-Fa-f:.]+\]|(?:[A-Za-z0-9._~!$&'()*+;=-]|%[0-9A-Fa-f]{2})+)(?::[0-9]{0,5})?")


class Request:
    """Method, target and version; ``fields`` are its headers by their names in an environ."""

    __slots__ = ("fields", "method", "target", "version")

    def __init__(self, method: str, target: bytes, version: str, headers: Sequence[tuple[bytes, bytes]]) -> None:
        """Raises Refused for an invalid target."""
        self.method = method
        authority = None
        if not target.startswith(b"/"):
            authority, target = _parts_of(target)
        self.target = target
        self.version = version
        self.fields: dict[str, str] = {}
        fields = self.fields
        for name, value in headers:
            key, text = _key(name), value.decode("latin-1")
            # An underscore would be taken for a dash: a way past a proxy that sets the header with the dash.
            if key is None:
                continue
            fields[key] = f"{fields[key]},{text}" if key in fields else text
        if authority is not None and "HTTP_HOST" in fields and "," not in fields["HTTP_HOST"]:
            fields["HTTP_HOST"] = authority

    def check(self) -> None:
        """Refuse requests that RFC 9112 forbids but the parser accepts, or that two servers might read differently.

        Host: exactly one in a valid form from HTTP/1.1 on, at most one before it (section 3.2). HTTP/0.9 has no
        headers. The only transfer coding is ``chunked``, which HTTP/1.0 does not know (section 6.1). Raises Refused.
        """
        fields, old = self.fields, self.version == "1.0"
        if not old and self.version != "1.1":
            raise Refused(BAD, "Send the request as HTTP/1.1.")
        host = fields.get("HTTP_HOST")
        if not (old if host is None else _HOST.fullmatch(host)):
            raise Refused(BAD, "Send exactly one Host header: a name or an address, and a port if it needs one.")
        coding = fields.get("HTTP_TRANSFER_ENCODING")
        if coding is not None and (old or coding.strip().lower() != "chunked"):
            raise Refused(BAD, "The only transfer coding is `chunked`, from HTTP/1.1 on.")

    @property
    def plain_path(self) -> str:
        """The target if it is only a path, in plain ASCII, of HTTP/1.1; else empty."""
        target = self.target
        if b"%" in target or b"?" in target or not target.isascii() or self.version != "1.1":
            return ""
        return target.decode()

    def environ(self, base: Environ, address: str) -> Environ:
        """The environ for a WSGI app (PEP 3333), without the body; ``base`` is the server's share."""
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
    """The name of a header in an environ; None for a name with an underscore."""
    if b"_" in name:
        return None
    key = name.decode("latin-1").upper().replace("-", "_")
    return key if key in ("CONTENT_LENGTH", "CONTENT_TYPE") else f"HTTP_{key}"


def _parts_of(target: bytes) -> tuple[str, bytes]:
    """Host and path of a target in absolute form; its host overrides the Host header (RFC 9112 3.2.2)."""
    scheme, found, rest = target.partition(b"://")
    if not found or scheme.lower() not in (b"http", b"https"):
        raise Refused(BAD, "The request's target is no path and no http address.")
    authority, slash, path = rest.partition(b"/")
    if b"?" in authority:  # there is no path but a query
        authority, slash, path = rest.partition(b"?")
        path = slash + path
    return authority.decode("latin-1"), b"/" + path


def request_of_unknown_method(start: bytes) -> Request | None:
    """The request that begins with ``start``, without its headers; None if its line has not ended yet.

    Raises Refused if this is not a request line.
    """
    line, end, _ = start.partition(b"\r\n")
    method, _, rest = line.partition(b" ")
    target, _, version = rest.partition(b" ")
    fit = len(method) <= _LONGEST_METHOD and len(line) <= _LONGEST_LINE and method.isalpha() and method.isupper()
    if fit and not end:
        return None
    if not fit or not target.startswith(b"/") or version not in (b"HTTP/1.1", b"HTTP/1.0"):
        raise Refused(BAD, "The request does not begin with a method, a path and HTTP/1.1.")
    return Request(method.decode(), target.partition(b"?")[0], "1.1", ())
