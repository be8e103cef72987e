"""The phone's HTTP connection to one gateway."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

from app_simulator.addresses import gateway_address
from app_simulator.errors import phone_error
from app_simulator.one_time_code import GatewayClock
from scan_to_login.http_client import READ_TIMEOUT, HttpClient
from scan_to_login.sockets import CONNECT_TIMEOUT
from scan_to_login.tracing.actor_spans import ActorTraces

TIMEOUT: Final = (CONNECT_TIMEOUT, READ_TIMEOUT)
REPEAT_SECONDS: Final = 1.0
"""Seconds for which the phone repeats a call that is safe to repeat; a gateway replaces a dead worker sooner."""


def connect(
    gateway_url: str,
    clock: GatewayClock,
    *,
    timeout: tuple[float, float] = TIMEOUT,
    sleep: Callable[[float], None] = time.sleep,
    verify: bool | str = True,
    traces: ActorTraces | None = None,
) -> HttpClient:
    """An HTTP client that raises PhoneError, and tells ``clock`` the gateway's time.

    ``timeout``, ``verify`` and ``traces`` are those of HttpClient. Raises PhoneError ``bad_gateway_url``.
    """
    return HttpClient(
        gateway_address(gateway_url),
        phone_error,
        user_agent="app-simulator",
        verify=verify,
        timeout=timeout,
        gateway_time=clock.observe,
        wait=sleep,
        traces=traces,
    )


def repeat_seconds(repeat: bool) -> float:
    """The ``repeat_for`` of HttpClient, in seconds: 0 for a call that is not safe to repeat."""
    return REPEAT_SECONDS if repeat else 0.0
