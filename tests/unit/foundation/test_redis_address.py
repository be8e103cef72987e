"""URLs of one server, a cluster, a Sentinel's set; and those that are almost one."""

from __future__ import annotations

import pytest

from gateway.foundation.redis.address import Deployment, deployment_of
from gateway.foundation.redis.connect import connect
from scan_to_login.errors import StartupError


@pytest.mark.parametrize(
    ("url", "deployment"),
    [
        ("redis://127.0.0.1:6379/0", None),
        ("rediss://127.0.0.1:6379/0", None),
        ("unix://:secret@/run/redis.sock", None),
        ("redis+cluster://10.0.0.1:7000", Deployment((("10.0.0.1", 7000),))),
        (
            "redis+cluster://user:p%40ss@one,two:7001/",
            Deployment((("one", 6379), ("two", 7001)), username="user", password="p@ss"),
        ),
        ("rediss+cluster://[::1]:7000", Deployment((("::1", 7000),), tls=True)),
        (
            "redis+sentinel://:secret@one:26380,two/pairing/3",
            Deployment((("one", 26380), ("two", 26379)), service="pairing", db=3, password="secret"),
        ),
        (
            "redis+sentinel://one/pairing?sentinel_password=other",
            Deployment((("one", 26379),), service="pairing", sentinel_password="other"),
        ),
    ],
)
def test_the_url_selects_the_kind_of_redis(url: str, deployment: Deployment | None) -> None:
    """Ports have the defaults of their kind."""
    assert deployment_of(url) == deployment


@pytest.mark.parametrize(
    "url",
    [
        "redis+cluster://",
        "redis+cluster://one:port",
        "redis+cluster://one:7000/service",
        "redis+sentinel://one:26379",
        "redis+sentinel://one:26379/",
        "redis+other://one:7000",
    ],
)
def test_a_nearly_right_url_is_refused_with_the_right_form(url: str) -> None:
    """The sentence shows both shapes."""
    with pytest.raises(StartupError, match=r"redis\+cluster://host:port.*redis\+sentinel://"):
        connect(url, connections=2, timeout=1)


def test_a_prefix_without_a_hash_tag_is_refused_in_a_cluster() -> None:
    """Its keys would lie in many slots."""
    with pytest.raises(StartupError, match="hash tag"):
        connect("redis+cluster://one:7000", connections=2, timeout=1, key="pairing:")
