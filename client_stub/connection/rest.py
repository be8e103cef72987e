"""The client's HTTP connection to one gateway."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

from client_stub.errors import client_error
from scan_to_login.http_client import HttpClient
from scan_to_login.sockets import CONNECT_TIMEOUT
from scan_to_login.tracing.actor_spans import ActorTraces

READ_TIMEOUT: Final = 10.0


def make_rest(
    gateway_url: str,
    *,
    traces: ActorTraces | None = None,
    verify: bool | str = True,
    wait: Callable[[float], bool | None] = time.sleep,
) -> HttpClient:
    """An HTTP client that raises ClientError; ``traces``, ``verify`` and ``wait`` are those of HttpClient."""
    return HttpClient(
        gateway_url,
        client_error,
        user_agent="client-stub",
        verify=verify,
        timeout=(CONNECT_TIMEOUT, READ_TIMEOUT),
        wait=wait,
        traces=traces,
    )
