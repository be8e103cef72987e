"""What a Redis URL says: one server, a cluster, or a set that Sentinels watch.

redis://  rediss://  unix://                                          one server, as redis-py reads them
redis+cluster://[user:password@]host:port[,host:port...]              Redis Cluster; some of its nodes
redis+sentinel://[user:password@]host:port[,...]/service[/db]         Sentinels, and the name they know the set by
``rediss+...`` is the same over TLS. ``?sentinel_password=...`` is the Sentinels' own password.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qs, unquote

from scan_to_login.errors import StartupError

Address = tuple[str, int]

_PORTS: Final = {"cluster": 6379, "sentinel": 26379}
_SHAPE: Final = re.compile(
    r"redis(?P<tls>s?)\+(?P<kind>cluster|sentinel)://(?:(?P<login>[^@/]*)@)?(?P<nodes>[^/?#]+)"
    r"(?:/(?P<service>[^/?#]*))?(?:/(?P<db>\d*))?(?:\?(?P<query>[^#]*))?\Z"
)
_NODE: Final = re.compile(r"(?P<host>\[[0-9A-Fa-f:.]+\]|[^:\[\]]+)(?::(?P<port>\d{1,5}))?\Z")


@dataclass(frozen=True, slots=True)
class Deployment:
    """A Redis of several servers. ``service`` is empty for a cluster."""

    nodes: tuple[Address, ...]
    service: str = ""
    db: int = 0
    username: str = ""
    password: str = ""
    sentinel_password: str = ""
    tls: bool = False

    @property
    def login(self) -> dict[str, str | None]:
        """User and password as redis-py takes them."""
        return {"username": self.username or None, "password": self.password or None}


def deployment_of(url: str) -> Deployment | None:
    """The parts of a cluster's or Sentinel's URL; None for any other URL.

    Raises StartupError, with the right form, for a URL that is almost one.
    """
    if "+" not in url.partition("://")[0]:
        return None
    shape = _SHAPE.match(url)
    nodes = [_NODE.match(node) for node in shape["nodes"].split(",")] if shape else []
    if shape is None or not all(nodes) or bool(shape["service"]) != (shape["kind"] == "sentinel"):
        raise StartupError("redis.cluster_address")
    user, _, password = (shape["login"] or "").partition(":")
    query = parse_qs(shape["query"] or "")
    return Deployment(
        nodes=tuple((node["host"].strip("[]"), int(node["port"] or _PORTS[shape["kind"]])) for node in nodes if node),
        service=unquote(shape["service"] or ""),
        db=int(shape["db"] or 0),
        username=unquote(user),
        password=unquote(password),
        sentinel_password=query.get("sentinel_password", [""])[0],
        tls=bool(shape["tls"]),
    )
