"""How a function is run where it does not hold up the others."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol


class Offload(Protocol):
    """Runs a lock-free, log-free function where it does not hold up the others, and answers its result."""

    def __call__(self, function: Callable[..., Any], /, *arguments: Any) -> Any:
        """Call ``function(*arguments)`` elsewhere and wait for it."""


def here(function: Callable[..., Any], /, *arguments: Any) -> Any:
    """An Offload that does not: for command lines and tests, where nobody else waits."""
    return function(*arguments)
