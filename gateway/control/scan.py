"""Reads all hashes of one kind from Redis. A product must not do that; a simulation may."""

from __future__ import annotations

from typing import Any, Final

import redis

_MOST: Final = 500


def hashes(client: redis.Redis, pattern: str) -> dict[str, dict[str, str]]:
    """At most 500 hashes by key, whose keys match ``pattern``; only its stars are placeholders."""
    names: list[str] = []
    for name in client.scan_iter(match=_literal(pattern), count=1000, _type="hash"):
        names.append(str(name))
        if len(names) >= _MOST:
            break
    pipe = client.pipeline(transaction=False)
    for name in names:
        pipe.hgetall(name)
    found: list[Any] = pipe.execute() if names else []
    return {name: kept for name, kept in zip(names, found, strict=True) if kept}


def _literal(pattern: str) -> str:
    """The prefix with its brackets escaped, for a pattern."""
    return pattern.replace("[", "\\[").replace("?", "\\?")
