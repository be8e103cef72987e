"""File descriptors: the process's limit, and how many of them client connections may use."""

from __future__ import annotations

import resource

# Descriptors for everything except connections and Redis: database, files, pipes, the hub.
OWN_DESCRIPTORS = 64
_WITHOUT_LIMIT = 65_536  # macOS reports "unlimited" but refuses that value


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
    """The number of client connections under ``limit``; reserves up to half of it for the gateway itself."""
    return max(1, limit - min(redis_connections + OWN_DESCRIPTORS, limit // 2))
