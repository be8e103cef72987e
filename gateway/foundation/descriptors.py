"""File descriptors: the process's limit, and how many of them connections may take."""

from __future__ import annotations

import resource

# What is taken beside connections and Redis: the database, files, pipes, the hub's own.
OWN_DESCRIPTORS = 64
_WITHOUT_LIMIT = 65_536  # macOS says "unlimited" and refuses to be taken at its word


def raise_limit() -> int:
    """Raise the soft limit of open descriptors to the hard one; returns the limit that now holds."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _WITHOUT_LIMIT if hard == resource.RLIM_INFINITY else hard
    if soft != resource.RLIM_INFINITY and soft < wanted:
        try:
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
        except (OSError, ValueError):
            return soft
        return wanted
    return wanted if soft == resource.RLIM_INFINITY else soft


def left_for_connections(limit: int, redis_connections: int) -> int:
    """How many client connections fit under ``limit``: what the gateway itself needs is kept free, up to half of it."""
    return max(1, limit - min(redis_connections + OWN_DESCRIPTORS, limit // 2))
