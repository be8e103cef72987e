"""The way to run a function without blocking other requests."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol


class Offload(Protocol):
    """Runs a lock-free, log-free function without blocking other requests, and returns its result."""

    def __call__(self, function: Callable[..., Any], /, *arguments: Any) -> Any:
        """Call ``function(*arguments)`` elsewhere and wait for it."""


def here(function: Callable[..., Any], /, *arguments: Any) -> Any:
    """An Offload that runs the function in place: for command lines and tests, which serve no requests."""
    return function(*arguments)
